import { type Case, LABELS, nameOf } from "./_bench_cases.ts";
import type { Memory, Sample, Samples } from "./_bench_measure.ts";

/** Everything that one run found out. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  /** Which processors servers and generator ran on. */
  readonly placement: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  readonly samples: Samples;
  readonly memory: Memory;
}

const REFERENCE = "go";

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Half of what lies between the quartiles, as a part of the median. */
function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))]!;
  return (at(0.75) - at(0.25)) / 2 / median(values);
}

const rates = (samples: readonly Sample[]) => samples.map(({ rate }) => rate);

/** The median of the ratios of the same round: what else the machine did hit both alike. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => value / b[i]!));
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n") + "\n";
}

/** The results as a page of tables. */
export class Report {
  readonly #results: Results;
  readonly #names: readonly string[];
  readonly #ours: readonly string[];

  constructor(results: Results) {
    this.#results = results;
    this.#names = Object.keys(results.versions);
    this.#ours = this.#names.filter((name) => name !== REFERENCE);
  }

  toString(): string {
    const { date, machine, placement, versions } = this.#results;
    const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
    return [
      [date, machine, placement, list].map((each) => `- ${each}\n`).join(""),
      this.#section("Memory provider, requests a second", this.#rates("memory")),
      this.#section("Real directory, requests a second", this.#rates("directory")),
      this.#section("Many connections, requests a second", this.#connections()),
      this.#section("Beside the echo server of the same runtime", this.#echo()),
      this.#section("Microseconds at depth 1: p50 / p99", this.#latencies()),
      this.#section("Microseconds of the processor for a request", this.#processor()),
      this.#section("p99 with a second connection that streams 1 MiB reads", this.#fairness()),
      this.#section("Resident memory, MiB", this.#memory()),
    ].filter((text) => text !== "").join("\n");
  }

  #section(title: string, body: string): string {
    return body === "" ? "" : `### ${title}\n\n${body}`;
  }

  /** Plain cases: one connection, nothing beside it. */
  #plain(tree: string): Case[] {
    return this.#results.cases.filter((each) =>
      each.tree === tree && each.connections === 1 && !each.streams
    );
  }

  #samples(each: Case, name: string): readonly Sample[] {
    return this.#results.samples[nameOf(each)]?.[name] ?? [];
  }

  /** A rate, its spread, and how many times the reference's that is. */
  #rate(each: Case, name: string): string {
    const own = rates(this.#samples(each, name));
    if (own.length === 0) return "";
    const text = `${Math.round(median(own)).toLocaleString("en")} ±${percent(spread(own))}`;
    const reference = rates(this.#samples(each, REFERENCE));
    if (name === REFERENCE || reference.length === 0) return text;
    return `${text} **${ratio(own, reference).toFixed(2)}x**`;
  }

  #rates(tree: string): string {
    const rows = this.#plain(tree).map((each) => [
      LABELS[each.row]!,
      String(each.depth),
      ...this.#names.map((name) => this.#rate(each, name)),
    ]);
    return table(["row", "depth", ...this.#names], rows);
  }

  #connections(): string {
    const rows = this.#results.cases.filter(({ connections }) => connections > 1).map((each) => [
      LABELS[each.row]!,
      String(each.connections),
      ...this.#names.map((name) => this.#rate(each, name)),
    ]);
    return table(["row", "connections", ...this.#names], rows);
  }

  #echo(): string {
    const rows = this.#results.cases.filter(({ echo }) => echo).map((each) => [
      LABELS[each.row]!,
      String(each.depth),
      ...this.#ours.map((name) => {
        const own = rates(this.#samples(each, name));
        const floor = rates(this.#samples(each, `echo ${name}`));
        return `${ratio(own, floor).toFixed(2)} of ${
          Math.round(median(floor)).toLocaleString("en")
        }`;
      }),
    ]);
    return table(["row", "depth", ...this.#ours], rows);
  }

  #latencies(): string {
    const rows = this.#plain("memory").filter(({ depth }) => depth === 1).map((each) => [
      LABELS[each.row]!,
      ...this.#names.map((name) => {
        const samples = this.#samples(each, name);
        const [p50, p99] = [samples.map((s) => s.p50), samples.map((s) => s.p99)].map(median);
        return `${p50!.toFixed(0)} / ${p99!.toFixed(0)}`;
      }),
    ]);
    return table(["row", ...this.#names], rows);
  }

  #processor(): string {
    const rows = this.#plain("memory").filter(({ depth }) => depth !== 8).map((each) => [
      LABELS[each.row]!,
      String(each.depth),
      ...this.#names.map((name) => median(this.#samples(each, name).map((s) => s.cpu)).toFixed(1)),
    ]);
    return table(["row", "depth", ...this.#names], rows);
  }

  #fairness(): string {
    const rows = this.#results.cases.filter(({ streams }) => streams).flatMap((each) => {
      const alone = { ...each, streams: false };
      if (this.#results.samples[nameOf(alone)] === undefined) return [];
      return [[
        LABELS[each.row]!,
        ...this.#names.map((name) => {
          const [busy, quiet] = [each, alone].map((c) => this.#samples(c, name).map((s) => s.p99));
          const times = median(busy!) / median(quiet!);
          return `${median(busy!).toFixed(0)} us, **${times.toFixed(1)}x** of alone`;
        }),
      ]];
    });
    return table(["row", ...this.#names], rows);
  }

  #memory(): string {
    const { memory } = this.#results;
    const names = this.#names.filter((name) => memory[name] !== undefined);
    const row = (label: string, key: "rest" | "connections" | "handles") => [
      label,
      ...names.map((name) => (memory[name]![key] / (1 << 20)).toFixed(0)),
    ];
    if (names.length === 0) return "";
    return table(["", ...names], [
      row("at rest", "rest"),
      row("with 64 connections", "connections"),
      row("with 100,000 open handles", "handles"),
    ]);
  }
}

function percent(part: number): string {
  return `${Math.round(part * 100)}%`;
}

/** What changed since a baseline: the rate of each case now, then, and the difference. */
export function compare(now: Results, then: Results): string {
  const rows: string[][] = [];
  for (const [name, contenders] of Object.entries(now.samples)) {
    for (const [contender, samples] of Object.entries(contenders)) {
      const old = then.samples[name]?.[contender];
      if (old === undefined) continue;
      const [a, b] = [median(rates(samples)), median(rates(old))];
      const change = `${a >= b ? "+" : ""}${percent(a / b - 1)}`;
      rows.push([name, contender, a.toFixed(0), b.toFixed(0), change]);
    }
  }
  return table(["case", "contender", "now", `baseline of ${then.date}`, "change"], rows);
}
