import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { type ErrnoCode, O_CREAT, O_RDWR, O_TMPFILE, O_WRONLY } from "../src/fs/mod.ts";
import { type MemoryHandle, MemoryProvider } from "../src/providers/memory/mod.ts";
import { as, bytes, errnoOf } from "./_memory_kit.ts";

const RUNS = Number(process.env["MEMORY_RUNS"] ?? 150);
const KIB = 1024;

test("limit: a write is short first, and then fails with ENOSPC", () => {
  const files = new MemoryProvider({ limit: 100 * KIB });
  const handle = files.open("/f", O_RDWR | O_CREAT, 0o644);
  const data = new Uint8Array(64 * KIB).fill(1);
  assert.equal(handle.writeAt(data, 0), 64 * KIB);
  assert.equal(handle.writeAt(data, 64 * KIB), 36 * KIB);
  assert.equal(errnoOf(() => handle.writeAt(data, 100 * KIB)), "ENOSPC");
  assert.equal(handle.stat().size, 100 * KIB);
  assert.equal(handle.writeAt(data, 0), 64 * KIB, "Writing over what is there needs no space");
  handle.close();
});

test("limit: every byte of it can be used, however small the writes", () => {
  for (const limit of [1, 63, 100, 1000, 5000, 70_001]) {
    const files = new MemoryProvider({ limit });
    const handle = files.open("/f", O_RDWR | O_CREAT, 0o644);
    let size = 0;
    while (errnoOf(() => size += handle.writeAt(bytes("0123456"), size)) === undefined);
    assert.equal(size, limit);
    handle.close();
  }
});

test("limit: what is removed, cut off or punched can be used again", () => {
  const files = new MemoryProvider({ limit: 64 * KIB });
  const data = new Uint8Array(64 * KIB);
  files.writeFile("/a", data);
  assert.equal(errnoOf(() => files.writeFile("/b", data)), "ENOSPC");
  files.truncate("/a", 32 * KIB);
  files.writeFile("/b", data.subarray(0, 32 * KIB));
  files.unlink("/a");
  files.unlink("/b");
  files.writeFile("/c", data);
  assert.equal(files.statfs("/").bfree, 0);
});

test("limit: a file without a name counts until it is closed", () => {
  const files = new MemoryProvider({ limit: 8 * KIB, inodes: 2 });
  const handle = files.open("/f", O_RDWR | O_CREAT, 0o644);
  handle.writeAt(new Uint8Array(8 * KIB), 0);
  files.unlink("/f");
  assert.deepEqual([files.statfs("/").bfree, files.statfs("/").ffree], [0, 0]);
  assert.equal(handle.stat().nlink, 0);
  handle.close();
  handle.close();
  assert.deepEqual([files.statfs("/").bfree, files.statfs("/").ffree], [2, 1]);
});

test("limit: link targets and extended attributes count", () => {
  const files = new MemoryProvider({ limit: 1000 });
  files.symlink("x".repeat(900), "/l");
  assert.equal(errnoOf(() => files.symlink("x".repeat(900), "/m")), "ENOSPC");
  assert.equal(files.lookup("/m"), undefined);
  assert.equal(errnoOf(() => files.setxattr("/", "user.a", new Uint8Array(200))), "ENOSPC");
  files.unlink("/l");
  files.setxattr("/", "user.a", new Uint8Array(800));
  assert.equal(errnoOf(() => files.setxattr("/", "user.a", new Uint8Array(1000))), "ENOSPC");
  assert.equal(files.getxattr("/", "user.a").length, 800);
  files.removexattr("/", "user.a");
  files.symlink("x".repeat(900), "/l");
});

test("inodes: the last one is followed by ENOSPC, and each further name counts as one", () => {
  const files = new MemoryProvider({ inodes: 4 });
  files.writeFile("/a", "");
  files.mkdir("/d", 0o755);
  files.link("/a", "/b");
  assert.equal(files.statfs("/").ffree, 0);
  const makes: (() => void)[] = [
    () => files.writeFile("/n", ""),
    () => files.mkdir("/n", 0o755),
    () => files.link("/a", "/n"),
    () => files.symlink("a", "/n"),
    () => files.mknod("/n", 0, 0),
    () => files.open("/", O_RDWR | O_TMPFILE, 0o600),
  ];
  for (const make of makes) assert.equal(errnoOf(make), "ENOSPC");
  assert.equal(files.lookup("/n"), undefined);
  files.unlink("/b");
  files.writeFile("/n", "");
});

