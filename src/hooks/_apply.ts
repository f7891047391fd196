import { cleanPath } from "../fs/path.ts";
import type { Operation } from "./_operation.ts";
import type { HookOp } from "./ops.ts";

/** What can be changed of each operation; of the others nothing. */
const CHANGEABLE: Readonly<Partial<Record<HookOp, readonly string[]>>> = {
  stat: ["path"],
  readdir: ["path"],
  open: ["path", "flags", "mode"],
  create: ["path", "flags", "mode"],
  mkdir: ["path", "mode"],
  chmod: ["path", "mode"],
  remove: ["path"],
  remove_all: ["path"],
  rename: ["path", "newPath", "flags"],
  symlink: ["path", "newPath"],
  readlink: ["path"],
  read: ["offset"],
  write: ["offset", "data"],
  truncate: ["path", "offset"],
  unlink: ["path"],
  rmdir: ["path"],
  link: ["path", "newPath"],
  mknod: ["path", "mode"],
  chown: ["path"],
  utimes: ["path"],
  statfs: ["path"],
  getxattr: ["path"],
  setxattr: ["path", "data"],
  listxattr: ["path"],
  removexattr: ["path"],
};

/** Puts other arguments into an operation. Throws, for the hook to have failed, if they are wrong. */
export function applyChange(o: Operation, fields: unknown): void {
  const { op } = o;
  for (const [field, value] of Object.entries(fields as Record<string, unknown>)) {
    if (value === undefined) continue;
    const refuse = (): never => {
      throw new TypeError(`Cannot change ${field} of ${op} to ${String(value)}`);
    };
    // A handle stays with its file: there is no other path to go to.
    if (!CHANGEABLE[op]?.includes(field) || (field === "path" && o.since !== Infinity)) refuse();
    switch (field) {
      case "path":
        o.path = cleanPath(text(value));
        break;
      case "newPath":
        o.newPath = op === "symlink" ? text(value) : cleanPath(text(value));
        break;
      case "data": {
        if (!(value instanceof Uint8Array)) refuse();
        const data = value as Uint8Array;
        if (op === "write" && data.length !== o.size) refuse();
        o.data = data.slice();
        break;
      }
      default:
        if (!Number.isSafeInteger(value) || (value as number) < 0) refuse();
        o[field as "flags" | "mode" | "offset"] = value as number;
    }
  }
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`Cannot use ${String(value)} as a path`);
  return value;
}

/** What an answer has to look like, where an operation has one. */
const ANSWERS: Readonly<Partial<Record<HookOp, (value: unknown, o: Operation) => boolean>>> = {
  stat: (value) => isObjectWith(value, "ino"),
  readdir: (value) => Array.isArray(value) && value.every((entry) => isObjectWith(entry, "name")),
  open: isHandle,
  create: isHandle,
  readlink: (value) => typeof value === "string" && value !== "",
  read: (value, o) => value instanceof Uint8Array && value.length <= o.size,
  write: isCount,
  close: () => false,
  statfs: (value) => isObjectWith(value, "bsize"),
  getxattr: (value) => value instanceof Uint8Array,
  listxattr: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
  copy: isCount,
};

/** Whether a value can be the result of an operation. */
export function isRightAnswer(o: Operation, value: unknown): boolean {
  const isRight = ANSWERS[o.op];
  return isRight === undefined ? value === undefined : isRight(value, o);
}

function isHandle(value: unknown): boolean {
  return isObjectWith(value, "readAt");
}

function isCount(value: unknown, { size }: Operation): boolean {
  return Number.isSafeInteger(value) && value as number >= 0 && value as number <= size;
}

function isObjectWith(value: unknown, member: string): boolean {
  return typeof value === "object" && value !== null && member in value;
}
