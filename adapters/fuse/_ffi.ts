import process from "node:process";

/** The types of arguments that are used; a `size` has 64 bits. */
type CType = "i32" | "size" | "buffer";

/** The C functions that node:fs has no name for, with their arguments. All but two return int. */
const FUNCTIONS = {
  poll: ["buffer", "size", "i32"],
  read: ["i32", "buffer", "size"],
  write: ["i32", "buffer", "size"],
  close: ["i32"],
  sched_yield: [],
  fcntl: ["i32", "i32", "i32"],
  socketpair: ["i32", "i32", "i32", "buffer"],
  recvmsg: ["i32", "buffer", "i32"],
} as const;

/** Those that Deno also calls on another thread. */
const ELSEWHERE = ["poll", "write"] as const;

type CFunction = (...args: (number | bigint | Uint8Array)[]) => number | bigint;
type Functions = Readonly<Record<keyof typeof FUNCTIONS, CFunction>>;

/** The C library, bound by the foreign function interface of the runtime. */
export interface Ffi {
  readonly functions: Functions;
  /** The errno of the call just before. */
  errno(): number;
  /** A number in the form that the runtime wants for a `size`. */
  size(value: number): number | bigint;
  /** Where a buffer lies. */
  address(buffer: Uint8Array): bigint;
  /** The same functions on another thread, without errno; Deno alone has them. */
  readonly elsewhere?: Readonly<
    Record<(typeof ELSEWHERE)[number], (...args: unknown[]) => Promise<number | bigint>>
  >;
  /** Whether descriptors of this library are good for `node:fs`. */
  readonly sharesDescriptors: boolean;
  /** Whether a call costs less than one of `node:fs` for the same. */
  readonly isQuick: boolean;
}

// deno-lint-ignore no-explicit-any
type Anything = any;

/**
 * Binds the C library, once in each thread.
 *
 * @returns It, or `undefined` where the runtime has no such interface or may not use it.
 */
export function bindFfi(): Ffi | undefined {
  bound ??= { ffi: bindFirst() };
  return bound.ffi;
}

let bound: { readonly ffi: Ffi | undefined } | undefined;

function bindFirst(): Ffi | undefined {
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  for (const library of ["libc.so.6", `libc.musl-${arch}.so.1`]) {
    try {
      if ("deno" in process.versions) return bindWithDeno(library);
      return "bun" in process.versions ? bindWithBun(library) : bindWithNode(library);
    } catch {
      // Not this library, or none at all: there are ways without it.
    }
  }
  return undefined;
}

/** Describes every function in the terms of a runtime. */
function describe(describeOne: (types: readonly CType[], result: string) => unknown): Anything {
  return Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, types]) => {
      const result = name === "read" || name === "write" || name === "recvmsg" ? "i64" : "i32";
      return [name, describeOne(types, result)];
    }),
  );
}

function bindWithDeno(library: string): Ffi {
  const { Deno } = globalThis as Anything;
  const one = (types: readonly CType[], result: string) => ({
    parameters: types.map((type) => type === "size" ? "usize" : type),
    result,
  });
  const wanted = describe(one);
  wanted.__errno_location = { parameters: [], result: "pointer" };
  for (const name of ELSEWHERE) {
    wanted[`${name}Elsewhere`] = { ...wanted[name], name, nonblocking: true };
  }
  const { symbols } = Deno.dlopen(library, wanted);
  const location = new Deno.UnsafePointerView(symbols.__errno_location());
  return {
    functions: symbols,
    errno: () => location.getInt32(),
    size: (value) => value,
    address: (buffer) => BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer))),
    elsewhere: { poll: symbols.pollElsewhere, write: symbols.writeElsewhere },
    sharesDescriptors: false,
    isQuick: false,
  };
}

function bindWithBun(library: string): Ffi {
  const { dlopen, read, ptr } = process.getBuiltinModule("bun:ffi") as Anything;
  const names = { i32: "i32", size: "u64_fast", buffer: "ptr", i64: "i64_fast" } as Anything;
  const wanted = describe((types, result) => ({
    args: types.map((type) => names[type]),
    returns: names[result],
  }));
  wanted.__errno_location = { args: [], returns: "ptr" };
  const { symbols } = dlopen(library, wanted);
  const location = symbols.__errno_location();
  return {
    functions: symbols,
    errno: () => read.i32(location),
    size: (value) => value,
    address: (buffer) => BigInt(ptr(buffer)),
    sharesDescriptors: true,
    isQuick: true,
  };
}

function bindWithNode(library: string): Ffi {
  const ffi = quietly(() => process.getBuiltinModule("node:ffi")) as Anything;
  // Node 26.1 calls the two keys otherwise than later versions do.
  const one = (types: readonly string[], result: string) => {
    const parameters = types.map((type) => type === "size" ? "u64" : type);
    return { parameters, result, arguments: parameters, return: result };
  };
  const wanted = describe(one);
  wanted.__errno_location = one([], "pointer");
  const { functions } = ffi.dlopen(library, wanted);
  const location = functions.__errno_location();
  return {
    functions,
    errno: () => ffi.getInt32(location),
    size: (value) => BigInt(value),
    address: (buffer) => BigInt(ffi.getRawPointer(buffer)),
    sharesDescriptors: true,
    isQuick: false,
  };
}

/** That the module is experimental is our affair, and not for the log of a server. */
function quietly<T>(operation: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return operation();
  } finally {
    process.emitWarning = emitWarning;
  }
}
