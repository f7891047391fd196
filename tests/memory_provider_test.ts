import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FileLock,
  type Handle,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  S_PERM,
} from "../src/fs/mod.ts";
import {
  directory,
  file,
  MemoryProvider,
  type MemoryTree,
  symlink,
} from "../src/providers/memory/mod.ts";
import { bytes, errnoOf, text } from "./_memory_kit.ts";

test("MemoryProvider.from() builds files, directories and links from a literal", () => {
  const files = MemoryProvider.from({
    "etc": { "motd": "hello", "raw": Uint8Array.of(1, 2), "empty": {} },
    "bin/deep/run": file("#!/bin/sh\n", {
      mode: 0o4755,
      uid: 7,
      gid: 8,
      mtime: { sec: 5, nsec: 6 },
      xattrs: { "user.text": "value", "trusted.raw": Uint8Array.of(3) },
    }),
    "latest": symlink("bin/deep/run", { uid: 9 }),
    "tmp": directory({ "kept": "x" }, { mode: 0o1777, mtime: { sec: 1, nsec: 0 } }),
  });
  assert.equal(text(files.readFile("/etc/motd")), "hello");
  assert.deepEqual(files.readFile("/etc/raw"), Uint8Array.of(1, 2));
  assert.deepEqual(files.readDir("/etc/empty"), []);
  const run = files.stat("/bin/deep/run");
  assert.deepEqual([run.mode, run.uid, run.gid], [S_IFREG | 0o4755, 7, 8]);
  assert.deepEqual(run.mtime, { sec: 5, nsec: 6 });
  assert.equal(text(files.getxattr("/bin/deep/run", "user.text")), "value");
  assert.deepEqual(files.getxattr("/bin/deep/run", "trusted.raw"), Uint8Array.of(3));
  assert.equal(files.readlink("/latest"), "bin/deep/run");
  assert.equal(files.stat("/latest").uid, 9);
  assert.equal(files.stat("/tmp").mode, S_IFDIR | 0o1777);
  assert.deepEqual(files.stat("/tmp").mtime, { sec: 1, nsec: 0 });
  assert.equal(files.stat("/etc/motd").mode & S_PERM, 0o644);
  assert.equal(files.stat("/bin/deep").mode & S_PERM, 0o755);
});

test("MemoryProvider.from() merges what is said twice about a directory, not about a file", () => {
  const files = MemoryProvider.from({ "a/x": "1", "a": { "y": "2" }, "a/z": "3" });
  assert.deepEqual(files.readDir("/a").map((entry) => entry.name).sort(), ["x", "y", "z"]);
  const code = (tree: MemoryTree) => errnoOf(() => MemoryProvider.from(tree));
  assert.equal(code({ "a/b": "1", "a": { "b": "2" } }), "EEXIST");
  assert.equal(code({ "a/b": symlink("x"), "a": { "b": "1" } }), "EEXIST");
  assert.equal(code({ "a/b/c": "2", "a": { "b": "1" } }), "EEXIST");
  assert.equal(code({ "a/b": "1", "a": { "b": {} } }), "ENOTDIR");
});

test("MemoryProvider.from() refuses names that cannot be", () => {
  for (const name of ["", "/", "a//b", "/a", "a/", "..", "a/../b", "./a", "a\0b"]) {
    assert.ok(errnoOf(() => MemoryProvider.from({ [name]: "x" })) !== undefined, name);
  }
});

test("MemoryProvider.from() takes a file with the names of a description literally", () => {
  const files = MemoryProvider.from({ "data": "a", "content": { "tree": "b" }, "__proto__x": "c" });
  assert.equal(text(files.readFile("/content/tree")), "b");
});

