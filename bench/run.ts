/**
 * The server over its socket: on each runtime, beside the reference server in Go, and beside an echo
 * server. `bench/README.md` says what the tables mean.
 *
 *     npm run bench
 *     npm run bench -- --quick --rows 'memory getattr'
 *     npm run bench -- --compare
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cases } from "./_bench_cases.ts";
import { type Contender, inGo, ours } from "./_bench_contenders.ts";
import { measure, measureMemory } from "./_bench_measure.ts";
import { buildLoad, buildMatchlock, buildStandIn } from "./_bench_peers.ts";
import { placement } from "./_bench_process.ts";
import { compare, Report, type Results } from "./_bench_report.ts";

const USAGE = `npm run bench -- [options]
  --rows PATTERN     only the cases whose name matches, for instance 'memory read4k depth=1 '
  --only PATTERN     only these contenders (go, node, deno, bun)
  --rounds N         how often each contender has its turn (default 5)
  --ms N             how long a turn is measured (default 200)
  --quick            three rounds of 100 ms
  --save [--file F]  keep the results as the baseline (default bench/baseline.json)
  --compare          print what changed since the baseline
  --write            put the tables into bench/README.md
  --json FILE        write all samples
`;

const HERE = import.meta.dirname!;
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "" },
    only: { type: "string", default: "" },
    rounds: { type: "string" },
    ms: { type: "string" },
    quick: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    compare: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    file: { type: "string", default: join(HERE, "baseline.json") },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), "vfs-bench-"));
  try {
    const results = await measureAll(out);
    const report = String(new Report(results));
    console.log(report);
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results));
    if (values.compare) console.log(compare(results, read(values.file)));
    if (values.save) writeFileSync(values.file, JSON.stringify(results) + "\n");
    if (values.write) writeTables(report);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function measureAll(out: string): Promise<Results> {
  const program = buildLoad(out);
  const contenders = contendersOf(out);
  const chosen = cases(new RegExp(values.rows));
  if (chosen.length === 0) throw new Error(`There are no rows that match ${values.rows}`);
  const samples = await measure(chosen, contenders, program, out, {
    rounds: Number(values.rounds ?? (values.quick ? 3 : 5)),
    milliseconds: Number(values.ms ?? (values.quick ? 100 : 200)),
  });
  const memory = values.rows === "" ? await measureMemory(contenders, out) : {};
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${processors.length} x ${processors[0]!.model}, Linux ${release()}`,
    placement,
    versions: Object.fromEntries(contenders.map(({ name, version }) => [name, version])),
    cases: chosen,
    samples,
    memory,
  };
}

function contendersOf(out: string): Contender[] {
  const only = new RegExp(values.only);
  const found = only.test("go") ? contenderInGo(out) : [];
  return [...found, ...ours().filter(({ name }) => only.test(name))];
}

function contenderInGo(out: string): Contender[] {
  const reference = buildMatchlock(out);
  if ("program" in reference) return [inGo(reference.program, false)];
  console.log(`Skipped the reference server in Go: ${reference.skipped}`);
  const standIn = buildStandIn(out);
  if ("program" in standIn) return [inGo(standIn.program, true)];
  console.log(`Skipped what stands in for it: ${standIn.skipped}`);
  return [];
}

function read(file: string): Results {
  return JSON.parse(readFileSync(file, "utf8")) as Results;
}

/** Puts the tables between the marks of the page. */
function writeTables(report: string): void {
  const page = join(HERE, "README.md");
  const text = readFileSync(page, "utf8");
  const [before, after] = [text.indexOf("<!-- tables -->"), text.indexOf("<!-- end -->")];
  if (before < 0 || after < before) throw new Error(`There are no marks in ${page}`);
  const tables = `<!-- tables -->\n\n${report}\n`;
  writeFileSync(page, text.slice(0, before) + tables + text.slice(after));
}

if (values.help) console.log(USAGE);
else await main();
