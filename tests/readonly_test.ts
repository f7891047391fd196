import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Awaitable,
  BaseProvider,
  type FileInfo,
  type Handle,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  S_IFIFO,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider, symlink } from "../src/providers/memory/mod.ts";
import { readonly } from "../src/providers/readonly.ts";
import { bytes, errnoOf, TestClock, text } from "./_memory_kit.ts";

function tree(): { inner: MemoryProvider; shown: Provider; clock: TestClock } {
  const clock = new TestClock();
  const inner = MemoryProvider.from(
    { f: "content", d: { g: "x", sub: {} }, l: symlink("f") },
    { clock: clock.now, atime: "strict" },
  );
  inner.mknod("/p", S_IFIFO | 0o644, 0);
  inner.setxattr("/f", "user.a", bytes("value"));
  return { inner, shown: readonly(inner), clock };
}

/** A tree as a value, times included: whatever changes in it makes the value another. */
function snapshot(files: MemoryProvider): unknown {
  const seen: unknown[] = [];
  const visit = (path: string) => {
    const info = files.stat(path);
    seen.push(path, info, files.listxattr(path));
    if ((info.mode & 0o170000) === 0o040000) {
      for (const { name } of files.readDir(path)) {
        visit(path === "/" ? `/${name}` : `${path}/${name}`);
      }
    }
  };
  visit("/");
  return seen;
}

test("readonly() refuses every change of what is there with EROFS, and changes nothing", () => {
  const clock = new TestClock();
  const inner = MemoryProvider.from({ f: "content", d: { g: "x" } }, {
    clock: clock.now,
    atime: "none",
  });
  inner.setxattr("/f", "user.a", bytes("value"));
  const shown = readonly(inner);
  const before = snapshot(inner);
  clock.tick();
  const now = { sec: 1, nsec: 1 };
  const changes: (() => unknown)[] = [
    () => shown.create("/f", 0o644),
    () => shown.create("/n", 0o644),
    () => shown.open("/f", O_WRONLY),
    () => shown.open("/f", O_RDWR),
    () => shown.open("/f", O_RDWR | O_APPEND),
    () => shown.open("/f", O_RDONLY | O_TRUNC),
    () => shown.open("/f", 3),
    () => shown.open("/n", O_RDONLY | O_CREAT),
    () => shown.open("/n", O_RDWR | O_CREAT | O_EXCL),
    () => shown.open("/d", O_RDWR | O_TMPFILE),
    () => shown.mkdir("/n", 0o755),
    () => shown.mkdirAll("/n/m", 0o755),
    () => shown.mknod("/n", S_IFIFO, 0),
    () => shown.symlink("f", "/n"),
    () => shown.link("/f", "/n"),
    () => shown.unlink("/f"),
    () => shown.rmdir("/d"),
    () => shown.remove("/f"),
    () => shown.removeAll("/d"),
    () => shown.removeAll("/"),
    () => shown.rename("/f", "/n"),
    () => shown.rename("/f", "/d", 2),
    () => shown.chmod("/f", 0o600),
    () => shown.chown("/f", 1, 1),
    () => shown.utimes("/f", now, now),
    () => shown.truncate("/f", 1),
    () => shown.setxattr("/f", "user.b", bytes("x")),
    () => shown.removexattr("/f", "user.a"),
  ];
  for (const change of changes) assert.equal(errnoOf(change), "EROFS", String(change));
  assert.deepEqual(snapshot(inner), before);
});