test("fileSize: writes are short at it, and fail with EFBIG behind it", () => {
  const files = new MemoryProvider({ fileSize: 1000 });
  const handle = files.open("/f", O_RDWR | O_CREAT, 0o644);
  assert.equal(handle.writeAt(new Uint8Array(600), 0), 600);
  assert.equal(handle.writeAt(new Uint8Array(600), 600), 400);
  assert.equal(errnoOf(() => handle.writeAt(bytes("x"), 1000)), "EFBIG");
  assert.equal(errnoOf(() => handle.truncate(1001)), "EFBIG");
  assert.equal(errnoOf(() => files.truncate("/f", 1001)), "EFBIG");
  assert.equal(errnoOf(() => handle.allocate(0, 0, 1001)), "EFBIG");
  handle.close();
});

test("quota: each user has it alone, root has none", () => {
  const files = new MemoryProvider({ quota: 10 * KIB });
  const open = (name: string, uid: number) => files.open(name, O_WRONLY | O_CREAT, 0o644, as(uid));
  const data = new Uint8Array(16 * KIB);
  const one = open("/one", 1);
  const two = open("/two", 2);
  const root = open("/root", 0);
  assert.equal(one.writeAt(data, 0), 10 * KIB);
  assert.equal(errnoOf(() => one.writeAt(data, 10 * KIB)), "EDQUOT");
  assert.equal(two.writeAt(data, 0), 10 * KIB);
  assert.equal(root.writeAt(data, 0), 16 * KIB);
  assert.equal(errnoOf(() => files.symlink("x", "/l", as(1))), "EDQUOT");
  assert.equal(errnoOf(() => files.chown("/one", 2, -1)), "EDQUOT");
  assert.equal(files.stat("/one").uid, 1);
  files.chown("/one", 3, -1);
  files.symlink("x", "/l", as(1));
  for (const handle of [one, two, root]) handle.close();
});

test("the end of the whole space is ENOSPC, also for a user with quota left", () => {
  const files = new MemoryProvider({ limit: 4 * KIB, quota: 64 * KIB });
  const handle = files.open("/f", O_WRONLY | O_CREAT, 0o644, as(1));
  assert.equal(handle.writeAt(new Uint8Array(8 * KIB), 0), 4 * KIB);
  assert.equal(errnoOf(() => handle.writeAt(bytes("x"), 4 * KIB)), "ENOSPC");
  handle.close();
});

test("locks: one more than allowed gets ENOLCK", () => {
  const files = new MemoryProvider({ locks: 1 });
  const handle = files.open("/f", O_RDWR | O_CREAT, 0o644);
  const lock = { kind: "posix", type: "read", owner: "a", pid: 0 } as const;
  handle.lock({ ...lock, start: 0, end: 1 });
  assert.equal(errnoOf(() => handle.lock({ ...lock, start: 2, end: 3 })), "ENOLCK");
  handle.close();
});

test("MemoryProvider() refuses a limit that is none", () => {
  for (const wrong of [NaN, -1]) {
    assert.throws(() => new MemoryProvider({ limit: wrong }), RangeError);
    assert.throws(() => new MemoryProvider({ inodes: wrong }), RangeError);
    assert.throws(() => new MemoryProvider({ fileSize: wrong }), RangeError);
  }
});

test("statfs() of an unlimited filesystem has plenty of everything", () => {
  const { blocks, bfree, files, ffree } = new MemoryProvider({ limit: Infinity, inodes: Infinity })
    .statfs("/");
  for (const number of [blocks, bfree, files, ffree]) {
    assert.ok(Number.isSafeInteger(number) && number > 2 ** 31);
  }
});

