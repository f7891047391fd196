import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../src/cli/duration.ts";
import { escapedJson, escapeText } from "../src/fs/_escape.ts";
import { formatSize, parseSize } from "../src/cli/size.ts";
import { suggest } from "../src/cli/suggest.ts";
import { UsageError } from "../src/cli/usage_error.ts";

test("escapeText() leaves no character that misleads, and loses nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeText(text);
    assert.doesNotMatch(escaped, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    assert.equal(JSON.parse(`"${escaped.replaceAll('"', '\\"')}"`), text);
  }));
});

test("escapeText() shows what it escaped", () => {
  assert.equal(escapeText("a\x1b[2J\nb\u202etxt.exe"), "a\\u001b[2J\\nb\\u202etxt.exe");
  assert.equal(escapeText("\\n"), "\\\\n");
  assert.equal(escapeText("\ud800x"), "\\ud800x");
  assert.equal(escapeText("naïve 日本語 😀"), "naïve 日本語 😀");
});

test("escapedJson() is the same JSON without what misleads", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const json = escapedJson({ text });
    assert.doesNotMatch(json, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    assert.deepEqual(JSON.parse(json), { text });
  }));
});

test("parseSize() reads bytes and powers of 1024", () => {
  const sizes = { "0": 0, "4096": 4096, "1K": 1024, "64M": 64 << 20, "1.5g": 1.5 * 2 ** 30 };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes);
  for (const text of ["1KB", "1KiB"]) assert.equal(parseSize(text), 1024);
});

test("parseSize() refuses what is no size, in a sentence", () => {
  for (const text of ["", "-1", "M", "1X", "0x10", "1e3", " 1", "1 M", "1.M", "9000000T", "∞"]) {
    assert.throws(() => parseSize(text), UsageError, text);
  }
});

test("formatSize() keeps to four characters and a unit", () => {
  const sizes: [number, string][] = [
    [0, "0B"],
    [999, "999B"],
    [1000, "1K"],
    [1536, "1.5K"],
    [64 << 20, "64M"],
    [10_200, "10K"],
    [2 ** 50, "1024T"],
  ];
  for (const [bytes, text] of sizes) assert.equal(formatSize(bytes), text);
});

test("parseDuration() reads seconds and units", () => {
  const times = { "10": 10_000, "250ms": 250, "1.5s": 1500, "5m": 300_000, "1h": 3_600_000 };
  for (const [text, ms] of Object.entries(times)) assert.equal(parseDuration(text), ms);
  for (const text of ["", "s", "-1s", "10d", "1m30s", "25000000"]) {
    assert.throws(() => parseDuration(text), UsageError, text);
  }
});

test("formatDuration() takes the unit that fits", () => {
  const times: [number, string][] = [
    [0, "0ms"],
    [999.4, "999ms"],
    [2345, "2.3s"],
    [59_940, "59.9s"],
    [59_960, "1m 0s"],
    [3_725_000, "1h 2m"],
  ];
  for (const [ms, text] of times) assert.equal(formatDuration(ms), text);
});

test("suggest() finds the word that was meant", () => {
  const words = ["socket", "mount", "log-format", "quiet", "ls", "rm"];
  const slips: [string, string | undefined][] = [
    ["sokcet", "socket"],
    ["sockets", "socket"],
    ["mont", "mount"],
    ["log", "log-format"],
    ["logformat", "log-format"],
    ["lss", "ls"],
    ["xyz", undefined],
    ["completely-different", undefined],
  ];
  for (const [word, meant] of slips) assert.equal(suggest(word, words), meant, word);
});
