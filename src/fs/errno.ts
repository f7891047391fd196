/**
 * The Linux errno table: the numbers that travel on the wire, whatever the host system is.
 *
 * Source: `include/uapi/asm-generic/errno-base.h` and `errno.h` of the Linux kernel, with the texts
 * of glibc's `strerror`.
 *
 * @module
 */

/** Every Linux errno: its number, by its name. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENOTBLK: 15,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  EDOM: 33,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENOLCK: 37,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENOMSG: 42,
  EIDRM: 43,
  ECHRNG: 44,
  EL2NSYNC: 45,
  EL3HLT: 46,
  EL3RST: 47,
  ELNRNG: 48,
  EUNATCH: 49,
  ENOCSI: 50,
  EL2HLT: 51,
  EBADE: 52,
  EBADR: 53,
  EXFULL: 54,
  ENOANO: 55,
  EBADRQC: 56,
  EBADSLT: 57,
  EBFONT: 59,
  ENOSTR: 60,
  ENODATA: 61,
  ETIME: 62,
  ENOSR: 63,
  ENONET: 64,
  ENOPKG: 65,
  EREMOTE: 66,
  ENOLINK: 67,
  EADV: 68,
  ESRMNT: 69,
  ECOMM: 70,
  EPROTO: 71,
  EMULTIHOP: 72,
  EDOTDOT: 73,
  EBADMSG: 74,
  EOVERFLOW: 75,
  ENOTUNIQ: 76,
  EBADFD: 77,
  EREMCHG: 78,
  ELIBACC: 79,
  ELIBBAD: 80,
  ELIBSCN: 81,
  ELIBMAX: 82,
  ELIBEXEC: 83,
  EILSEQ: 84,
  ERESTART: 85,
  ESTRPIPE: 86,
  EUSERS: 87,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  EPROTOTYPE: 91,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  ESOCKTNOSUPPORT: 94,
  EOPNOTSUPP: 95,
  EPFNOSUPPORT: 96,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ENETRESET: 102,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ESHUTDOWN: 108,
  ETOOMANYREFS: 109,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
  ESTALE: 116,
  EUCLEAN: 117,
  ENOTNAM: 118,
  ENAVAIL: 119,
  EISNAM: 120,
  EREMOTEIO: 121,
  EDQUOT: 122,
  ENOMEDIUM: 123,
  EMEDIUMTYPE: 124,
  ECANCELED: 125,
  ENOKEY: 126,
  EKEYEXPIRED: 127,
  EKEYREVOKED: 128,
  EKEYREJECTED: 129,
  EOWNERDEAD: 130,
  ENOTRECOVERABLE: 131,
  ERFKILL: 132,
  EHWPOISON: 133,
} as const;

/** The name of a Linux errno, such as `"ENOENT"`. */
export type ErrnoCode = keyof typeof ERRNO;

