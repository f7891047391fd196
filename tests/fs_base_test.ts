import assert from "node:assert/strict";
import { test } from "node:test";
import {
  andThen,
  BaseHandle,
  BaseProvider,
  type DirEntry,
  type FileInfo,
  type FileLock,
  HOST_CONTEXT,
  isPromiseLike,
  isWatchable,
  now,
  O_DIRECTORY,
  O_RDONLY,
  type Provider,
  S_IFDIR,
  S_IFREG,
  VfsError,
} from "../src/fs/mod.ts";
import { bytes, fails, PAST } from "./_contract/kit.ts";

function describe(mode: number, size = 0): FileInfo {
  const time = now();
  const times = { atime: time, mtime: time, ctime: time };
  const numbers = { ino: 7n, nlink: 1, uid: 0, gid: 0, rdev: 0, blocks: 0, blksize: 4096 };
  return { ...numbers, ...times, mode, size };
}

/** A provider with a root, a directory and a file in it, that leaves out all it can. */
class Least extends BaseProvider {
  override stat(path: string): FileInfo {
    if (path === "/" || path === "/d") return describe(S_IFDIR | 0o555);
    if (path === "/d/a") return describe(S_IFREG | 0o444, 5);
    throw new VfsError("ENOENT", path);
  }
}

/** The same, writable by its own account. */
class Writable extends Least {
  override get readonly(): boolean {
    return false;
  }
}

const CHANGES: readonly [name: string, change: (fs: Provider) => unknown][] = [
  ["mkdir", (fs) => fs.mkdir("/x", 0o755)],
  ["mkdirAll", (fs) => fs.mkdirAll("/x/y", 0o755)],
  ["mknod", (fs) => fs.mknod("/x", 0o100644, 0)],
  ["symlink", (fs) => fs.symlink("t", "/x")],
  ["link", (fs) => fs.link("/d/a", "/x")],
  ["unlink", (fs) => fs.unlink("/d/a")],
  ["rmdir", (fs) => fs.rmdir("/d")],
  ["remove", (fs) => fs.remove("/d/a")],
  ["removeAll", (fs) => fs.removeAll("/d/a")],
  ["rename", (fs) => fs.rename("/d/a", "/x")],
  ["chmod", (fs) => fs.chmod("/d/a", 0o600)],
  ["chown", (fs) => fs.chown("/d/a", 1, 1)],
  ["utimes", (fs) => fs.utimes("/d/a", PAST, PAST)],
  ["truncate", (fs) => fs.truncate("/d/a", 0)],
];

for (const [name, change] of CHANGES) {
  test(`BaseProvider.${name} fails with EROFS, or with EPERM if it is not read-only`, async () => {
    await fails("EROFS", async () => await change(new Least()));
    await fails("EPERM", async () => await change(new Writable()));
  });
}

test("BaseProvider answers extended attributes with EOPNOTSUPP, changes of them with EROFS", async () => {
  const [least, writable] = [new Least(), new Writable()];
  await fails("EROFS", () => least.setxattr("/d", "user.x", bytes("v")));
  await fails("EROFS", () => least.removexattr("/d", "user.x"));
  for (const fs of [least, writable]) {
    await fails("EOPNOTSUPP", () => fs.getxattr("/d", "user.x"));
    await fails("EOPNOTSUPP", () => fs.listxattr("/d"));
  }
  await fails("EOPNOTSUPP", () => writable.setxattr("/d", "user.x", bytes("v")));
  await fails("EOPNOTSUPP", () => writable.removexattr("/d", "user.x"));
});

test("BaseProvider answers open, create, readDir and statfs with ENOSYS", async () => {
  const fs = new Least();
  await fails("ENOSYS", () => fs.open("/d/a", O_RDONLY));
  await fails("ENOSYS", () => fs.create("/d/a", 0o644));
  await fails("ENOSYS", () => fs.readDir("/d"));
  await fails("ENOSYS", () => fs.statfs("/"));
});

test("BaseProvider.lookup answers undefined for ENOENT alone, at once or promised", async () => {
  class Failing extends BaseProvider {
    override stat(path: string): FileInfo | Promise<FileInfo> {
      const code = path.endsWith("missing") ? "ENOENT" : "EACCES";
      if (path.startsWith("/later")) return Promise.reject(new VfsError(code));
      throw new VfsError(code);
    }
  }
  const fs = new Failing();
  assert.equal(fs.lookup("/missing"), undefined);
  assert.equal(await fs.lookup("/later/missing"), undefined);
  await fails("EACCES", () => fs.lookup("/other"));
  await fails("EACCES", () => fs.lookup("/later/other"));
  assert.ok(!isPromiseLike(new Least().lookup("/d")));
});

test("BaseProvider.readlink fails with EINVAL, after stat has had its say", async () => {
  await fails("EINVAL", () => new Least().readlink("/d/a"));
  await fails("ENOENT", () => new Least().readlink("/none"));
});

test("BaseProvider.mkdirAll does nothing for what is there", async () => {
  await new Least().mkdirAll("/d", 0o755);
  await fails("ENOTDIR", () => new Least().mkdirAll("/d/a", 0o755));
});

