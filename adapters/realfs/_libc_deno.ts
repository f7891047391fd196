import {
  C_FUNCTIONS,
  C_SYMBOLS,
  type CFunctions,
  type CType,
  type Libc,
  type Wide,
} from "./_c_functions.ts";

interface Symbols {
  readonly [name: string]: (...args: never[]) => unknown;
}

/** The part of Deno's interface that is used. */
interface DenoFfi {
  dlopen(library: string, symbols: Record<string, unknown>): { readonly symbols: Symbols };
  readonly UnsafePointer: { of(memory: Uint8Array): unknown; value(pointer: unknown): bigint };
  readonly UnsafePointerView: new (pointer: unknown) => { getInt32(): number };
}

/** What Deno calls the types, where it is not what we call them. */
const TYPES: Readonly<Partial<Record<CType, string>>> = {
  size: "usize",
  word: "u64",
  address: "u64",
};

/** Binds the C library by `Deno.dlopen`. */
export function bindWithDeno(library: string): Libc {
  const { Deno } = globalThis as unknown as { Deno: DenoFfi };
  const wanted: Record<string, unknown> = {
    __errno_location: { parameters: [], result: "pointer" },
    fsyncElsewhere: { name: "fsync", parameters: ["i32"], result: "i32", nonblocking: true },
    fdatasyncElsewhere: {
      name: "fdatasync",
      parameters: ["i32"],
      result: "i32",
      nonblocking: true,
    },
  };
  for (const [name, types] of Object.entries(C_FUNCTIONS)) {
    const parameters = types.map((type) => TYPES[type] ?? type);
    const result = name === "lseek" ? "i64" : "i32";
    wanted[name] = { name: C_SYMBOLS[name] ?? name, parameters, result };
  }
  const { symbols } = Deno.dlopen(library, wanted);
  const location = new Deno.UnsafePointerView(symbols.__errno_location!());
  const sync = symbols.fsyncElsewhere as (descriptor: number) => Promise<number>;
  const datasync = symbols.fdatasyncElsewhere as (descriptor: number) => Promise<number>;
  return {
    functions: symbols as unknown as CFunctions,
    errno: () => location.getInt32(),
    // It takes numbers too, but calls that are given bigints are compiled, and those are faster.
    wide: (value) => BigInt(value) as Wide,
    word: (value) => BigInt(value >>> 0) as Wide,
    address: (memory) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory)) as Wide,
    syncElsewhere: (descriptor, dataOnly) => dataOnly ? datasync(descriptor) : sync(descriptor),
    sharesDescriptors: false,
  };
}