test("writeFile() and readFile() take and give whole files", () => {
  const files = new MemoryProvider();
  files.writeFile("/f", "grüße", 0o600);
  assert.equal(text(files.readFile("/f")), "grüße");
  assert.equal(files.stat("/f").mode, S_IFREG | 0o600);
  const big = new Uint8Array(300_000).map((_, i) => i);
  files.writeFile("/f", big);
  assert.deepEqual(files.readFile("/f"), big);
  assert.equal(files.stat("/f").mode, S_IFREG | 0o600, "An existing file keeps its permissions");
  files.writeFile("/f", "");
  assert.equal(files.readFile("/f").length, 0);
  assert.equal(errnoOf(() => files.writeFile("/none/f", "x")), "ENOENT");
  assert.equal(errnoOf(() => files.readFile("/none")), "ENOENT");
  assert.equal(errnoOf(() => files.readFile("/")), "EISDIR");
  files.truncate("/f", 2 ** 50);
  assert.equal(errnoOf(() => files.readFile("/f")), "EFBIG");
});

test("readFile() and getxattr() give copies, writeFile() and setxattr() keep copies", () => {
  const files = new MemoryProvider();
  const data = bytes("data");
  files.writeFile("/f", data);
  files.setxattr("/f", "user.a", data);
  data.fill(0);
  files.readFile("/f").fill(0);
  files.getxattr("/f", "user.a").fill(0);
  assert.equal(text(files.readFile("/f")), "data");
  assert.equal(text(files.getxattr("/f", "user.a")), "data");
});

test("every answer is immediate, a lock included as long as nobody is in the way", () => {
  const files: MemoryProvider = MemoryProvider.from({ f: "x" });
  const handle: Handle = files.open("/f", O_RDWR);
  const lock: FileLock = {
    kind: "posix",
    type: "write",
    start: 0,
    end: 1,
    owner: "a",
    pid: 0,
  };
  const answers: unknown[] = [
    files.lookup("/none"),
    files.mkdirAll("/a/b", 0o755),
    files.removeAll("/a"),
    files.create("/g", 0o644),
    handle.readAt(new Uint8Array(1), 0),
    handle.sync(),
    handle.lock(lock),
    handle.getLock(lock),
    handle.close(),
  ];
  for (const answer of answers) assert.ok(!(answer instanceof Promise));
});

test("lookup() of a missing name costs no exception, below a file it is ENOTDIR", () => {
  const files = MemoryProvider.from({ f: "x" });
  assert.equal(files.lookup("/none"), undefined);
  assert.equal(files.lookup("/none/deeper"), undefined);
  assert.equal(errnoOf(() => files.lookup("/f/x")), "ENOTDIR");
  assert.equal(errnoOf(() => files.lookup("/f/x/y")), "ENOTDIR");
});

test("lookup() finds what is there after directories have moved, gone and come again", () => {
  const files = MemoryProvider.from({ a: { f: "1", g: "1" }, b: { f: "22" } });
  const size = (path: string) => files.lookup(path)?.size;
  assert.equal(size("/a/f"), 1);
  files.rename("/a", "/b", 2);
  assert.equal(size("/a/f"), 2);
  files.rename("/a", "/c");
  assert.equal(size("/a/f"), undefined);
  assert.equal(size("/c/f"), 2);
  files.removeAll("/c");
  assert.equal(size("/c/f"), undefined);
  files.mkdir("/c", 0o755);
  assert.equal(size("/c/f"), undefined);
  files.rename("/c", "/b/c");
  assert.equal(size("/b/f"), 1);
  files.unlink("/b/f");
  files.unlink("/b/g");
  files.rmdir("/b/c");
  files.mkdir("/d", 0o755);
  files.writeFile("/d/x", "4444");
  assert.equal(size("/b/x"), undefined);
  files.rename("/d", "/b");
  assert.equal(size("/b/x"), 4);
  files.rmdir(files.readDir("/b").length === 0 ? "/b" : (files.unlink("/b/x"), "/b"));
  files.writeFile("/b", "a file now");
  assert.equal(errnoOf(() => files.lookup("/b/x")), "ENOTDIR");
});

