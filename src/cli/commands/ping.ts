import type { Command } from "../command.ts";
import { duration, whole } from "../flag.ts";
import { jsonLine } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";
import type { Tree } from "../tree.ts";

/** `vfs-server ping`: whether a server is there, and how far away. */
export const ping: Command = treeCommand({
  name: "ping",
  summary: "measure how long a server takes to answer",
  usage: "[-c COUNT] [--json] [--socket PATH]",
  details: [
    "Tells the version of the protocol and the times of the round trips: the shortest, the median, " +
    "the 99th percentile and the longest.",
  ],
  flags: {
    count: whole("COUNT", 1, 1_000_000, { short: "c", summary: "how often (default 10)" }),
    interval: duration({ summary: "how long to wait in between (default 0)" }),
    ...JSON_FLAG,
  },
  operands: [0, 0],
  examples: [{ purpose: "A thousand times", line: "vfs-server ping -c 1000" }],
  run: async ({ runtime, flags }, tree) => {
    const { count = 10, interval = 0 } = flags;
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      if (i > 0 && interval > 0) await new Promise((resolve) => setTimeout(resolve, interval));
      times.push(await roundTrip(tree));
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(count - 1, Math.floor(count * share))]!;
    const figures = { min: at(0), median: at(0.5), p99: at(0.99), max: at(1) };
    const { version } = tree.client.server;
    await output(
      runtime,
      flags.json
        ? jsonLine({ version, count, unit: "us", ...mapValues(figures, micro) })
        : `version ${version}, ${count} round trips: ` +
          Object.entries(figures).map(([name, ms]) => `${name} ${micro(ms)} us`).join(", ") + "\n",
    );
    return 0;
  },
});

/** How long one answer takes, in milliseconds. */
async function roundTrip({ client, provider }: Tree): Promise<number> {
  const start = performance.now();
  // Version 1 has no ping; to ask for the root is the least that it can be asked.
  if (client.server.version === 1) await provider.lookup("/");
  else await client.ping();
  return performance.now() - start;
}

function micro(ms: number): number {
  return Math.round(ms * 1000);
}

function mapValues(
  values: Readonly<Record<string, number>>,
  change: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