test("readonly() lets everything be read", () => {
  const { inner, shown } = tree();
  assert.deepEqual(shown.stat("/f"), inner.stat("/f"));
  assert.deepEqual(shown.lookup("/d/g"), inner.stat("/d/g"));
  assert.equal(shown.lookup("/none"), undefined);
  assert.equal(shown.readlink("/l"), "f");
  assert.deepEqual(shown.getxattr("/f", "user.a"), bytes("value"));
  assert.deepEqual(shown.listxattr("/f"), ["user.a"]);
  assert.deepEqual((shown.readDir("/d") as { name: string }[]).map((e) => e.name), ["g", "sub"]);
  const directory = shown.openDir("/d") as Handle;
  assert.equal((directory.readDir(0, 1) as unknown[]).length, 1);
  directory.close();
  const handle = shown.open("/f", O_RDONLY) as Handle;
  const buffer = new Uint8Array(20);
  assert.equal(handle.readAt(buffer, 0), 7);
  assert.equal(text(buffer.subarray(0, 7)), "content");
  assert.equal(handle.seek(3, 0), 3);
  assert.equal(handle.read(buffer), 4);
  assert.equal(handle.seekData(0), 0);
  assert.equal(handle.seekHole(0), 7);
  assert.equal(handle.sync(), undefined);
  assert.equal(handle.datasync(), undefined);
  handle.close();
});

test("readonly() says that it is, also in statfs", () => {
  const { inner, shown } = tree();
  assert.equal(shown.readonly, true);
  assert.deepEqual(shown.statfs("/"), { ...inner.statfs("/"), readonly: true });
});

test("readonly() opens an existing file for reading with O_CREAT, as Linux does", () => {
  const { shown } = tree();
  const handle = shown.open("/f", O_RDONLY | O_CREAT) as Handle;
  assert.equal(handle.readAt(new Uint8Array(9), 0), 7);
  handle.close();
});

test("readonly() finds other mistakes of open() in Linux's order", () => {
  const { shown } = tree();
  const code = (path: string, flags: number) => errnoOf(() => shown.open(path, flags));
  assert.equal(code("/none", O_RDONLY), "ENOENT");
  assert.equal(code("/none", O_WRONLY), "ENOENT");
  assert.equal(code("/none", O_RDONLY | O_TRUNC), "ENOENT");
  assert.equal(code("/none/f", O_WRONLY | O_CREAT), "ENOENT");
  assert.equal(code("/f/x", O_WRONLY | O_CREAT), "ENOTDIR");
  assert.equal(code("/f", O_RDWR | O_CREAT | O_EXCL), "EEXIST");
  assert.equal(code("/l", O_RDWR | O_CREAT | O_EXCL), "EEXIST");
  assert.equal(code("/d", O_WRONLY), "EISDIR");
  assert.equal(code("/d", O_RDONLY | O_TRUNC), "EISDIR");
  assert.equal(code("/d", O_RDONLY | O_CREAT), "EISDIR");
  assert.equal(code("/d", O_CREAT | O_DIRECTORY), "EINVAL");
  assert.equal(code("/f", O_WRONLY | O_DIRECTORY), "ENOTDIR");
  assert.equal(code("/l", O_WRONLY), "ELOOP");
  assert.equal(code("/l", O_RDONLY), "ELOOP");
  assert.equal(code("/p", O_WRONLY), "ENXIO");
  assert.equal(code("/f", O_RDWR | O_TMPFILE), "ENOTDIR");
  assert.equal(code("/none", O_RDWR | O_TMPFILE), "ENOENT");
  assert.equal(code("/d", O_RDONLY | O_TMPFILE), "EINVAL");
  assert.equal(code("/d", O_RDWR | (O_TMPFILE & ~O_DIRECTORY)), "EINVAL");
});

