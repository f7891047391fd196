/**
 * The types that arguments of C functions have here. A `buffer` is only borrowed for the call, a
 * `size` and an `i64` are numbers that `Libc.wide` has made fit for the runtime.
 */
export type CType = "i32" | "u32" | "i64" | "size" | "buffer";

/** A number of 64 bits in the form that the runtime wants: a bigint on Node. */
export type Wide = number | bigint;

/** The functions of the C library that are used, with their arguments. All but `lseek` return int. */
export const C_FUNCTIONS = {
  // openat2 has no function of its own: syscall(437, directory, path, how, sizeof how).
  syscall: ["i32", "i32", "buffer", "buffer", "size"],
  openat: ["i32", "buffer", "i32", "u32"],
  close: ["i32"],
  statx: ["i32", "buffer", "i32", "u32", "buffer"],
  fstatfs: ["i32", "buffer"],
  readlinkat: ["i32", "buffer", "buffer", "size"],
  getdents64: ["i32", "buffer", "size"],
  lseek: ["i32", "i64", "i32"],
  mkdirat: ["i32", "buffer", "u32"],
  mknodat: ["i32", "buffer", "u32", "size"],
  symlinkat: ["buffer", "i32", "buffer"],
  linkat: ["i32", "buffer", "i32", "buffer", "i32"],
  unlinkat: ["i32", "buffer", "i32"],
  renameat2: ["i32", "buffer", "i32", "buffer", "u32"],
  fchmodat: ["i32", "buffer", "u32", "i32"],
  fchmod: ["i32", "u32"],
  fchownat: ["i32", "buffer", "u32", "u32", "i32"],
  utimensat: ["i32", "buffer", "buffer", "i32"],
  ftruncate: ["i32", "i64"],
  pread: ["i32", "buffer", "size", "i64"],
  pwrite: ["i32", "buffer", "size", "i64"],
  fsync: ["i32"],
  fdatasync: ["i32"],
  fallocate: ["i32", "i32", "i64", "i64"],
  copy_file_range: ["i32", "buffer", "i32", "buffer", "size", "u32"],
  getxattr: ["buffer", "buffer", "buffer", "size"],
  setxattr: ["buffer", "buffer", "buffer", "size", "i32"],
  listxattr: ["buffer", "buffer", "size"],
  removexattr: ["buffer", "buffer"],
  fcntl: ["i32", "i32", "buffer"],
  flock: ["i32", "i32"],
  getsockopt: ["i32", "i32", "i32", "buffer", "buffer"],
  // These three are system calls without functions too; see C_SYMBOLS.
  landlockCreateRuleset: ["i32", "buffer", "size", "u32"],
  landlockAddRule: ["i32", "i32", "u32", "buffer", "u32"],
  landlockRestrictSelf: ["i32", "i32", "u32"],
  prctl: ["i32", "size", "size", "size", "size"],
} as const;

/** What functions are called in the library, where that is not the name that they have here. */
export const C_SYMBOLS: Readonly<Record<string, string>> = {
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
  /** Calls `fsync` or `fdatasync` on another thread, where the runtime can; its errno is lost. */
  readonly syncElsewhere?: (descriptor: number, dataOnly: boolean) => Promise<number>;
  /** Whether descriptors of this library are good for `node:fs` too. */
  readonly sharesDescriptors: boolean;
}
