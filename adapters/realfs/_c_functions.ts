/**
 * The types that arguments of C functions have here. A `buffer` is only borrowed for the call. A
 * `size` and an `i64` are numbers that `Libc.wide` has made fit for the runtime.
 *
 * Functions that are called often only have a `word`, an int that `Libc.word` has made fit to be
 * passed in 64 bits, and an `address`, that of memory of our own (`Libc.address`). Node calls these
 * at once, while it looks at all other arguments first, which takes longer than most system calls.
 */
export type CType = "i32" | "u32" | "i64" | "size" | "buffer" | "word" | "address";

/** A number of 64 bits in the form that the runtime wants, which only `Libc` knows. */
export type Wide = (number | bigint) & { readonly form: "the runtime's" };

/** The functions of the C library that are used, with their arguments. All but `lseek` return int. */
export const C_FUNCTIONS = {
  // These are `syscall(number, ...)`; see C_SYMBOLS.
  openat2: ["word", "word", "address", "address", "word"],
  newfstatat: ["word", "word", "address", "address", "word"],
  fstat: ["word", "word", "address"],
  landlockCreateRuleset: ["i32", "buffer", "size", "u32"],
  landlockAddRule: ["i32", "i32", "u32", "buffer", "u32"],
  landlockRestrictSelf: ["i32", "i32", "u32"],
  openat: ["word", "address", "word", "word"],
  close: ["i32"],
  statx: ["word", "address", "word", "word", "address"],
  fstatfs: ["i32", "buffer"],
  readlinkat: ["word", "address", "buffer", "size"],
  getdents64: ["i32", "buffer", "size"],
  lseek: ["i32", "i64", "i32"],
  mkdirat: ["word", "address", "word"],
  mknodat: ["i32", "address", "u32", "size"],
  symlinkat: ["address", "word", "address"],
  linkat: ["word", "address", "word", "address", "word"],
  unlinkat: ["word", "address", "word"],
  renameat2: ["word", "address", "word", "address", "word"],
  fchmodat: ["word", "address", "word", "word"],
  fchmod: ["i32", "u32"],
  fchownat: ["word", "address", "word", "word", "word"],
  utimensat: ["word", "address", "buffer", "i32"],
  ftruncate: ["i32", "i64"],
  pread: ["i32", "buffer", "size", "i64"],
  pwrite: ["i32", "buffer", "size", "i64"],
  fsync: ["i32"],
  fdatasync: ["i32"],
  fallocate: ["i32", "i32", "i64", "i64"],
  copy_file_range: ["i32", "buffer", "i32", "buffer", "size", "u32"],
  getxattr: ["address", "address", "buffer", "size"],
  setxattr: ["address", "address", "buffer", "size", "i32"],
  listxattr: ["address", "buffer", "size"],
  removexattr: ["address", "address"],
  fcntl: ["i32", "i32", "buffer"],
  flock: ["i32", "i32"],
  getsockopt: ["i32", "i32", "i32", "buffer", "buffer"],
  prctl: ["i32", "size", "size", "size", "size"],
} as const;

/** What functions are called in the library, where that is not the name that they have here. */
export const C_SYMBOLS: Readonly<Record<string, string>> = {
  openat2: "syscall",
  newfstatat: "syscall",
  fstat: "syscall",
  landlockCreateRuleset: "syscall",
  landlockAddRule: "syscall",
  landlockRestrictSelf: "syscall",
};

/** Bytes whose memory does not move: a view of an ArrayBuffer of its own. */
export type Bytes = Uint8Array<ArrayBuffer>;

interface JsTypes {
  i32: number;
  u32: number;
  i64: Wide;
  size: Wide;
  word: Wide;
  address: Wide;
  buffer: Uint8Array | null;
}

type Arguments<T extends readonly CType[]> = { -readonly [K in keyof T]: JsTypes[T[K]] };

/** The functions as the runtime has bound them. */
export type CFunctions = {
  readonly [K in keyof typeof C_FUNCTIONS]: (
    ...args: Arguments<(typeof C_FUNCTIONS)[K]>
  ) => K extends "lseek" ? Wide : number;
};

/** The C library, bound by a runtime. */
export interface Libc {
  readonly functions: CFunctions;
  /** The errno of the call just before; nothing may come between the two. */
  errno(): number;
  /** Makes a number fit for an argument of 64 bits. */
  wide(value: number): Wide;
  /** Makes an int, or an unsigned one, fit to be passed in 64 bits. */
  word(value: number): Wide;
  /**
   * Tells where memory is, once and for all calls to come, which is cheaper than to pass it each
   * time. Whoever uses the address must keep the memory.
   */
  address(memory: Bytes): Wide;
  /** Calls `fsync` or `fdatasync` on another thread, where the runtime can; its errno is lost. */
  readonly syncElsewhere?: (descriptor: number, dataOnly: boolean) => Promise<number>;
  /** Whether descriptors of this library are good for `node:fs` too. */
  readonly sharesDescriptors: boolean;
}