test("setxattr() keeps the list of names within 64 KiB", () => {
  const files = new MemoryProvider();
  let code: string | undefined;
  let count = 0;
  while (code === undefined) {
    const name = `user.${"n".repeat(200)}${count}`;
    code = errnoOf(() => files.setxattr("/", name, new Uint8Array(0)));
    count++;
  }
  assert.equal(code, "ENOSPC");
  const list = files.listxattr("/").reduce((sum, name) => sum + name.length + 1, 0);
  assert.ok(list <= 65536 && list > 65536 - 300);

  const first = files.listxattr("/")[0]!;
  files.setxattr("/", first, new Uint8Array(10)); // It is in the list already.
  files.removexattr("/", first);
  files.setxattr("/", `${first.slice(0, -1)}x`, new Uint8Array(0));
  assert.equal(errnoOf(() => files.setxattr("/", first, new Uint8Array(0))), "ENOSPC");
});

/** Whatever is done, and in what order: when all is removed and closed, all is given back. */
test("nothing is lost: after everything is removed and closed, all space is free again", () => {
  const name = fc.constantFrom("/a", "/b", "/d", "/d/a", "/d/e", "/d/e/f");
  const size = fc.oneof(fc.nat(300), fc.nat(200_000));
  type Action = (files: MemoryProvider, handles: MemoryHandle[]) => void;
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.tuple(name, fc.nat(3)).map(([path, uid]): Action => (files, handles) => {
      handles.push(files.open(path, O_RDWR | O_CREAT, 0o644, as(uid)));
    }),
    fc.tuple(fc.nat(5), size, size).map(([i, at, length]): Action => (_, handles) => {
      handles[i]?.writeAt(new Uint8Array(length), at);
    }),
    fc.tuple(fc.nat(5), size, size, fc.constantFrom(0, 1, 3, 0x10))
      .map(([i, at, length, mode]): Action => (_, handles) => {
        handles[i]?.allocate(mode, at, length + 1);
      }),
    fc.nat(5).map((i): Action => (_, handles) => handles.splice(i, 1)[0]?.close()),
    name.map((path): Action => (files) => files.mkdir(path, 0o755)),
    fc.tuple(name, name).map(([from, to]): Action => (files) => files.link(from, to)),
    fc.tuple(name, name, fc.nat(2)).map(([from, to, flags]): Action => (files) => {
      files.rename(from, to, flags);
    }),
    fc.tuple(name, size).map(([path, length]): Action => (files) => {
      files.symlink("t".repeat(1 + length % 4095), path, as(length % 3));
    }),
    fc.tuple(name, size).map(([path, length]): Action => (files) => {
      files.setxattr(path, `user.${length % 3}`, new Uint8Array(length % 60_000));
    }),
    fc.tuple(name, fc.nat(2)).map(([path, i]): Action => (files) => {
      files.removexattr(path, `user.${i}`);
    }),
    fc.tuple(name, fc.nat(3)).map(([path, uid]): Action => (files) => files.chown(path, uid, uid)),
    fc.tuple(name, size).map(([path, length]): Action => (files) => files.truncate(path, length)),
    name.map((path): Action => (files) => files.remove(path)),
    name.map((path): Action => (files) => files.removeAll(path)),
  );
  const expected: readonly ErrnoCode[] = [
    "ENOENT",
    "ENOTDIR",
    "EISDIR",
    "EEXIST",
    "ENOTEMPTY",
    "EINVAL",
    "ELOOP",
    "EPERM",
    "ENODATA",
    "ENOSPC",
    "EDQUOT",
  ];
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const files = new MemoryProvider({ limit: 300_000, quota: 150_000, inodes: 12 });
      const empty = files.statfs("/");
      const handles: MemoryHandle[] = [];
      for (const act of actions) {
        const code = errnoOf(() => act(files, handles));
        assert.ok(code === undefined || expected.includes(code as ErrnoCode), `Unexpected ${code}`);
        const { bfree, blocks, ffree } = files.statfs("/");
        assert.ok(bfree >= 0 && bfree <= blocks && ffree >= 0);
      }
      files.removeAll("/");
      for (const handle of handles) handle.close();
      for (const name of files.listxattr("/")) files.removexattr("/", name);
      assert.deepEqual(files.statfs("/"), empty);
      assert.equal(files.stat("/").nlink, 2);
      // The quota is free again, too: for each user to the last byte.
      for (const uid of [1, 2, 3]) {
        const handle = files.open("/q", O_WRONLY | O_CREAT, 0o644, as(uid));
        assert.equal(handle.writeAt(new Uint8Array(200_000), 0), 150_000);
        handle.close();
        files.unlink("/q");
      }
    }),
    { numRuns: RUNS },
  );
});