test("readonly() finds what is there or missing before it says EROFS, where Linux does", () => {
  const { shown } = tree();
  assert.equal(errnoOf(() => shown.mkdir("/d", 0o755)), "EEXIST");
  assert.equal(errnoOf(() => shown.mkdir("/", 0o755)), "EEXIST");
  assert.equal(errnoOf(() => shown.mkdir("/none/d", 0o755)), "ENOENT");
  assert.equal(errnoOf(() => shown.mkdir("/f/d", 0o755)), "ENOTDIR");
  assert.equal(errnoOf(() => shown.symlink("x", "/f")), "EEXIST");
  assert.equal(errnoOf(() => shown.mknod("/f", S_IFIFO, 0)), "EEXIST");
  assert.equal(errnoOf(() => shown.link("/none", "/n")), "ENOENT");
  assert.equal(errnoOf(() => shown.link("/f", "/d")), "EEXIST");
  // Linux asks for the right to write before it looks the last name up.
  assert.equal(errnoOf(() => shown.unlink("/none")), "EROFS");
  assert.equal(errnoOf(() => shown.unlink("/none/f")), "ENOENT");
  assert.equal(errnoOf(() => shown.rmdir("/f/x")), "ENOTDIR");
  assert.equal(errnoOf(() => shown.unlink("/")), "EISDIR");
  assert.equal(errnoOf(() => shown.rmdir("/")), "EBUSY");
  assert.equal(errnoOf(() => shown.rename("/none/a", "/b")), "ENOENT");
  assert.equal(errnoOf(() => shown.rename("/f", "/none/b")), "ENOENT");
  assert.equal(errnoOf(() => shown.rename("/", "/b")), "EBUSY");
  assert.equal(errnoOf(() => shown.rename("/f", "/")), "EBUSY");
  assert.equal(errnoOf(() => shown.rename("/f", "/", 1)), "EEXIST");
  assert.equal(errnoOf(() => shown.rename("/f", "/n", 8)), "EINVAL");
  for (const path of ["/none", "/none/f"]) {
    assert.equal(errnoOf(() => shown.chmod(path, 0)), "ENOENT");
    assert.equal(errnoOf(() => shown.chown(path, 0, 0)), "ENOENT");
    assert.equal(errnoOf(() => shown.utimes(path, "now", "now")), "ENOENT");
    assert.equal(errnoOf(() => shown.truncate(path, 0)), "ENOENT");
    assert.equal(errnoOf(() => shown.remove(path)), "ENOENT");
    assert.equal(errnoOf(() => shown.setxattr(path, "user.a", bytes(""))), "ENOENT");
  }
  assert.equal(errnoOf(() => shown.truncate("/d", 0)), "EISDIR");
  assert.equal(errnoOf(() => shown.truncate("/l", 0)), "ELOOP");
  assert.equal(errnoOf(() => shown.truncate("/p", 0)), "EINVAL");
});

test("readonly() does nothing where there is nothing to do", () => {
  const { shown } = tree();
  assert.equal(shown.mkdirAll("/d/sub", 0o755), undefined);
  assert.equal(shown.removeAll("/none"), undefined);
  assert.equal(shown.utimes("/f", "omit", "omit"), undefined);
  assert.equal(errnoOf(() => shown.mkdirAll("/f", 0o755)), "ENOTDIR");
});

test("a handle of readonly() changes nothing", () => {
  const { inner, shown } = tree();
  const handle = shown.open("/f", O_RDONLY) as Handle;
  const target = shown.open("/d/g", O_RDONLY) as Handle;
  const code = (action: () => unknown) => errnoOf(action);
  assert.equal(code(() => handle.writeAt(bytes("x"), 0)), "EBADF");
  assert.equal(code(() => handle.write(bytes("x"))), "EBADF");
  assert.equal(code(() => handle.truncate(0)), "EINVAL");
  assert.equal(code(() => handle.allocate(0, 0, 1)), "EBADF");
  assert.equal(code(() => handle.copyRange(0, target, 0, 1)), "EBADF");
  assert.equal(code(() => handle.chmod(0)), "EROFS");
  assert.equal(code(() => handle.chown(1, 1)), "EROFS");
  assert.equal(code(() => handle.utimes("now", "omit")), "EROFS");
  assert.equal(code(() => handle.utimes("omit", "omit")), undefined);
  const writer = inner.open("/d/g", O_RDWR);
  assert.equal(handle.copyRange(0, writer, 0, 7), 7, "It can be copied from");
  assert.equal(text(inner.readFile("/d/g")), "content");
  for (const each of [handle, target, writer]) each.close();
});

