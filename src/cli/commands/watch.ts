import type { Change } from "../../fs/mod.ts";
import { cannot, CommandError } from "../command_error.ts";
import type { Command } from "../command.ts";
import { escapeText } from "../../fs/_escape.ts";
import { firstSignal } from "../first_signal.ts";
import { whole } from "../flag.ts";
import { guestPath } from "../guest_path.ts";
import { jsonLine } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";

/** `vfs-server watch`: what others change. */
export const watch: Command = treeCommand({
  name: "watch",
  summary: "tell what changes in the tree, until it is interrupted",
  usage: "[-c COUNT] [--json] [--socket PATH] [PATH...]",
  details: [
    "Each line is a kind and a path: `entry` for a name that came, went or stands for something " +
    "else, `inode` for other content or attributes, `tree` for anything at the path or below it. " +
    "It tells of what is changed through the server, and of the rest as far as the server knows.",
  ],
  flags: {
    count: whole("COUNT", 1, 1_000_000_000, { short: "c", summary: "end after so many changes" }),
    ...JSON_FLAG,
  },
  operands: [0, Infinity],
  examples: [{ purpose: "All of the workspace", line: "vfs-server watch /workspace" }],
  run: async ({ runtime, flags, operands }, { client }) => {
    const { count = Infinity, json } = flags;
    const interrupted = firstSignal(runtime, ["SIGINT", "SIGTERM"]);
    const changes = new Changes();
    try {
      for (const operand of operands.length === 0 ? ["/"] : operands) {
        const path = guestPath(operand);
        await client.subscribe(path, (change) => changes.push(change)).catch((error) => {
          throw cannot(`watch ${operand}`, error);
        });
      }
      const over = Promise.race([interrupted.signal, client.closed]).then(() => undefined);
      for (let i = 0; i < count; i++) {
        const change = await Promise.race([changes.next(), over]);
        if (change === undefined) break;
        await output(runtime, json ? jsonLine(jsonOf(change)) : line(change));
      }
    } finally {
      interrupted.forget();
    }
    if (!client.isConnected) throw new CommandError("Cannot watch any longer: the server is gone");
    return 0;
  },
});

function line({ kind, path }: Change): string {
  return `${kind} ${escapeText(path)}\n`;
}

function jsonOf({ kind, path, ino }: Change): object {
  return { kind, path, ...(ino === undefined ? {} : { ino: String(ino) }) };
}

/** Changes that may wait for a slow reader of the output; beyond, everything is said to be new. */
const MOST_WAITING = 10_000;

/** What comes, in its order, whether somebody waits for it already or not. */
class Changes {
  #items: Change[] = [];
  #wake: (() => void) | undefined;

  push(change: Change): void {
    if (this.#items.length < MOST_WAITING) this.#items.push(change);
    else this.#items = [{ kind: "tree", path: "/" }];
    this.#wake?.();
  }

  async next(): Promise<Change> {
    while (this.#items.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#items.shift()!;
  }
}
