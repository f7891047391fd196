import {
  type Awaitable,
  type ErrnoCode,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type Provider,
  S_IFREG,
} from "../../src/fs/mod.ts";

/** The answers of one operation, for each of the kinds that the name `/x` can be, in their order. */
export interface ResolveRow {
  readonly name: string;
  readonly run: (provider: Provider) => Awaitable<unknown>;
  /** `ok` or an errno for: absent file directory, 4 links, fifo socket device. */
  readonly answers: string;
}

const open = async (provider: Provider, flags: number, path = "/x"): Promise<void> => {
  await (await provider.open(path, flags, 0o600)).close();
};

const ok3 = "ok ok ok";
const ok4 = "ok ok ok ok";
const times = (count: number, code: ErrnoCode) => Array(count).fill(code).join(" ");
const EXISTS = `ok ${times(9, "EEXIST")}`;
const NOT_A_DIRECTORY = `${times(4, "ENOTDIR")} ${times(3, "ENOTDIR")}`;

/** Every operation that takes a path, on every kind of name. There is a file `/f`, a directory `/e`. */
export const RESOLVE_TABLE: readonly ResolveRow[] = [
  { name: "stat", run: (fs) => fs.stat("/x"), answers: `ENOENT ok ok ${ok4} ${ok3}` },
  { name: "statfs", run: (fs) => fs.statfs("/x"), answers: `ENOENT ok ok ${ok4} ${ok3}` },
  {
    name: "open for reading",
    run: (fs) => open(fs, O_RDONLY),
    answers: `ENOENT ok ok ${times(4, "ELOOP")} ${times(3, "ENXIO")}`,
  },
  {
    name: "open for writing",
    run: (fs) => open(fs, O_WRONLY),
    answers: `ENOENT ok EISDIR ${times(4, "ELOOP")} ${times(3, "ENXIO")}`,
  },
  {
    name: "open with O_CREAT",
    run: (fs) => open(fs, O_RDWR | O_CREAT),
    answers: `ok ok EISDIR ${times(4, "ELOOP")} ${times(3, "ENXIO")}`,
  },
  { name: "open with O_EXCL", run: (fs) => open(fs, O_RDWR | O_CREAT | O_EXCL), answers: EXISTS },
  {
    name: "openDir",
    run: async (fs) => await (await fs.openDir("/x")).close(),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "readDir",
    run: (fs) => fs.readDir("/x"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  { name: "mkdir", run: (fs) => fs.mkdir("/x", 0o700), answers: EXISTS },
  {
    name: "mkdirAll",
    run: (fs) => fs.mkdirAll("/x", 0o700),
    answers: `ok ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "mkdirAll below it",
    run: (fs) => fs.mkdirAll("/x/y/z", 0o700),
    answers: `ok ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  { name: "mknod", run: (fs) => fs.mknod("/x", S_IFREG | 0o600, 0), answers: EXISTS },
  { name: "symlink", run: (fs) => fs.symlink("f", "/x"), answers: EXISTS },
  {
    name: "link of it",
    run: (fs) => fs.link("/x", "/new"),
    answers: `ENOENT ok EPERM ${ok4} ${ok3}`,
  },
  { name: "link to it", run: (fs) => fs.link("/f", "/x"), answers: EXISTS },
  {
    name: "readlink",
    run: (fs) => fs.readlink("/x"),
    answers: `ENOENT EINVAL EINVAL ${ok4} ${times(3, "EINVAL")}`,
  },
  { name: "unlink", run: (fs) => fs.unlink("/x"), answers: `ENOENT ok EISDIR ${ok4} ${ok3}` },
  {
    name: "rmdir",
    run: (fs) => fs.rmdir("/x"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  { name: "remove", run: (fs) => fs.remove("/x"), answers: `ENOENT ok ok ${ok4} ${ok3}` },
  { name: "removeAll", run: (fs) => fs.removeAll("/x"), answers: `ok ok ok ${ok4} ${ok3}` },
  {
    name: "rename of it",
    run: (fs) => fs.rename("/x", "/new"),
    answers: `ENOENT ok ok ${ok4} ${ok3}`,
  },
  {
    name: "rename of a file to it",
    run: (fs) => fs.rename("/f", "/x"),
    answers: `ok ok EISDIR ${ok4} ${ok3}`,
  },
  {
    name: "rename of a directory to it",
    run: (fs) => fs.rename("/e", "/x"),
    answers: `ok ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "chmod",
    run: (fs) => fs.chmod("/x", 0o640),
    answers: `ENOENT ok ok ${times(4, "EOPNOTSUPP")} ${ok3}`,
  },
  { name: "chown", run: (fs) => fs.chown("/x", -1, -1), answers: `ENOENT ok ok ${ok4} ${ok3}` },
  {
    name: "utimes",
    run: (fs) => fs.utimes("/x", "now", "now"),
    answers: `ENOENT ok ok ${ok4} ${ok3}`,
  },
  {
    name: "truncate",
    run: (fs) => fs.truncate("/x", 1),
    answers: `ENOENT ok EISDIR ${times(4, "ELOOP")} ${times(3, "EINVAL")}`,
  },
  {
    name: "stat below it",
    run: (fs) => fs.stat("/x/y"),
    answers: `ENOENT ENOTDIR ENOENT ${NOT_A_DIRECTORY}`,
  },
  {
    name: "create below it",
    run: (fs) => open(fs, O_RDWR | O_CREAT, "/x/y"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "mkdir below it",
    run: (fs) => fs.mkdir("/x/y", 0o700),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "symlink below it",
    run: (fs) => fs.symlink("f", "/x/y"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "unlink below it",
    run: (fs) => fs.unlink("/x/y"),
    answers: `ENOENT ENOTDIR ENOENT ${NOT_A_DIRECTORY}`,
  },
  {
    name: "rmdir below it",
    run: (fs) => fs.rmdir("/x/y"),
    answers: `ENOENT ENOTDIR ENOENT ${NOT_A_DIRECTORY}`,
  },
  {
    name: "rename into it",
    run: (fs) => fs.rename("/f", "/x/y"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "link into it",
    run: (fs) => fs.link("/f", "/x/y"),
    answers: `ENOENT ENOTDIR ok ${NOT_A_DIRECTORY}`,
  },
  {
    name: "chmod below it",
    run: (fs) => fs.chmod("/x/y", 0o700),
    answers: `ENOENT ENOTDIR ENOENT ${NOT_A_DIRECTORY}`,
  },
];

/** Spellings of a path that are not the one that providers take; the server cleans them first. */
export const SPELLINGS: readonly { readonly path: string; readonly answer: ErrnoCode }[] = [
  { path: "", answer: "ENOENT" },
  { path: "x", answer: "EINVAL" },
  { path: "./x", answer: "EINVAL" },
  { path: "/./x", answer: "EINVAL" },
  { path: "/x/", answer: "EINVAL" },
  { path: "/x/.", answer: "EINVAL" },
  { path: "/x/..", answer: "EINVAL" },
  { path: "../x", answer: "EINVAL" },
  { path: "/../x", answer: "EINVAL" },
  { path: "/..", answer: "EINVAL" },
  { path: "/.", answer: "EINVAL" },
  { path: "/e/../x", answer: "EINVAL" },
  { path: "/e/../../x", answer: "EINVAL" },
  { path: "//x", answer: "EINVAL" },
  { path: "/e//x", answer: "EINVAL" },
  { path: "/x\0", answer: "EINVAL" },
  { path: "/\0", answer: "EINVAL" },
  { path: "/\ud800", answer: "EILSEQ" },
  { path: `/${"x".repeat(256)}`, answer: "ENAMETOOLONG" },
  { path: `/${"ü".repeat(128)}`, answer: "ENAMETOOLONG" },
];
