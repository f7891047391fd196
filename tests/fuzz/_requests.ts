import {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
} from "../../src/fs/mod.ts";
import {
  OP,
  type OperationName,
  operationOf,
  OPERATIONS,
  type WireRequest2,
} from "../../src/protocol/mod.ts";
import type { Random } from "../_random.ts";

/** A request that means something. */
export type Request = Partial<WireRequest2> & { op: number };

const NAMES = ["a", "b", "c", "d", "ü", ".hidden", "-rf", "a b"];
const ODD_PATHS = [
  "",
  "/",
  ".",
  "..",
  "/..",
  "//a",
  "/a/../../b",
  "a",
  "/a/",
  "/a/.",
  "/\0",
  `/${"n".repeat(256)}`,
  `/${"n".repeat(255)}`,
  "/a/b/c/d/e/f",
  "/__proto__",
  "/constructor",
];
const FLAGS = [
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_RDWR | O_CREAT,
  O_RDWR | O_CREAT | O_EXCL,
  O_WRONLY | O_TRUNC,
  O_RDWR | O_APPEND,
  O_RDONLY | O_DIRECTORY,
  O_RDWR | O_TMPFILE,
  O_RDONLY | O_TMPFILE,
  O_WRONLY | O_TMPFILE | O_CREAT,
  3,
  O_CREAT | O_DIRECTORY,
  0x7fff_ffff,
];
const NUMBERS = [0, 1, 5, 100, 4096, 65_536, 2 ** 32, 2 ** 40, -1, Number.MAX_SAFE_INTEGER];
const SIZES = [0, 1, 10, 1000, 70_000, 0xffff_ffff];
const CALLERS = [1, 1000, 0xffff_ffff];
const MODES = [0, 0o644, 0o755, 0o7777, 0o100644, 0o010600, 0o020666, 0o170000, 0xffff_ffff];

const VERSION_1 = OPERATIONS.filter((row) => row.v1 !== undefined).map((row) => row.name);
const VERSION_2 = OPERATIONS.map((row) => row.name)
  .filter((name) => name !== "hello" && name !== "goodbye" && name !== "subscribe");

/** Makes requests that hit and that miss. */
export class RequestMaker {
  /** Handles that were given, and some that were not. */
  readonly handles: number[] = [];
  readonly #random: Random;
  readonly #version: 1 | 2;

  constructor(random: Random, version: 1 | 2) {
    this.#random = random;
    this.#version = version;
  }

  /** The next request. */
  next(): Request {
    const name = this.#random.pick(this.#version === 1 ? VERSION_1 : VERSION_2);
    const row = operationOf(OP[name])!;
    const request: Request = { op: row.op };
    const uses = this.#version === 1 ? row.v1! : row.v2;
    for (const field of uses) {
      if (this.#random.below(12) > 0) {
        (request as Record<string, unknown>)[field] = this.#value(field, name);
      }
    }
    if (this.#random.below(4) === 0) {
      request.uid = this.#random.pick(CALLERS);
      request.gid = this.#random.pick(CALLERS);
    }
    // Mostly one of the two is meant.
    if (uses.includes("fh") && uses.includes("path") && this.#random.below(2) > 0) {
      delete request.path;
    }
    return request;
  }

  #value(field: string, name: OperationName): unknown {
    const random = this.#random;
    switch (field) {
      case "path":
      case "new_path":
        return this.#path();
      case "fh":
      case "fh2":
        return random.below(8) === 0 ? random.pick([0, 77, 2 ** 33]) : this.#handle();
      case "off":
      case "off2":
      case "size":
      case "len":
        return random.below(3) === 0 ? random.pick(NUMBERS) : random.below(300);
      case "sz":
        return name === "readdir" ? random.below(5) : random.pick(SIZES);
      case "data":
        return new Uint8Array(random.below(4) === 0 ? random.below(3000) : random.below(40))
          .fill(random.below(256));
      case "flags":
        return name === "open" ? random.pick(FLAGS) : random.below(5);
      case "mode":
        return name === "allocate" ? random.pick([0, 1, 3, 16, 64]) : random.pick(MODES);
      case "mask":
        return random.below(8) === 0 ? random.below(1024) : 1 << random.below(4);
      case "atime":
      case "mtime":
        return { sec: random.below(100) - 50, nsec: random.below(10) };
      case "name":
        return random.pick(["user.a", "user.b", "", "trusted.x", "nonsense", "user.\0"]);
      case "owner":
        return random.pick(["x", "y"]);
      case "whence":
        return random.below(6);
      case "kind":
      case "type":
        return random.below(4);
      case "cursor":
        return random.below(4);
      case "target":
        return random.below(1000);
      case "plus":
        return random.below(2) === 0;
      case "wait":
        return false;
      default:
        return random.below(2000);
    }
  }

  #path(): string {
    const random = this.#random;
    if (random.below(12) === 0) return random.pick(ODD_PATHS);
    let path = "";
    for (let depth = random.below(3); depth >= 0; depth--) path += `/${random.pick(NAMES)}`;
    return path;
  }

  #handle(): number {
    return this.handles.length === 0 ? 1 : this.#random.pick(this.handles);
  }
}

/** The name of an operation, for messages. */
export function nameOf(op: number): string {
  return Object.entries(OP).find(([, number]) => number === op)?.[0] ?? `op ${op}`;
}
