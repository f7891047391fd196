import {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} from "../fs/mod.ts";
import { wrongType, wrongValue } from "./_call.ts";

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["r", O_RDONLY],
  ["rs", O_RDONLY | O_SYNC],
  ["r+", O_RDWR],
  ["rs+", O_RDWR | O_SYNC],
  ["w", O_WRONLY | O_CREAT | O_TRUNC],
  ["wx", O_WRONLY | O_CREAT | O_TRUNC | O_EXCL],
  ["w+", O_RDWR | O_CREAT | O_TRUNC],
  ["wx+", O_RDWR | O_CREAT | O_TRUNC | O_EXCL],
  ["a", O_WRONLY | O_CREAT | O_APPEND],
  ["ax", O_WRONLY | O_CREAT | O_APPEND | O_EXCL],
  ["as", O_WRONLY | O_CREAT | O_APPEND | O_SYNC],
  ["a+", O_RDWR | O_CREAT | O_APPEND],
  ["ax+", O_RDWR | O_CREAT | O_APPEND | O_EXCL],
  ["as+", O_RDWR | O_CREAT | O_APPEND | O_SYNC],
]);

/** Gives the Linux flags for one of Node's texts, or for a number, which is taken as it is. */
export function openFlags(flags: string | number): number {
  if (typeof flags === "number") return flags;
  // The letters after the first may come in any order: "xw", "sr+".
  const sorted = flags.replace(/^([sx])([rwa])/, "$2$1");
  const found = FLAGS.get(sorted);
  if (found === undefined) throw wrongValue("the open flags", flags);
  return found;
}

/** Reads permissions given as a number or as octal text. */
export function permissions(mode: number | string): number {
  if (typeof mode === "string") {
    if (!/^[0-7]+$/.test(mode)) throw wrongValue("the mode", mode);
    return parseInt(mode, 8);
  }
  if (typeof mode !== "number") throw wrongType("a mode", mode);
  if (!Number.isInteger(mode) || mode < 0 || mode > 0xffff_ffff) {
    throw Object.assign(new RangeError(`Cannot use the mode ${mode}`), {
      code: "ERR_OUT_OF_RANGE",
    });
  }
  return mode;
}