test("a handle of readonly() takes locks that reading allows", () => {
  const { inner, shown } = tree();
  const handle = shown.open("/f", O_RDONLY) as Handle;
  const lock = { kind: "posix", start: 0, end: 5, owner: "a", pid: 1 } as const;
  handle.lock({ ...lock, type: "read" });
  assert.equal(errnoOf(() => handle.lock({ ...lock, type: "write" })), "EBADF");
  handle.lock({ ...lock, kind: "flock", type: "write" });
  const other = inner.open("/f", O_RDWR);
  const wanted = { ...lock, owner: "b", type: "write" } as const;
  assert.equal(errnoOf(() => other.lock(wanted)), "EAGAIN");
  assert.deepEqual(handle.getLock(wanted), { ...lock, type: "read", end: 5 });
  handle.close();
  other.lock(wanted);
  other.close();
});

test("reading through readonly() leaves the access time alone", () => {
  const { inner, shown, clock } = tree();
  const before = inner.stat("/f").atime;
  clock.tick();
  const handle = shown.open("/f", O_RDONLY) as Handle;
  handle.readAt(new Uint8Array(5), 0);
  handle.close();
  assert.deepEqual(inner.stat("/f").atime, before);
});

test("O_PATH passes readonly(), without whatever else was asked for", () => {
  const { inner, shown } = tree();
  for (const path of ["/f", "/d", "/l", "/p"]) {
    const handle = shown.open(path, O_PATH | O_WRONLY | O_TRUNC | O_CREAT) as Handle;
    assert.deepEqual(handle.stat(), inner.stat(path));
    handle.close();
  }
  assert.equal(inner.stat("/f").size, 7);
});

/** A provider that promises, refuses O_NOATIME, and notes the flags that it is given. */
class Slow extends BaseProvider {
  readonly files: MemoryProvider = MemoryProvider.from({ f: "content" });
  readonly flags: number[] = [];

  override async stat(path: string): Promise<FileInfo> {
    return await this.files.stat(path);
  }

  override async open(path: string, flags: number): Promise<Handle> {
    this.flags.push(flags);
    if ((flags & O_NOATIME) !== 0) throw new VfsError("EPERM", path);
    return await this.files.open(path, flags);
  }
}

async function rejection(answer: Awaitable<unknown>): Promise<string | undefined> {
  try {
    await answer;
  } catch (error) {
    return (error as VfsError).code;
  }
  return undefined;
}

test("readonly() of a provider that promises promises the same answers", async () => {
  const slow = new Slow();
  const shown = readonly(slow);
  assert.equal(await rejection(shown.open("/f", O_WRONLY)), "EROFS");
  assert.equal(await rejection(shown.open("/n", O_WRONLY | O_CREAT)), "EROFS");
  assert.equal(await rejection(shown.mkdir("/f", 0o755)), "EEXIST");
  assert.equal(await rejection(shown.unlink("/f")), "EROFS");
  assert.equal(await rejection(shown.chmod("/none", 0)), "ENOENT");
  assert.equal(await rejection(shown.rename("/f", "/g")), "EROFS");
  assert.deepEqual(slow.flags, [], "Nothing was opened");
});

test("readonly() opens without O_NOATIME where that is refused", async () => {
  const slow = new Slow();
  const handle = await readonly(slow).open("/f", O_RDONLY);
  assert.equal(await handle.readAt(new Uint8Array(9), 0), 7);
  await handle.close();
  assert.deepEqual(slow.flags, [O_NOATIME, O_RDONLY]);
});

test("readonly() never passes on flags that change, whatever lookup said", async () => {
  // A file takes the place of the link between lookup and open.
  class Swapped extends Slow {
    override async stat(path: string): Promise<FileInfo> {
      return { ...await super.stat(path), mode: 0o120777 };
    }
  }
  const swapped = new Swapped();
  const handle = await readonly(swapped).open("/f", O_RDWR | O_TRUNC | O_APPEND | O_CREAT);
  await handle.close();
  assert.ok(swapped.flags.every((flags) => (flags & ~O_NOATIME) === O_RDONLY));
  assert.equal(text(swapped.files.readFile("/f")), "content");
});
