import { OP, OPERATIONS } from "../../protocol/mod.ts";
import type { OpenFile } from "../handle_table.ts";
import type { Exchange2 } from "./exchange2.ts";

/*
 * Operations on one handle are executed in the order in which they arrived. An open file that is
 * busy has a line: its first is being executed, the others wait. A file without a line is idle.
 */

const USES_HANDLE = /* @__PURE__ */ opsThatUse("fh");
const USES_PATH = /* @__PURE__ */ opsThatUse("path");

function opsThatUse(field: string): readonly boolean[] {
  const ops: boolean[] = [];
  for (const { op, v2 } of OPERATIONS) ops[op] = v2.includes(field);
  return ops;
}

/**
 * Finds the files that a request is about.
 *
 * @returns Whether all of them are idle.
 */
export function findFiles(exchange: Exchange2): boolean {
  const { request, session } = exchange;
  const { op } = request;
  if (USES_HANDLE[op] !== true || (USES_PATH[op] === true && request.path !== "")) return true;
  const file = exchange.file = session.handles.find(request.fh);
  if (op === OP.copyrange) {
    const other = session.handles.find(request.fh2);
    if (other !== file) exchange.file2 = other;
  }
  return file?.line === undefined && exchange.file2?.line === undefined;
}

/** Puts a request into the lines of its files. */
export function enterLines(exchange: Exchange2): void {
  enter(exchange, exchange.file);
  enter(exchange, exchange.file2);
}

function enter(exchange: Exchange2, file: OpenFile | undefined): void {
  if (file === undefined) return;
  if (file.line === undefined) file.line = [exchange];
  else file.line.push(exchange);
}

/** Whether nothing stands before a request any more. */
export function isFirst(exchange: Exchange2): boolean {
  return isFirstIn(exchange, exchange.file) && isFirstIn(exchange, exchange.file2);
}

function isFirstIn(exchange: Exchange2, file: OpenFile | undefined): boolean {
  return file === undefined || file.line?.[0] === exchange;
}

/**
 * Takes a request out of the lines that it stands in.
 *
 * @returns Those that are first now because of that.
 */
export function leaveLines(exchange: Exchange2): Exchange2[] {
  const next: Exchange2[] = [];
  leave(exchange, exchange.file, next);
  leave(exchange, exchange.file2, next);
  return next;
}

function leave(exchange: Exchange2, file: OpenFile | undefined, next: Exchange2[]): void {
  const line = file?.line;
  const index = line?.indexOf(exchange) ?? -1;
  if (file === undefined || line === undefined || index === -1) return;
  line.splice(index, 1);
  if (line.length === 0) file.line = undefined;
  else if (index === 0) next.push(line[0]!);
}
