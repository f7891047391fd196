import assert from "node:assert/strict";
import { inspect } from "node:util";

/** Holds what an example prints against the comment beside it, which may add `: a remark`. */
export function promised(comment: string, ...values: unknown[]): void {
  const printed = [
    values.map((value) => typeof value === "string" ? value : show(value)).join(" "),
    values.map(show).join(" "),
    values.map(show).join(", "),
  ].map(plain);
  const wanted = plain(comment);
  const holds = printed.some((text) => wanted === text || wanted.startsWith(`${text}: `));
  assert.ok(holds, `promised ${wanted}, printed ${printed[1]}`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return inspect(value, { breakLength: Infinity, compact: 100 });
}

/** Without what differs from runtime to runtime: quotes, spaces and the length of arrays. */
function plain(text: string): string {
  return text.replaceAll("'", '"').replaceAll(/(Array)\(\d+\)/g, "$1")
    .replaceAll(/([[{]) | (?=[\]}])/g, "$1");
}