test("mknod() makes fifos, sockets, devices and files, and open() of a special file is ENXIO", () => {
  const files = new MemoryProvider();
  const types = { p: S_IFIFO, s: S_IFSOCK, c: S_IFCHR, b: S_IFBLK };
  for (const [name, type] of Object.entries(types)) {
    files.mknod(`/${name}`, type | 0o640, 0x801);
    const { mode, rdev } = files.stat(`/${name}`);
    assert.equal(mode, type | 0o640);
    assert.equal(rdev, type === S_IFCHR || type === S_IFBLK ? 0x801 : 0);
    for (const flags of [O_RDONLY, O_RDWR, O_WRONLY | O_TRUNC, O_RDWR | O_CREAT]) {
      assert.equal(errnoOf(() => files.open(`/${name}`, flags)), "ENXIO");
    }
    assert.equal(errnoOf(() => files.truncate(`/${name}`, 0)), "EINVAL");
  }
  files.mknod("/f", 0o600, 0);
  assert.equal(files.stat("/f").mode, S_IFREG | 0o600);
  assert.equal(errnoOf(() => files.mknod("/d", S_IFDIR | 0o755, 0)), "EPERM");
  assert.equal(errnoOf(() => files.mknod("/l", S_IFLNK | 0o777, 0)), "EINVAL");
});

test("O_PATH opens anything, to be described and nothing else", () => {
  const files = MemoryProvider.from({ f: "x", d: {}, l: symlink("f") });
  files.mknod("/p", S_IFIFO | 0o600, 0);
  for (const path of ["/f", "/d", "/l", "/p", "/"]) {
    const handle = files.open(path, O_PATH | O_RDWR | O_TRUNC);
    assert.deepEqual(handle.stat(), files.stat(path));
    const refused: (() => unknown)[] = [
      () => handle.readAt(new Uint8Array(1), 0),
      () => handle.writeAt(new Uint8Array(1), 0),
      () => handle.read(new Uint8Array(1)),
      () => handle.readDir(0, 1),
      () => handle.truncate(0),
      () => handle.sync(),
      () => handle.chmod(0),
      () => handle.chown(0, 0),
      () => handle.utimes("now", "now"),
      () => handle.allocate(0, 0, 1),
      () => handle.seekData(0),
      () => handle.copyRange(0, handle, 0, 1),
    ];
    for (const action of refused) assert.equal(errnoOf(action), "EBADF");
    handle.close();
  }
  assert.equal(files.stat("/f").size, 1);
  assert.equal(errnoOf(() => files.open("/f", O_PATH | O_DIRECTORY)), "ENOTDIR");
});

test("O_TMPFILE makes a file without a name, which is gone when it is closed", () => {
  const files = MemoryProvider.from({ d: {}, f: "" });
  const free = files.statfs("/").ffree;
  const handle = files.open("/d", O_RDWR | O_TMPFILE, 0o600);
  handle.writeAt(bytes("secret"), 0);
  const { nlink, size, mode } = handle.stat();
  assert.deepEqual([nlink, size, mode], [0, 6, S_IFREG | 0o600]);
  assert.deepEqual(files.readDir("/d"), []);
  handle.close();
  assert.equal(files.statfs("/").ffree, free);
  assert.equal(errnoOf(() => files.open("/f", O_RDWR | O_TMPFILE)), "ENOTDIR");
  assert.equal(errnoOf(() => files.open("/d", O_RDONLY | O_TMPFILE)), "EINVAL");
  assert.equal(errnoOf(() => files.open("/d", O_RDWR | O_TMPFILE | O_CREAT)), "EINVAL");
  assert.equal(errnoOf(() => files.open("/d", O_RDWR | (O_TMPFILE & ~O_DIRECTORY))), "EINVAL");
});

test("open() checks in Linux's order", () => {
  const files = MemoryProvider.from({ f: "x", d: {}, l: symlink("f") });
  const code = (path: string, flags: number) => errnoOf(() => files.open(path, flags).close());
  assert.equal(code("/d", O_CREAT | O_DIRECTORY), "EINVAL");
  assert.equal(code("/d", O_CREAT | O_EXCL), "EEXIST");
  assert.equal(code("/l", O_CREAT | O_EXCL), "EEXIST");
  assert.equal(code("/d", O_CREAT), "EISDIR");
  assert.equal(code("/d", O_TRUNC), "EISDIR");
  assert.equal(code("/d", 3), "EISDIR");
  assert.equal(code("/l", O_DIRECTORY), "ENOTDIR");
  assert.equal(code("/l", O_CREAT), "ELOOP");
  assert.equal(code("/f", O_DIRECTORY | O_TRUNC), "ENOTDIR");
  assert.equal(files.stat("/f").size, 1);
  assert.equal(code("/", O_CREAT | O_EXCL), "EEXIST");
  assert.equal(code("/", O_CREAT), "EISDIR");
});

