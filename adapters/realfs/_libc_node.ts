import process from "node:process";
import {
  C_FUNCTIONS,
  C_SYMBOLS,
  type CFunctions,
  type CType,
  type Libc,
  type Wide,
} from "./_c_functions.ts";

/** The part of `node:ffi` that is used. */
interface NodeFfi {
  dlopen(library: string, symbols: Record<string, unknown>): {
    readonly functions: Readonly<Record<string, (...args: never[]) => unknown>>;
  };
  getInt32(pointer: unknown): number;
  getRawPointer(memory: Uint8Array): bigint;
}

/**
 * What Node calls the types, where it is not what we call them. It compiles calls of functions that
 * only take pointers to calls of the C function itself; a pointer is a bigint like any other.
 */
const TYPES: Readonly<Partial<Record<CType, string>>> = {
  size: "u64",
  word: "pointer",
  address: "pointer",
};

/** Binds the C library by `node:ffi`, which Node has since 26.1. */
export function bindWithNode(library: string): Libc {
  const ffi = loadFfi();
  if (ffi === undefined) throw new Error(`Node ${process.versions.node} has no node:ffi`);
  const wanted: Record<string, unknown> = { __errno_location: signature([], "pointer") };
  const aliases: Record<string, unknown> = {};
  for (const [name, types] of Object.entries(C_FUNCTIONS)) {
    const parameters = types.map((type) => TYPES[type] ?? type);
    const full = signature(parameters, name === "lseek" ? "i64" : "i32");
    const symbol = C_SYMBOLS[name];
    if (symbol === undefined) wanted[name] = full;
    else aliases[name] = ffi.dlopen(library, { [symbol]: full }).functions[symbol];
  }
  const { functions } = ffi.dlopen(library, wanted);
  const location = functions.__errno_location!();
  return {
    functions: { ...functions, ...aliases } as unknown as CFunctions,
    errno: () => ffi.getInt32(location),
    wide: (value) => BigInt(value) as Wide,
    word: (value) => BigInt(value >>> 0) as Wide,
    address: (memory) => ffi.getRawPointer(memory) as Wide,
    sharesDescriptors: true,
  };
}

/**
 * Loads `node:ffi` without the warning that it is experimental: the choice is ours and not the
 * user's, who would find it in the log of a server.
 */
function loadFfi(): NodeFfi | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:ffi") as unknown as NodeFfi | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Node 26.1 calls the two keys otherwise than later versions do; each ignores what it does not know. */
function signature(parameters: readonly string[], result: string): Record<string, unknown> {
  return { parameters, result, arguments: parameters, return: result };
}
