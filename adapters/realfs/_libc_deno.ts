import { C_FUNCTIONS, C_SYMBOLS, type CFunctions, type Libc } from "./_c_functions.ts";

interface Symbols {
  readonly [name: string]: (...args: never[]) => unknown;
}

/** The part of Deno's interface that is used. */
interface DenoFfi {
  dlopen(library: string, symbols: Record<string, unknown>): { readonly symbols: Symbols };
  readonly UnsafePointerView: new (pointer: unknown) => { getInt32(): number };
}

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
    const parameters = types.map((type) => type === "size" ? "usize" : type);
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
    wide: (value) => Number.isSafeInteger(value) ? value : BigInt(value),
    syncElsewhere: (descriptor, dataOnly) => dataOnly ? datasync(descriptor) : sync(descriptor),
    sharesDescriptors: false,
  };
}
