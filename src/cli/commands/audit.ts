import { type AuditReport, verifyAudit } from "../../hooks/mod.ts";
import type { Runtime } from "../../../adapters/runtime.ts";
import { type Command, command } from "../command.ts";
import { cannot, CommandError } from "../command_error.ts";
import { escapeText } from "../../fs/_escape.ts";
import * as flag from "../flag.ts";
import { linesOf } from "../lines.ts";
import { openLocal } from "../local_file.ts";
import { output } from "../output.ts";
import { suggest } from "../suggest.ts";
import { UsageError } from "../usage_error.ts";

/** `vfs-server audit`: what `--audit` has recorded. */
export const audit: Command = command({
  name: "audit",
  summary: "verify the record that --audit has made",
  usage: "verify [--hash HASH] FILE|-",
  details: [
    "Each line of the record has the hash of the one before, so that a line that was changed, " +
    "removed, added or moved is found: then the first such line is named, and the exit status is 1.",
    "Whoever can write the file can also write it anew, or take lines away from its end. Against " +
    "that, keep the hash that the server logs when it ends where he cannot write, and look for it.",
  ],
  flags: {
    hash: flag.text("HASH", { summary: "also make sure that a line with this hash is there" }),
  },
  operands: [2, 2],
  examples: [
    { purpose: "Is it all as it was written", line: "vfs-server audit verify audit.jsonl" },
  ],
  run: async ({ runtime, flags, operands }) => {
    const [action, path] = operands as [string, string];
    if (action !== "verify") {
      const near = suggest(action, ["verify"]);
      const advice = near === undefined ? "there is verify" : `did you mean ${near}?`;
      throw new UsageError(`Unknown action "${action}" of audit: ${advice}`);
    }
    if (flags.hash !== undefined && !/^[0-9a-f]{64}$/.test(flags.hash)) {
      throw new UsageError(`Wrong value for --hash: "${flags.hash}" is not 64 hexadecimal digits`);
    }
    const { report, isFound } = await verify(runtime, path, flags.hash);
    const { problem } = report;
    if (problem !== undefined) {
      throw new CommandError(
        report.lines === 0 && problem.line === 0
          ? `Wrong audit ${path}: ${problem.reason}`
          : `Wrong audit ${path}, line ${problem.line}: ${problem.reason}`,
      );
    }
    if (!isFound) {
      throw new CommandError(`Wrong audit ${path}: no line has the hash ${flags.hash}`);
    }
    await output(runtime, `${escapeText(path)} is whole: ${summaryOf(report)}\n`);
    return 0;
  },
});

async function verify(
  runtime: Runtime,
  path: string,
  hash: string | undefined,
): Promise<{ report: AuditReport; isFound: boolean }> {
  let isFound = hash === undefined;
  const end = `"hash":"${hash}"}`;
  const watched = async function* (lines: AsyncIterable<string>) {
    for await (const line of lines) {
      isFound ||= line.endsWith(end);
      yield line;
    }
  };
  if (path === "-") {
    return { report: await verifyAudit(watched(linesOf(runtime.stdin()))), isFound };
  }
  try {
    const file = await openLocal(runtime, path);
    try {
      return { report: await verifyAudit(watched(linesOf(file.pieces))), isFound };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw cannot(`read ${path}`, error);
  }
}

function summaryOf({ lines, events, lost, complete, head }: AuditReport): string {
  const end = complete ? "ended in order" : "not ended, so lines at its end may be missing";
  return `${lines} lines, ${events} events, ${lost} lost, ${end}, hash ${head}`;
}