test("an access mode of 3 allows neither reading nor writing", () => {
  const handle = MemoryProvider.from({ f: "x" }).open("/f", 3);
  assert.equal(errnoOf(() => handle.readAt(new Uint8Array(1), 0)), "EBADF");
  assert.equal(errnoOf(() => handle.writeAt(new Uint8Array(1), 0)), "EBADF");
  assert.equal(errnoOf(() => handle.truncate(0)), "EINVAL");
  handle.close();
});

test("a handle that is closed answers EBADF", () => {
  const files = MemoryProvider.from({ f: "x" });
  for (const path of ["/f", "/"]) {
    const handle = files.open(path, O_RDONLY);
    handle.close();
    assert.equal(errnoOf(() => handle.stat()), "EBADF");
    assert.equal(errnoOf(() => handle.sync()), "EBADF");
    assert.equal(errnoOf(() => handle.chmod(0o600)), "EBADF");
    if (path === "/f") assert.equal(errnoOf(() => handle.readAt(new Uint8Array(1), 0)), "EBADF");
    else assert.equal(errnoOf(() => handle.readDir(0, 1)), "EBADF");
  }
});

test("symlink() refuses targets that cannot be", () => {
  const files = new MemoryProvider();
  assert.equal(errnoOf(() => files.symlink("", "/l")), "ENOENT");
  assert.equal(errnoOf(() => files.symlink("a\0", "/l")), "EINVAL");
  assert.equal(errnoOf(() => files.symlink("\ud800", "/l")), "EILSEQ");
  assert.equal(errnoOf(() => files.symlink("x".repeat(4096), "/l")), "ENAMETOOLONG");
  files.symlink("ü".repeat(2047), "/l");
  assert.equal(files.stat("/l").size, 4094);
});

test("setxattr() refuses names and values that Linux refuses", () => {
  const files = MemoryProvider.from({ f: "" });
  const set = (name: string, value = new Uint8Array(0), flags = 0) =>
    errnoOf(() => files.setxattr("/f", name, value, flags));
  assert.equal(set(""), "ERANGE");
  assert.equal(set(`user.${"x".repeat(251)}`), "ERANGE");
  assert.equal(set("user."), "EINVAL");
  assert.equal(set("user.a\0b"), "EINVAL");
  assert.equal(set("user.\udc00"), "EILSEQ");
  assert.equal(set("other.a"), "EOPNOTSUPP");
  assert.equal(set("system.posix_acl_access"), "EOPNOTSUPP");
  assert.equal(set("user.a", new Uint8Array(65537)), "E2BIG");
  assert.equal(set("user.a", new Uint8Array(0), 4), "EINVAL");
  assert.equal(set("user.a", new Uint8Array(0), 2), "ENODATA");
  assert.equal(set("user.a", new Uint8Array(0), 1), undefined);
  assert.equal(set("user.a", new Uint8Array(0), 1), "EEXIST");
});

test("rename() of a directory moves its link count with it", () => {
  const files = MemoryProvider.from({ a: { x: {}, f: "" }, b: { y: {} } });
  const links = () => ["/", "/a", "/b"].map((path) => files.stat(path).nlink);
  assert.deepEqual(links(), [4, 3, 3]);
  files.rename("/a/x", "/b/x");
  assert.deepEqual(links(), [4, 2, 4]);
  files.rename("/b/x", "/b/y");
  assert.deepEqual(links(), [4, 2, 3]);
  files.rename("/a/f", "/b/y", 2);
  assert.deepEqual(links(), [4, 3, 2]);
});
