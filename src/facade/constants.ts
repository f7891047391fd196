import {
  O_APPEND,
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
} from "../fs/mod.ts";

/** The name of a constant of `node:fs`. */
export type FsConstant =
  | "F_OK"
  | "X_OK"
  | "W_OK"
  | "R_OK"
  | "COPYFILE_EXCL"
  | "COPYFILE_FICLONE"
  | "COPYFILE_FICLONE_FORCE"
  | "O_RDONLY"
  | "O_WRONLY"
  | "O_RDWR"
  | "O_CREAT"
  | "O_EXCL"
  | "O_NOCTTY"
  | "O_TRUNC"
  | "O_APPEND"
  | "O_DIRECTORY"
  | "O_NOATIME"
  | "O_NOFOLLOW"
  | "O_SYNC"
  | "O_DSYNC"
  | "O_DIRECT"
  | "O_NONBLOCK"
  | "S_IFMT"
  | "S_IFREG"
  | "S_IFDIR"
  | "S_IFCHR"
  | "S_IFBLK"
  | "S_IFIFO"
  | "S_IFLNK"
  | "S_IFSOCK"
  | "S_IRWXU"
  | "S_IRUSR"
  | "S_IWUSR"
  | "S_IXUSR"
  | "S_IRWXG"
  | "S_IRGRP"
  | "S_IWGRP"
  | "S_IXGRP"
  | "S_IRWXO"
  | "S_IROTH"
  | "S_IWOTH"
  | "S_IXOTH";

/**
 * The constants of `node:fs`, with the numbers that they have on Linux, whatever the host is.
 */
export const FS_CONSTANTS: Readonly<Record<FsConstant, number>> = {
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
  COPYFILE_EXCL: 1,
  COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE_FORCE: 4,
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_CREAT,
  O_EXCL,
  O_NOCTTY,
  O_TRUNC,
  O_APPEND,
  O_DIRECTORY,
  O_NOATIME,
  O_NOFOLLOW,
  O_SYNC,
  O_DSYNC,
  O_DIRECT,
  O_NONBLOCK,
  S_IFMT,
  S_IFREG,
  S_IFDIR,
  S_IFCHR,
  S_IFBLK,
  S_IFIFO,
  S_IFLNK,
  S_IFSOCK,
  S_IRWXU: 0o700,
  S_IRUSR: 0o400,
  S_IWUSR: 0o200,
  S_IXUSR: 0o100,
  S_IRWXG: 0o070,
  S_IRGRP: 0o040,
  S_IWGRP: 0o020,
  S_IXGRP: 0o010,
  S_IRWXO: 0o007,
  S_IROTH: 0o004,
  S_IWOTH: 0o002,
  S_IXOTH: 0o001,
};