/** The texts, by number. */
const MESSAGES: Readonly<Record<number, string>> = {
  1: "operation not permitted",
  2: "no such file or directory",
  3: "no such process",
  4: "interrupted system call",
  5: "input/output error",
  6: "no such device or address",
  7: "argument list too long",
  8: "exec format error",
  9: "bad file descriptor",
  10: "no child processes",
  11: "resource temporarily unavailable",
  12: "cannot allocate memory",
  13: "permission denied",
  14: "bad address",
  15: "block device required",
  16: "device or resource busy",
  17: "file exists",
  18: "invalid cross-device link",
  19: "no such device",
  20: "not a directory",
  21: "is a directory",
  22: "invalid argument",
  23: "too many open files in system",
  24: "too many open files",
  25: "inappropriate ioctl for device",
  26: "text file busy",
  27: "file too large",
  28: "no space left on device",
  29: "illegal seek",
  30: "read-only file system",
  31: "too many links",
  32: "broken pipe",
  33: "numerical argument out of domain",
  34: "numerical result out of range",
  35: "resource deadlock avoided",
  36: "file name too long",
  37: "no locks available",
  38: "function not implemented",
  39: "directory not empty",
  40: "too many levels of symbolic links",
  42: "no message of desired type",
  43: "identifier removed",
  44: "channel number out of range",
  45: "level 2 not synchronized",
  46: "level 3 halted",
  47: "level 3 reset",
  48: "link number out of range",
  49: "protocol driver not attached",
  50: "no CSI structure available",
  51: "level 2 halted",
  52: "invalid exchange",
  53: "invalid request descriptor",
  54: "exchange full",
  55: "no anode",
  56: "invalid request code",
  57: "invalid slot",
  59: "bad font file format",
  60: "device not a stream",
  61: "no data available",
  62: "timer expired",
  63: "out of streams resources",
  64: "machine is not on the network",
  65: "package not installed",
  66: "object is remote",
  67: "link has been severed",
  68: "advertise error",
  69: "srmount error",
  70: "communication error on send",
  71: "protocol error",
  72: "multihop attempted",
  73: "RFS specific error",
  74: "bad message",
  75: "value too large for defined data type",
  76: "name not unique on network",
  77: "file descriptor in bad state",
  78: "remote address changed",
  79: "can not access a needed shared library",
  80: "accessing a corrupted shared library",
  81: ".lib section in a.out corrupted",
  82: "attempting to link in too many shared libraries",
  83: "cannot exec a shared library directly",
  84: "invalid or incomplete multibyte or wide character",
  85: "interrupted system call should be restarted",
  86: "streams pipe error",
  87: "too many users",
  88: "socket operation on non-socket",
  89: "destination address required",
  90: "message too long",
  91: "protocol wrong type for socket",
  92: "protocol not available",
  93: "protocol not supported",
  94: "socket type not supported",
  95: "operation not supported",
  96: "protocol family not supported",
  97: "address family not supported by protocol",
  98: "address already in use",
  99: "cannot assign requested address",
  100: "network is down",
  101: "network is unreachable",
  102: "network dropped connection on reset",
  103: "software caused connection abort",
  104: "connection reset by peer",
  105: "no buffer space available",
  106: "transport endpoint is already connected",
  107: "transport endpoint is not connected",
  108: "cannot send after transport endpoint shutdown",
  109: "too many references: cannot splice",
  110: "connection timed out",
  111: "connection refused",
  112: "host is down",
  113: "no route to host",
  114: "operation already in progress",
  115: "operation now in progress",
  116: "stale file handle",
  117: "structure needs cleaning",
  118: "not a XENIX named type file",
  119: "no XENIX semaphores available",
  120: "is a named type file",
  121: "remote I/O error",
  122: "disk quota exceeded",
  123: "no medium found",
  124: "wrong medium type",
  125: "operation canceled",
  126: "required key not available",
  127: "key has expired",
  128: "key has been revoked",
  129: "key was rejected by service",
  130: "owner died",
  131: "state not recoverable",
  132: "operation not possible due to RF-kill",
  133: "memory page has hardware error",
};

const NAMES: ReadonlyMap<number, ErrnoCode> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(ERRNO).map(([name, number]) => [number, name as ErrnoCode]),
);

/** Names that other systems use, and POSIX synonyms, for a number that Linux calls otherwise. */
const ALIASES: Readonly<Record<string, ErrnoCode>> = {
  EWOULDBLOCK: "EAGAIN",
  EDEADLOCK: "EDEADLK",
  ENOTSUP: "EOPNOTSUPP",
  ENOATTR: "ENODATA",
  EFTYPE: "EINVAL",
};

/**
 * Gives the name of a Linux errno number.
 *
 * @param number A positive errno number, for instance 2.
 * @returns The name, for instance `"ENOENT"`, or `undefined` for a number that Linux does not define.
 *
 * @example
 * ```ts
 * import { errnoName } from "@vfs/server/core";
 *
 * console.log(errnoName(2)); // "ENOENT"
 * ```
 */
export function errnoName(number: number): ErrnoCode | undefined {
  return NAMES.get(number);
}

/**
 * Recognises the name of an errno, Linux's own or a synonym.
 *
 * @param name Any text, for instance the `code` of an error that a runtime threw.
 * @returns The Linux name, or `undefined` when the text names no errno.
 *
 * @example
 * ```ts
 * import { parseErrnoCode } from "@vfs/server/core";
 *
 * console.log(parseErrnoCode("EWOULDBLOCK")); // "EAGAIN"
 * console.log(parseErrnoCode("OOPS")); // undefined
 * ```
 */
export function parseErrnoCode(name: string): ErrnoCode | undefined {
  if (Object.hasOwn(ERRNO, name)) return name as ErrnoCode;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/**
 * Gives the text that `strerror` prints for an errno.
 *
 * @param code The name of the errno.
 * @returns One lower-case clause, for instance `"no such file or directory"`.
 *
 * @example
 * ```ts
 * import { errnoMessage } from "@vfs/server/core";
 *
 * console.log(errnoMessage("EACCES")); // "permission denied"
 * ```
 */
export function errnoMessage(code: ErrnoCode): string {
  return MESSAGES[ERRNO[code]]!;
}