test("BaseProvider.openDir pages through what readDir lists, taken anew at cursor 0", async () => {
  let listed = 0;
  class Listing extends Least {
    override readDir(): DirEntry[] {
      listed++;
      return [..."abcde"].map((name, i) => ({ name, ino: BigInt(i), mode: S_IFREG }));
    }
  }
  const fs = new Listing();
  const directory = await fs.openDir("/d");
  const first = await directory.readDir(0, 2);
  const second = await directory.readDir(first[1]!.cursor, 10);
  assert.deepEqual([...first, ...second].map((entry) => entry.name), [..."abcde"]);
  assert.deepEqual(await directory.readDir(second.at(-1)!.cursor, 10), []);
  assert.equal(listed, 1);
  await directory.readDir(0, 10);
  assert.equal(listed, 2);
  assert.equal((await directory.stat()).mode & S_IFDIR, S_IFDIR);
  await fails("EISDIR", () => directory.readAt(new Uint8Array(1), 0));
  await directory.close();
  await fails("ENOTDIR", () => fs.openDir("/d/a"));
  await fails("ENOENT", () => fs.openDir("/none"));
});

test("BaseProvider.create opens for reading and writing, made and emptied", async () => {
  const calls: number[] = [];
  class Opening extends Least {
    override open(_path: string, flags: number): BaseHandle {
      calls.push(flags);
      return new Silent();
    }
  }
  await new Opening().create("/x", 0o644);
  assert.deepEqual(calls, [0o1102]);
  assert.equal(calls[0]! & O_DIRECTORY, 0);
});

/** A handle that leaves out all it can. */
class Silent extends BaseHandle {
  override stat(): FileInfo {
    return describe(S_IFREG | 0o644, 5);
  }
}

const LOCK: FileLock = { kind: "flock", type: "read", start: 0, end: 1, owner: "A", pid: 0 };

test("BaseHandle answers what is left out with the errno that fits", async () => {
  const handle = new Silent();
  await fails("EBADF", () => handle.readAt(new Uint8Array(1), 0));
  await fails("EBADF", () => handle.writeAt(new Uint8Array(1), 0));
  await fails("EBADF", () => handle.read(new Uint8Array(1)));
  await fails("EBADF", () => handle.write(new Uint8Array(1)));
  await fails("ENOTDIR", () => handle.readDir(0, 1));
  await fails("EINVAL", () => handle.truncate(0));
  await fails("EINVAL", () => handle.sync());
  await fails("EINVAL", () => handle.datasync());
  await fails("EPERM", () => handle.chmod(0));
  await fails("EPERM", () => handle.chown(0, 0));
  await fails("EPERM", () => handle.utimes("now", "now"));
  await fails("EOPNOTSUPP", () => handle.allocate(0, 0, 1));
  await fails("EXDEV", () => handle.copyRange(0, handle, 0, 1));
  await fails("ENOLCK", () => handle.lock(LOCK));
  await fails("ENOLCK", () => handle.getLock(LOCK));
  await handle.close();
  await handle.close();
});

test("BaseHandle calls the whole file data", async () => {
  const handle = new Silent();
  assert.equal(await handle.seekData(3), 3);
  assert.equal(await handle.seekHole(3), 5);
  await fails("ENXIO", () => handle.seekData(5));
  await fails("ENXIO", () => handle.seekHole(5));
});

test("BaseHandle.read and seek keep a position by readAt and stat, promised or not", async () => {
  for (const promised of [false, true]) {
    class Letters extends Silent {
      override readAt(buffer: Uint8Array, offset: number): number | Promise<number> {
        const data = bytes("hello").subarray(offset, offset + buffer.length);
        buffer.set(data);
        return promised ? Promise.resolve(data.length) : data.length;
      }
    }
    const handle = new Letters();
    const buffer = new Uint8Array(3);
    assert.equal(await handle.read(buffer), 3);
    assert.equal(await handle.read(buffer), 2);
    assert.equal(await handle.seek(-2, 1), 3);
    assert.equal(await handle.seek(-4, 2), 1);
    assert.equal(await handle.read(buffer.subarray(0, 1)), 1);
    assert.equal(buffer[0], "e".charCodeAt(0));
    await fails("EINVAL", () => handle.seek(Number.MAX_SAFE_INTEGER, 1));
    await fails("EINVAL", () => handle.seek(0.5, 0));
    await fails("EINVAL", () => handle.seek(NaN, 0));
  }
});

test("andThen() makes no promise where none is needed", async () => {
  assert.equal(andThen(20, (n) => n + 1), 21);
  assert.equal(await andThen(Promise.resolve(20), (n) => n + 1), 21);
  assert.equal(await andThen(20, (n) => Promise.resolve(n + 1)), 21);
  assert.throws(() =>
    andThen(1, () => {
      throw new Error("next");
    }), /next/);
});

test("isPromiseLike() asks for a then that can be called", () => {
  assert.ok(isPromiseLike(Promise.resolve()));
  assert.ok(isPromiseLike({ then: () => {} } as unknown as Promise<void>));
  for (const value of [null, undefined, 0, "then", {}, { then: 1 }]) {
    assert.ok(!isPromiseLike<unknown>(value));
  }
});

test("HOST_CONTEXT is root, from the host, and nobody can change it", () => {
  assert.deepEqual([HOST_CONTEXT.uid, HOST_CONTEXT.gid, HOST_CONTEXT.pid], [0, 0, 0]);
  assert.equal(HOST_CONTEXT.origin, "host");
  assert.equal(HOST_CONTEXT.signal.aborted, false);
  assert.ok(Object.isFrozen(HOST_CONTEXT));
});

test("isWatchable() asks for watch", () => {
  const watchable = Object.assign(new Least(), { watch: () => () => {} });
  assert.equal(isWatchable(new Least()), false);
  assert.equal(isWatchable(watchable), true);
});
