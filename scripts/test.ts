/**
 * Runs the whole suite on several runtimes, and holds them against each other: every runtime must
 * report the same number of tests.
 *
 * Usage: `node scripts/test.ts [--on deno,bun,node] [file ...]`; without files, all of `tests/` but mounts.
 * The names of runtimes are those of {@link RUNTIMES}.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env, exit, stdout } from "node:process";
import { parseArgs } from "node:util";
import { nodeOfVersion } from "./_node_of_version.ts";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Runtime {
  readonly command: () => string[];
  /** Finds the counts in what the runner prints. */
  readonly counts: (output: string) => Counts;
}

const local = (name: string) => join(import.meta.dirname!, "..", "node_modules", name);

const node = (binary: () => string): Runtime => ({
  command: () => [
    binary(),
    "--disable-warning=ExperimentalWarning",
    "--test",
    "--test-reporter=spec",
  ],
  counts: (output) => ({
    passed: numberIn(output, /^ℹ pass (\d+)$/m),
    failed: numberIn(output, /^ℹ fail (\d+)$/m),
    skipped: numberIn(output, /^ℹ skipped (\d+)$/m),
  }),
});

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  deno: {
    command: () => [local(".bin/deno"), "test", "-A", "--no-check"],
    counts: (output) => ({
      passed: numberIn(output, /\| (\d+) passed/m) ||
        numberIn(output, /^(?:ok|FAILED) \| (\d+) passed/m),
      failed: numberIn(output, /passed(?: \([^)]*\))? \| (\d+) failed/m),
      skipped: numberIn(output, /\| (\d+) ignored/m),
    }),
  },
  bun: {
    command: () => [local(".bin/bun"), "test", "--timeout=600000"],
    counts: (output) => ({
      passed: numberIn(output, /^\s*(\d+) pass$/m),
      failed: numberIn(output, /^\s*(\d+) fail$/m),
      skipped: numberIn(output, /^\s*(\d+) skip$/m),
    }),
  },
  node: node(() => local("node/bin/node")),
  node22: node(() => nodeOfVersion(22)),
  node24: node(() => nodeOfVersion(24)),
};

function numberIn(output: string, pattern: RegExp): number {
  // deno-lint-ignore no-control-regex
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  return Number(pattern.exec(plain)?.[1] ?? 0);
}

/** Runs the suite on one runtime; prints what it prints, and gives its counts. */
async function run(name: string, runtime: Runtime, files: string[]): Promise<Counts> {
  stdout.write(`\n=== ${name}\n`);
  const [command, ...args] = runtime.command();
  const child = spawn(command!, [...args, ...files], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, PATH: `${local(".bin")}${delimiter}${env.PATH}` },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      stdout.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const counts = runtime.counts(output);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { on: { type: "string", default: "deno,bun,node" } },
});
// Those of mounts need a kernel's help and other programs: `npm run test:mount` runs them.
const all = () => globSync("tests/**/*_test.ts").filter((file) => !file.startsWith("tests/mount/"));
const files = (positionals.length > 0 ? positionals : all().sort())
  .map((file) => `./${file.replace(/^\.\//, "")}`);

const results = new Map<string, Counts>();
for (const name of values.on.split(",")) {
  const runtime = RUNTIMES[name];
  if (runtime === undefined) throw new Error(`There is no runtime ${name}`);
  results.set(name, await run(name, runtime, files));
}

stdout.write("\n");
for (const [name, { passed, failed, skipped }] of results) {
  stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
const counts = [...results.values()];
const disagree = new Set(counts.map(({ passed, skipped }) => `${passed}/${skipped}`)).size > 1;
if (disagree) stdout.write("The runtimes do not report the same number of tests.\n");
exit(disagree || counts.some(({ passed, failed }) => failed > 0 || passed === 0) ? 1 : 0);
