import process from "node:process";

/**
 * The C functions that node:fs has no name for, with their arguments. What they return is an int, and
 * what is a `size_t` in C is given as `u32`, and widened: nothing here has 2 GiB.
 */
const FUNCTIONS = {
  close: ["i32"],
  writev: ["i32", "buffer", "i32"],
  sched_yield: [],
  fcntl: ["i32", "i32", "i32"],
  socketpair: ["i32", "i32", "i32", "buffer"],
  recvmsg: ["i32", "buffer", "i32"],
} as const;

type CFunction = (...args: (number | Uint8Array)[]) => number;
type Functions = Readonly<Record<keyof typeof FUNCTIONS, CFunction>>;

/** The C library, bound by the foreign function interface of the runtime. */
export interface Ffi {
  readonly functions: Functions;
  /**
   * Reads into a whole buffer. Negative is a failure. This and the next two are called for
   * each request, so they are bound in the cheapest form that each runtime has.
   */
  read(fd: number, buffer: Uint8Array): number;
  /** Writes the first bytes of a buffer. */
  write(fd: number, bytes: Uint8Array, length: number): number;
  /** Calls `poll` for one descriptor, without waiting. */
  poll(pollfd: Uint8Array): number;
  /** The errno of the call just before. */
  errno(): number;
  /** Where a buffer lies. */
  address(buffer: Uint8Array): bigint;
  /** The same functions on another thread, without errno; Deno alone has them. */
  readonly elsewhere?: Readonly<
    Record<"poll" | "write", (...args: (number | Uint8Array)[]) => Promise<number>>
  >;
  /** Whether descriptors of this library are good for `node:fs`. */
  readonly sharesDescriptors: boolean;
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

/**
 * The numbers of `read` and `write`. As system calls they cost less than as functions, which must be
 * ready for their thread to be cancelled.
 */
const SYSCALLS: Readonly<Record<string, readonly [read: number, write: number]>> = {
  x64: [0, 1],
  arm64: [63, 64],
  riscv64: [63, 64],
};

function bindFirst(): Ffi | undefined {
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const numbers = SYSCALLS[process.arch];
  if (numbers === undefined) return undefined;
  for (const library of ["libc.so.6", `libc.musl-${arch}.so.1`]) {
    try {
      if ("deno" in process.versions) return bindWithDeno(library, ...numbers);
      if ("bun" in process.versions) return bindWithBun(library, ...numbers);
      return bindWithNode(library, ...numbers);
    } catch {
      // Not this library, or none at all: there are ways without it.
    }
  }
  return undefined;
}

/** Describes every function in the terms of a runtime. */
function describe(
  one: (types: readonly string[], result: string) => unknown,
  syscall: unknown = one(["i32", "i32", "buffer", "u32"], "i32"),
  poll: unknown = one(["buffer", "u32", "i32"], "i32"),
): { [name: string]: Anything } {
  const others = Object.entries(FUNCTIONS).map(([name, types]) => [name, one(types, "i32")]);
  return {
    ...Object.fromEntries(others),
    syscall,
    poll,
    __errno_location: one([], "pointer"),
  };
}

function bindWithDeno(library: string, read: number, write: number): Ffi {
  const { Deno } = globalThis as Anything;
  // Not usize: compiled code wants bigints for it, and is thrown away when it gets numbers.
  const one = (parameters: readonly string[], result: string) => ({ parameters, result });
  const wanted = describe(one);
  const elsewhere = { nonblocking: true };
  wanted.pollElsewhere = { ...wanted.poll, name: "poll", ...elsewhere };
  wanted.writeElsewhere = { ...one(["i32", "buffer", "u32"], "i32"), name: "write", ...elsewhere };
  const { symbols } = Deno.dlopen(library, wanted);
  const location = new Deno.UnsafePointerView(symbols.__errno_location());
  return {
    functions: symbols,
    read: (fd, buffer) => symbols.syscall(read, fd, buffer, buffer.length),
    write: (fd, bytes, length) => symbols.syscall(write, fd, bytes, length),
    poll: (pollfd) => symbols.poll(pollfd, 1, 0),
    errno: () => location.getInt32(),
    address: (buffer) => BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer))),
    elsewhere: { poll: symbols.pollElsewhere, write: symbols.writeElsewhere },
    sharesDescriptors: false,
  };
}

function bindWithBun(library: string, read: number, write: number): Ffi {
  const { dlopen, read: peek, ptr } = process.getBuiltinModule("bun:ffi") as Anything;
  const name = (type: string) => type === "buffer" || type === "pointer" ? "ptr" : type;
  const one = (types: readonly string[], result: string) => ({
    args: types.map(name),
    returns: name(result),
  });
  const { symbols } = dlopen(library, describe(one));
  const location = symbols.__errno_location();
  return {
    functions: symbols,
    read: (fd, buffer) => symbols.syscall(read, fd, buffer, buffer.length),
    write: (fd, bytes, length) => symbols.syscall(write, fd, bytes, length),
    poll: (pollfd) => symbols.poll(pollfd, 1, 0),
    errno: () => peek.i32(location),
    address: (buffer) => BigInt(ptr(buffer)),
    sharesDescriptors: true,
  };
}

function bindWithNode(library: string, readNumber: number, writeNumber: number): Ffi {
  const ffi = quietly(() => process.getBuiltinModule("node:ffi")) as Anything;
  // Node 26.1 calls the two keys otherwise than later versions do.
  const one = (parameters: readonly string[], result: string) => ({
    parameters,
    result,
    arguments: parameters,
    return: result,
  });
  // What takes only pointers is compiled to a call of the C function itself, and a pointer is a bigint
  // like any other.
  const words = (count: number) => one(new Array(count).fill("pointer"), "i32");
  const { functions } = ffi.dlopen(library, describe(one, words(4), words(3)));
  const { syscall, poll } = functions;
  const [read, write] = [BigInt(readNumber), BigInt(writeNumber)];
  const location = functions.__errno_location();
  const [input, output, question] = [0, 0, 0].map(() => lastBuffer(ffi.getRawPointer));
  const descriptor = lastWord();
  return {
    functions,
    read: (fd, buffer) => {
      const { address, length } = input!(buffer);
      return syscall(read, descriptor(fd), address, length);
    },
    write: (fd, bytes, length) => {
      const size = SMALL[length] ?? BigInt(length);
      return syscall(write, descriptor(fd), output!(bytes).address, size);
    },
    poll: (pollfd) => poll(question!(pollfd).address, 1n, 0n),
    errno: () => ffi.getInt32(location),
    address: (buffer) => BigInt(ffi.getRawPointer(buffer)),
    sharesDescriptors: true,
  };
}

/** What Node has to know of a buffer. */
interface Place {
  readonly address: bigint;
  readonly length: bigint;
}

/** Lengths of small replies, which are most, as bigints. */
const SMALL: readonly bigint[] = Array.from({ length: 512 }, (_, i) => BigInt(i));

/** Finds where buffers lie, and remembers the last: it is nearly always the same. */
function lastBuffer(find: (buffer: Uint8Array) => bigint): (buffer: Uint8Array) => Place {
  let last: Uint8Array | undefined;
  let place: Place = { address: 0n, length: 0n };
  return (buffer) => {
    if (buffer !== last) {
      place = { address: find(buffer), length: BigInt(buffer.length) };
      last = buffer;
    }
    return place;
  };
}

/** Makes bigints, and remembers the last. */
function lastWord(): (value: number) => bigint {
  let last = 0;
  let word = 0n;
  return (value) => {
    if (value !== last) word = BigInt(last = value);
    return word;
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
