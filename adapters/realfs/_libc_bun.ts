import process from "node:process";
import {
  C_FUNCTIONS,
  C_SYMBOLS,
  type CFunctions,
  type CType,
  type Libc,
  type Wide,
} from "./_c_functions.ts";

/** The part of `bun:ffi` that is used. */
interface BunFfi {
  dlopen(library: string, symbols: Record<string, unknown>): {
    readonly symbols: Readonly<Record<string, (...args: never[]) => unknown>>;
  };
  readonly read: { i32(pointer: unknown): number };
  ptr(memory: Uint8Array): number;
}

/** What Bun calls the types; those that end in `_fast` take numbers and are exact up to 2^53. */
const TYPES: Readonly<Record<CType, string>> = {
  i32: "i32",
  u32: "u32",
  i64: "i64_fast",
  size: "u64_fast",
  buffer: "ptr",
  word: "u64_fast",
  address: "ptr",
};

/** Binds the C library by `bun:ffi`. */
export function bindWithBun(library: string): Libc {
  const { dlopen, ptr, read } = process.getBuiltinModule("bun:ffi") as unknown as BunFfi;
  const wanted: Record<string, unknown> = { __errno_location: { args: [], returns: "ptr" } };
  const aliases: Record<string, unknown> = {};
  for (const [name, types] of Object.entries(C_FUNCTIONS)) {
    const signature = {
      args: types.map((type) => TYPES[type]),
      returns: name === "lseek" ? "i64_fast" : "i32",
    };
    const symbol = C_SYMBOLS[name];
    if (symbol === undefined) wanted[name] = signature;
    else aliases[name] = dlopen(library, { [symbol]: signature }).symbols[symbol];
  }
  const { symbols } = dlopen(library, wanted);
  const location = symbols.__errno_location!();
  return {
    functions: { ...symbols, ...aliases } as unknown as CFunctions,
    errno: () => read.i32(location),
    wide: (value) => value as Wide,
    word: (value) => value >>> 0 as Wide,
    address: (memory) => ptr(memory) as Wide,
    sharesDescriptors: true,
  };
}
