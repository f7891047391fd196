/*
 * Makes README.md of this folder from the names of the tests:
 *
 *     node tests/faults/_table.ts
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const HERE = new URL("./", import.meta.url);
const TESTS = new URL("../", import.meta.url);

/** The parts of the list, with their first and last case. */
const PARTS: readonly (readonly [string, number, number])[] = [
  ["Protocol", 1, 40],
  ["Names", 41, 52],
  ["Confinement", 53, 73],
  ["Special files", 74, 79],
  ["Data semantics", 80, 100],
  ["Lifecycle, hooks, isolation", 101, 120],
];

/** The cases that both versions of the protocol have to stand are the first ones. */
export const PROTOCOL_CASES = 40;

const HEAD = `# Attacks and faults

The cases that the server has to stand, by their numbers in the project's list of attacks and
faults, and the tests that hold each. A test says in its name which case it is about
(\`fault 34: ...\`), and this table is made from those names: \`node tests/faults/_table.ts\` writes it,
and a test checks that it is up to date.
`;

interface Row {
  readonly number: number;
  /** Of the protocol; nothing where it does not matter. */
  readonly version: "1" | "2" | "";
  readonly what: string;
  readonly file: string;
}

/** A name of a test: one case or several, perhaps the version, and what holds. */
const NAME = /["\`]faults? (\d+)(?: (to|and) (\d+))?( \(version 2\))?: ([^"\`$]+)/g;

function rows(): Row[] {
  const found: Row[] = [];
  const files = readdirSync(TESTS, { recursive: true }).map(String).filter((file) =>
    file.endsWith("_test.ts")
  );
  for (const file of files.sort()) {
    const text = readFileSync(new URL(file, TESTS), "utf8");
    for (const [, first, link, last, isSecond, what] of text.matchAll(NAME)) {
      for (const number of numbers(Number(first), link, Number(last))) {
        const version = isSecond !== undefined ? "2" : number <= PROTOCOL_CASES ? "1" : "";
        found.push({ number, version, what: what!.trim(), file });
      }
    }
  }
  return found.sort((a, b) => a.number - b.number);
}

function numbers(first: number, link: string | undefined, last: number): number[] {
  if (link === undefined) return [first];
  if (link === "and") return [first, last];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Puts columns under each other, as the formatter would. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => [...line[i]!].length)));
  return lines.map((line) =>
    `| ${line.map((cell, i) => cell + " ".repeat(widths[i]! - [...cell].length)).join(" | ")} |`
  ).map((line, i) =>
    i === 0 ? `${line}\n| ${widths.map((width) => "-".repeat(width)).join(" | ")} |` : line
  ).join("\n");
}

/** The whole page. */
export function faultTable(): string {
  const all = rows();
  const cases = new Set(all.map(({ number }) => number));
  const parts = PARTS.map(([name, first, last]) => {
    const part = all.filter(({ number }) => number >= first && number <= last);
    const lines = part.map(({ number, version, what, file }) => {
      const inHere = file.startsWith("faults/");
      const name = file.slice(file.lastIndexOf("/") + 1);
      const cell = what.replaceAll("|", "\\|");
      return [String(number), version, cell, `[${name}](${inHere ? name : `../${file}`})`];
    });
    return `## ${name}\n\n${table([["case", "version", "what holds", "test"], ...lines])}\n`;
  });
  return `${HEAD}\n${cases.size} of 120 cases are held.\n\n${parts.join("\n")}`;
}

/** The versions of the protocol for which a case is held. */
export function versionsOf(number: number): string[] {
  const versions = rows().filter((row) => row.number === number).map(({ version }) => version);
  return [...new Set(versions)].sort();
}

/** Where the page is. */
export const README: URL = new URL("README.md", HERE);

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, faultTable());
