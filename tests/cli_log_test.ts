import assert from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../src/cli/log.ts";
import { main } from "../src/cli/mod.ts";
import { logCounters, logEvent } from "../src/cli/server_log.ts";
import { VfsError } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { FakeRuntime } from "./_fake_runtime.ts";

test("Log writes sentences after the name of the program, escaped", async () => {
  const runtime = new FakeRuntime([]);
  const log = new Log(runtime);
  log.write("info", "x", "Something\nforged: \x1b[2J");
  log.write("error", "x", "EIO is left as it is");
  await log.flush();
  assert.equal(
    runtime.err,
    "vfs-server: something\\nforged: \\u001b[2J\nvfs-server: EIO is left as it is\n",
  );
});

test("Log writes JSON in which fields are data and lines are lines", async () => {
  const runtime = new FakeRuntime([]);
  const log = new Log(runtime, { format: "json" });
  log.write("warn", "x", "One\ntwo", { name: "\u202e\x9b", absent: undefined, list: [1] });
  await log.flush();
  assert.doesNotMatch(runtime.err.slice(0, -1), /[\p{Cc}\p{Cf}]/u);
  const [{ time: _, ...record }] = runtime.records as [Record<string, unknown>];
  assert.deepEqual(record, {
    level: "warn",
    event: "x",
    message: "One\ntwo",
    name: "\u202e\x9b",
    list: [1],
  });
});

test("Log keeps the order of its lines and loses none silently", async () => {
  let release = () => {};
  const slow = new Promise<void>((resolve) => release = resolve);
  const runtime = new FakeRuntime([], { print: () => slow });
  const log = new Log(runtime);
  for (let i = 0; i < 1500; i++) log.write("info", "x", `Line ${i}`);
  release();
  while (!runtime.err.includes("lost")) await log.flush();
  const lines = runtime.err.trimEnd().split("\n");
  assert.equal(lines.length, 1001);
  assert.ok(lines.slice(0, 1000).every((line, i) => line === `vfs-server: line ${i}`));
  assert.equal(lines[1000], "vfs-server: lost 500 lines of this log: its reader is too slow");
});

test("Log goes on when a line cannot be written", async () => {
  let calls = 0;
  const runtime = new FakeRuntime([], {
    print: () => ++calls === 1 ? Promise.reject(new Error("gone")) : Promise.resolve(),
  });
  const log = new Log(runtime);
  log.write("info", "x", "One");
  log.write("info", "x", "Two");
  await log.flush();
  assert.equal(runtime.err, "vfs-server: two\n");
});

test("logEvent() tells what happens to connections, and how much it matters", async () => {
  const closed = {
    ...{ type: "close" as const, connection: 3, requests: 1, errors: 2, handles: 1 },
    durationMs: 61_000,
  };
  const runtime = new FakeRuntime([]);
  const log = new Log(runtime, { quiet: true });
  logEvent(log, { type: "open", connection: 3, peer: "" });
  logEvent(log, closed);
  logEvent(log, { ...closed, error: new VfsError("ECONNRESET") });
  logEvent(log, { ...closed, error: new VfsError("EPROTO") });
  logEvent(log, { type: "refused", peer: "", reason: "stopped" });
  logEvent(log, { type: "fault", connection: 3, operation: "read", error: new TypeError("oops") });
  logEvent(log, { type: "fault", connection: 3, operation: "read", error: "a text" });
  await log.flush();
  assert.equal(
    runtime.err,
    "vfs-server: connection 3 closed after 1m 1s, 1 request, 2 errors, 1 file left open: " +
      "protocol error (EPROTO)\n" +
      "vfs-server: connection refused: the server is stopping\n" +
      "vfs-server: connection 3: read failed in the provider: oops\n" +
      "vfs-server: connection 3: read failed in the provider: a text\n",
  );
});

test("logCounters() tells the operations by how often they came", async () => {
  const runtime = new FakeRuntime([]);
  const log = new Log(runtime, { quiet: true });
  const numbers = { connections: 1, accepted: 2, refused: 3, aborted: 0, requests: 7, errors: 1 };
  const none = new VfsServer(new MemoryProvider()).stats();
  const stats = { ...none, ...numbers, bytesIn: 2048, bytesOut: 3 << 20, handles: 1 };
  logCounters(log, "notice", { ...stats, operations: { open: 2, read: 5 } });
  logCounters(log, "info", { ...stats, operations: {} });
  await log.flush();
  assert.equal(
    runtime.err,
    "vfs-server: served 2 connections (1 now, 3 refused), 7 requests, 1 error, 2K in, 3M out, " +
      "1 open file: read 5, open 2\n",
  );
});

test("main() reports a mistake of its own with the place, in one line, with status 1", async () => {
  const runtime = new FakeRuntime([]);
  runtime.env = () => {
    throw new TypeError("oops");
  };
  await main(runtime);
  assert.match(runtime.err, /^vfs-server: internal error: TypeError: oops.*_test\.ts.*\n$/);
  assert.equal(runtime.exitCode, 1);
});
