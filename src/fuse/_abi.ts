/**
 * The numbers of the kernel's protocol, as `include/uapi/linux/fuse.h` has them.
 *
 * Numbers on the device are in the byte order of the machine; this code reads and writes
 * little-endian ones, as every machine that the three runtimes support has.
 */

/** The version of the protocol that is spoken, and the oldest and newest minor version. */
export const MAJOR = 7;
export const MINOR_OLDEST = 31;
export const MINOR_NEWEST = 45;

export const ROOT_ID = 1;
/** The inode number for entries of unknown identity: readers skip entries that have 0. */
export const UNKNOWN_INO: bigint = 0xffffffffn;

export const IN_HEADER = 40;
export const OUT_HEADER = 16;
export const ENTRY_OUT = 128;
export const ATTR_OUT = 104;
export const OPEN_OUT = 16;
export const DIRENT = 24;
/** What a request may have before its data: the header, the operation's own part, a name. */
export const REQUEST_MARGIN = 4096;
export const PAGE = 4096;

// Operations.
export const LOOKUP = 1;
export const FORGET = 2;
export const GETATTR = 3;
export const SETATTR = 4;
export const READLINK = 5;
export const SYMLINK = 6;
export const MKNOD = 8;
export const MKDIR = 9;
export const UNLINK = 10;
export const RMDIR = 11;
export const RENAME = 12;
export const LINK = 13;
export const OPEN = 14;
export const READ = 15;
export const WRITE = 16;
export const STATFS = 17;
export const RELEASE = 18;
export const FSYNC = 20;
export const SETXATTR = 21;
export const GETXATTR = 22;
export const LISTXATTR = 23;
export const REMOVEXATTR = 24;
export const FLUSH = 25;
export const INIT = 26;
export const OPENDIR = 27;
export const READDIR = 28;
export const RELEASEDIR = 29;
export const FSYNCDIR = 30;
export const GETLK = 31;
export const SETLK = 32;
export const SETLKW = 33;
export const CREATE = 35;
export const INTERRUPT = 36;
export const DESTROY = 38;
export const IOCTL = 39;
export const BATCH_FORGET = 42;
export const FALLOCATE = 43;
export const READDIRPLUS = 44;
export const RENAME2 = 45;
export const LSEEK = 46;
export const COPY_FILE_RANGE = 47;
export const COPY_FILE_RANGE_64 = 53;

// What INIT negotiates.
export const INIT_ASYNC_READ = 0x1;
export const INIT_POSIX_LOCKS = 0x2;
export const INIT_ATOMIC_O_TRUNC = 0x8;
export const INIT_BIG_WRITES = 0x20;
export const INIT_FLOCK_LOCKS = 0x400;
export const INIT_AUTO_INVAL_DATA = 0x1000;
export const INIT_DO_READDIRPLUS = 0x2000;
export const INIT_READDIRPLUS_AUTO = 0x4000;
export const INIT_ASYNC_DIO = 0x8000;
export const INIT_WRITEBACK_CACHE = 0x10000;
export const INIT_PARALLEL_DIROPS = 0x40000;
export const INIT_MAX_PAGES = 0x400000;
export const INIT_HANDLE_KILLPRIV_V2 = 0x10000000;

// SETATTR: what is to be set.
export const FATTR_MODE = 0x1;
export const FATTR_UID = 0x2;
export const FATTR_GID = 0x4;
export const FATTR_SIZE = 0x8;
export const FATTR_ATIME = 0x10;
export const FATTR_MTIME = 0x20;
export const FATTR_FH = 0x40;
export const FATTR_ATIME_NOW = 0x80;
export const FATTR_MTIME_NOW = 0x100;
export const FATTR_KILL_SUIDGID = 0x800;

export const GETATTR_FH = 0x1;
export const OPEN_KILL_SUIDGID = 0x1;
export const WRITE_CACHE = 0x1;
export const WRITE_KILL_SUIDGID = 0x4;
export const FSYNC_FDATASYNC = 0x1;
export const RELEASE_FLOCK_UNLOCK = 0x2;
export const LK_FLOCK = 0x1;

// How an opened file is to be cached.
export const FOPEN_DIRECT_IO = 0x1;
export const FOPEN_KEEP_CACHE = 0x2;
export const FOPEN_PARALLEL_DIRECT_WRITES = 0x40;

// Lock types, as `fcntl(2)` has them.
export const F_RDLCK = 0;
export const F_WRLCK = 1;
export const F_UNLCK = 2;

// Notifications.
export const NOTIFY_INVAL_INODE = 2;
export const NOTIFY_INVAL_ENTRY = 3;
export const NOTIFY_DELETE = 6;
