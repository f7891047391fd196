import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BaseProvider,
  type FileInfo,
  isPromiseLike,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  type Provider,
  S_IFDIR,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { bytes, fails, get, names, PAST, put, readText, using } from "./_contract/kit.ts";

/** A memory tree with a file in it that says where it is. */
async function memory(says: string): Promise<MemoryProvider> {
  const provider = new MemoryProvider();
  await put(provider, "/says", says);
  return provider;
}

async function says(router: Provider, directory: string): Promise<string> {
  return await get(router, directory === "/" ? "/says" : `${directory}/says`);
}

test("MountRouter takes mounts as a record, as pairs and one by one", async () => {
  const record = new MountRouter({ "/a": await memory("A"), "/b": await memory("B") });
  const pairs = new MountRouter(new Map([["/a", await memory("A")]]));
  pairs.mount("/b", await memory("B"));
  for (const router of [record, pairs]) {
    assert.equal(await says(router, "/a"), "A");
    assert.equal(await says(router, "/b"), "B");
  }
});

test("MountRouter without mounts is an empty tree that refuses changes", async () => {
  const router = new MountRouter();
  assert.deepEqual(await router.readDir("/"), []);
  assert.equal((await router.stat("/")).mode, S_IFDIR | 0o555);
  await fails("ENOENT", () => router.stat("/a"));
  await fails("ENOENT", () => router.open("/a", O_RDWR));
  await fails("EROFS", () => router.mkdir("/a", 0o755));
  await fails("EROFS", () => router.open("/a", O_RDWR | O_CREAT, 0o644));
});

test("MountRouter picks the longest prefix, by whole names", async () => {
  const router = new MountRouter({
    "/": await memory("root"),
    "/a": await memory("a"),
    "/a/b/c": await memory("c"),
    "/ab": await memory("ab"),
  });
  assert.equal(await says(router, "/"), "root");
  assert.equal(await says(router, "/a"), "a");
  assert.equal(await says(router, "/a/b/c"), "c");
  assert.equal(await says(router, "/ab"), "ab");
  await fails("ENOENT", () => router.stat("/a/bc"));
  await put(router, "/abc", "in the root");
  assert.equal(await get(router, "/abc"), "in the root");
});

test("MountRouter finds the right one of a hundred mounts", async () => {
  const router = new MountRouter();
  for (let i = 0; i < 100; i++) router.mount(`/m${i % 10}/n${i}`, await memory(`${i}`));
  for (let i = 99; i >= 0; i--) assert.equal(await says(router, `/m${i % 10}/n${i}`), `${i}`);
  assert.equal((await router.readDir("/")).length, 10);
  assert.equal((await router.readDir("/m3")).length, 10);
});

test("mount() wants an absolute path and a free mount point", async () => {
  const router = new MountRouter({ "/a": await memory("A") });
  const provider = await memory("B");
  assert.throws(() => router.mount("b", provider), {
    name: "TypeError",
    message: "Cannot mount b: the path is not absolute",
  });
  assert.throws(() => router.mount("/a//", provider), { code: "EBUSY" });
  assert.throws(() => router.mount("/x\0", provider), { code: "EINVAL" });
  router.mount("//b/../b/", provider);
  assert.equal(await says(router, "/b"), "B");
});

test("mounts() lists those above before those below", async () => {
  const router = new MountRouter({ "/b/x": await memory("1"), "/": await memory("2") });
  const provider = await memory("3");
  router.mount("/b", provider);
  assert.deepEqual(router.mounts().map((mount) => mount.path), ["/", "/b", "/b/x"]);
  assert.equal(router.mounts()[1]?.provider, provider);
});

test("unmount() brings back what the mount had hidden, and is an error elsewhere", async () => {
  const root = await memory("root");
  await root.mkdir("/a", 0o755);
  await put(root, "/a/says", "hidden");
  const router = new MountRouter({ "/": root });
  assert.equal(await says(router, "/a"), "hidden");
  const provider = await memory("mounted");
  router.mount("/a", provider);
  assert.equal(await says(router, "/a"), "mounted");
  assert.equal(router.unmount("/a/"), provider);
  assert.equal(await says(router, "/a"), "hidden");
  for (const path of ["/a", "/says", "/none"]) {
    assert.throws(() => router.unmount(path), { code: "EINVAL" });
  }
  assert.equal(router.unmount("/"), root);
  assert.throws(() => router.unmount("/"), { code: "EINVAL" });
});

test("unmount() leaves mounts below, and takes the directories that led to it alone", async () => {
  const router = new MountRouter({ "/x/y": await memory("y"), "/x/y/z/w": await memory("w") });
  router.unmount("/x/y");
  assert.equal(await says(router, "/x/y/z/w"), "w");
  await fails("ENOENT", () => router.stat("/x/y/says"));
  assert.deepEqual(await names(router, "/x/y"), ["z"]);
  router.unmount("/x/y/z/w");
  await fails("ENOENT", () => router.stat("/x"));
});

test("handles go on working after unmount()", async () => {
  const router = new MountRouter({ "/a": await memory("A"), "/b": await memory("B") });
  for (const path of ["/a", "/b"]) {
    await using(router.open(`${path}/says`, O_RDWR), async (file) => {
      const { ino } = await file.stat();
      router.unmount(path);
      await file.writeAt(bytes("!"), 1);
      assert.equal(await readText(file), `${path.slice(1).toUpperCase()}!`);
      assert.equal((await file.stat()).ino, ino);
    });
    await fails("ENOENT", () => router.stat(`${path}/says`));
  }
});

test("the directories on the way to a mount exist by themselves", async () => {
  const router = new MountRouter({ "/x/y/z": await memory("z") });
  assert.deepEqual(await names(router, "/"), ["x"]);
  assert.deepEqual(await names(router, "/x"), ["y"]);
  const info = await router.stat("/x/y");
  assert.equal(info.mode, S_IFDIR | 0o555);
  assert.deepEqual(await router.lookup("/x/y"), info);
  assert.equal((await router.statfs("/x")).readonly, true);
  await using(router.open("/x", O_RDONLY | O_DIRECTORY), async (directory) => {
    assert.equal((await directory.stat()).ino, (await router.stat("/x")).ino);
    await fails("EISDIR", () => directory.readAt(new Uint8Array(1), 0));
    await directory.sync();
  });
});

test("the directories on the way to a mount refuse changes with EROFS", async () => {
  const router = new MountRouter({ "/x/y/z": await memory("z") });
  await fails("EROFS", () => router.mkdir("/x/new", 0o755));
  await fails("EROFS", () => router.create("/x/y/new", 0o644));
  await fails("EROFS", () => router.symlink("t", "/x/new"));
  await fails("EROFS", () => router.mknod("/x/new", 0o100644, 0));
  await fails("EROFS", () => router.mkdirAll("/x/new/deeper", 0o755));
  await fails("EROFS", () => router.chmod("/x", 0o777));
  await fails("EROFS", () => router.chown("/x", 1, 1));
  await fails("EROFS", () => router.utimes("/x", PAST, PAST));
  await fails("EROFS", () => router.setxattr("/x", "user.x", bytes("v")));
  await using(router.openDir("/x"), async (directory) => {
    await fails("EROFS", () => directory.chmod(0o777));
    await fails("EROFS", () => directory.chown(1, 1));
    await fails("EROFS", () => directory.utimes(PAST, PAST));
  });
});

test("the directories on the way to a mount are there for whoever would make or remove them", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/x/y/z": await memory("z") });
  await router.mkdirAll("/x/y", 0o755);
  await router.mkdirAll("/x/y/z/new", 0o755);
  await fails("EEXIST", () => router.mkdir("/x/y", 0o755));
  await fails("EEXIST", () => router.symlink("t", "/x"));
  await fails("EEXIST", () => router.link("/says", "/x"));
  await fails("EEXIST", () => router.open("/x", O_RDWR | O_CREAT | O_EXCL, 0o644));
  await fails("EISDIR", () => router.open("/x", O_RDWR));
  await fails("EISDIR", () => router.create("/x", 0o644));
  await fails("EISDIR", () => router.truncate("/x", 0));
  await fails("EISDIR", () => router.unlink("/x"));
  await fails("EINVAL", () => router.readlink("/x"));
  await fails("EPERM", () => router.link("/x", "/y"));
  await fails("ENOTEMPTY", () => router.rmdir("/x/y"));
  await fails("ENOTEMPTY", () => router.remove("/x"));
});

test("a directory on the way to a mount is the covering provider's where it has one", async () => {
  const root = await memory("root");
  await root.mkdirAll("/x/y", 0o711);
  await put(root, "/x/file", "in x");
  const router = new MountRouter({ "/": root, "/x/y/z": await memory("z") });
  assert.equal((await router.stat("/x")).mode, S_IFDIR | 0o711);
  await put(router, "/x/new", "new");
  assert.equal(await get(root, "/x/new"), "new");
  assert.deepEqual(await names(router, "/x"), ["file", "new", "y"]);
  assert.deepEqual(await names(router, "/x/y"), ["z"]);
  await router.chmod("/x", 0o700);
  assert.equal((await root.stat("/x")).mode, S_IFDIR | 0o700);
  await fails("EBUSY", () => router.rename("/x", "/moved"));
});

test("a file of the covering provider on the way to a mount is hidden by a directory", async () => {
  const root = await memory("root");
  await put(root, "/x", "a file");
  const router = new MountRouter({ "/": root, "/x/y/z": await memory("z") });
  assert.equal((await router.stat("/x")).mode, S_IFDIR | 0o555);
  assert.equal((await router.stat("/x/y")).mode, S_IFDIR | 0o555);
  assert.equal(await says(router, "/x/y/z"), "z");
  assert.deepEqual(await names(router, "/x"), ["y"]);
  assert.equal(await get(root, "/x"), "a file");
});

test("a mount point cannot be removed, renamed or renamed over", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/a": await memory("A") });
  await router.mkdir("/d", 0o755);
  await fails("EBUSY", () => router.rmdir("/a"));
  await fails("EBUSY", () => router.remove("/a"));
  await fails("EISDIR", () => router.unlink("/a"));
  await fails("EBUSY", () => router.rename("/a", "/b"));
  await fails("EBUSY", () => router.rename("/d", "/a"));
  await fails("EEXIST", () => router.mkdir("/a", 0o755));
  await fails("EEXIST", () => router.link("/says", "/a"));
  assert.equal(await says(router, "/a"), "A");
});

test("removeAll() deletes nothing where mounts lie below", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/x/y/a": await memory("A") });
  await fails("EBUSY", () => router.removeAll("/x"));
  await fails("EBUSY", () => router.removeAll("/"));
  assert.equal(await says(router, "/"), "root");
  assert.equal(await says(router, "/x/y/a"), "A");
});

test("removeAll() of a mount point empties the mount", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/a": await memory("A") });
  await router.removeAll("/a");
  assert.deepEqual(await names(router, "/a"), []);
  assert.equal(await says(router, "/"), "root");
});

test("rename() and link() between mounts fail with EXDEV", async () => {
  const router = new MountRouter({
    "/": await memory("root"),
    "/a": await memory("A"),
    "/b": await memory("B"),
  });
  for (const [from, to] of [["/a", "/b"], ["/b", ""], ["", "/a"]]) {
    await fails("EXDEV", () => router.rename(`${from}/says`, `${to}/new`));
    await fails("EXDEV", () => router.link(`${from}/says`, `${to}/new`));
  }
  await router.rename("/a/says", "/a/renamed");
  await router.link("/a/renamed", "/a/linked");
  assert.equal(await get(router, "/a/linked"), "A");
});

test("fault 63: a directory cannot be moved from a nested mount into the one around it", async () => {
  const inner = await memory("inner");
  await inner.mkdirAll("/d/e", 0o755);
  const router = new MountRouter({ "/": await memory("outer"), "/in": inner });
  await using(router.openDir("/in/d"), async (directory) => {
    await fails("EXDEV", () => router.rename("/in/d", "/d"));
    await fails("EXDEV", () => router.rename("/in/d/e", "/e"));
    assert.deepEqual((await directory.readDir(0, 10)).map((entry) => entry.name), ["e"]);
  });
  await fails("ENOENT", () => router.stat("/d"));
});

test("copyRange() works within each mount and fails with EXDEV between mounts", async () => {
  const router = new MountRouter({
    "/first": await memory("first"),
    "/a": await memory("AAA"),
    "/b": await memory("BBB"),
  });
  const open = (path: string) => router.open(path, O_RDWR | O_CREAT, 0o644);
  for (const mount of ["/first", "/a"]) {
    await using(open(`${mount}/says`), async (source) => {
      await using(open(`${mount}/copy`), async (target) => {
        assert.ok(await source.copyRange(0, target, 0, 10) > 0);
      });
      await using(open("/b/says"), async (target) => {
        await fails("EXDEV", () => source.copyRange(0, target, 0, 10));
        await fails("EXDEV", () => target.copyRange(0, source, 0, 10));
      });
    });
    assert.equal(await get(router, `${mount}/copy`), await get(router, `${mount}/says`));
  }
});

test("readDir() lists mounts once, with the attributes of their roots", async () => {
  const root = await memory("root");
  await root.mkdir("/a", 0o755);
  const mounted = await memory("A");
  mounted.chmod("/", 0o700);
  const router = new MountRouter({ "/": root, "/a": mounted, "/x/y": await memory("y") });
  for (const plus of [false, true]) {
    const entries = await router.readDir("/", plus);
    assert.deepEqual(entries.map((entry) => entry.name).sort(), ["a", "says", "x"]);
    for (const entry of entries) {
      const info = await router.stat(`/${entry.name}`);
      assert.equal(entry.ino, info.ino, entry.name);
      assert.equal(entry.mode & 0o170000, info.mode & 0o170000);
      if (plus) assert.deepEqual(entry.info, info);
    }
  }
  assert.equal((await router.stat("/a")).mode, S_IFDIR | 0o700);
});

test("fault 91: openDir() pages through mounts and entries, each once, whatever happens", async () => {
  const root = await memory("root");
  for (let i = 0; i < 20; i++) await put(root, `/file${i}`);
  const router = new MountRouter({ "/": root });
  for (let i = 0; i < 5; i++) router.mount(`/mount${i}`, await memory(`${i}`));
  await using(router.openDir("/"), async (directory) => {
    const listed: string[] = [];
    let cursor = 0;
    for (let round = 0;; round++) {
      const page = await directory.readDir(cursor, 2, true);
      if (page.length === 0) break;
      for (const entry of page) {
        assert.equal(entry.info?.ino, entry.ino);
        listed.push(entry.name);
      }
      cursor = page.at(-1)!.cursor;
      if (round === 0) {
        router.unmount("/mount4");
        router.mount("/mount5", await memory("5"));
        router.mount("/file3", await memory("over a file"));
        await put(root, "/mount2", "hidden by a mount");
        await root.unlink("/file19");
      }
    }
    assert.equal(new Set(listed).size, listed.length);
    for (let i = 0; i < 4; i++) assert.ok(listed.includes(`mount${i}`));
    for (let i = 0; i < 19; i++) assert.ok(listed.includes(`file${i}`));
  });
});

test("openDir() of a directory in which all mounts are gone goes on to what is beside them", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/a": await memory("A") });
  await using(router.openDir("/"), async (directory) => {
    router.unmount("/a");
    const page = await directory.readDir(0, 1);
    assert.deepEqual(page.map((entry) => entry.name), ["says"]);
    assert.deepEqual(await directory.readDir(page[0]!.cursor, 1), []);
  });
});

test("fault 93: inode numbers are the first mount's own, and unique across the others", async () => {
  const providers = [await memory("0"), await memory("1"), await memory("2")];
  const router = new MountRouter({
    "/zero": providers[0]!,
    "/one": providers[1]!,
    "/two": providers[2]!,
  });
  const inside = await Promise.all(providers.map(async (it) => (await it.stat("/says")).ino));
  assert.equal(new Set(inside).size, 1);
  const outside: bigint[] = [];
  for (const mount of ["/zero", "/one", "/two"]) {
    const { ino } = await router.stat(`${mount}/says`);
    outside.push(ino);
    assert.equal((await router.lookup(`${mount}/says`))?.ino, ino);
    await using(router.open(`${mount}/says`, O_RDONLY), async (file) => {
      assert.equal((await file.stat()).ino, ino);
    });
    const [entry] = await router.readDir(mount, true);
    assert.deepEqual([entry?.ino, entry?.info?.ino], [ino, ino]);
    await using(router.openDir(mount), async (directory) => {
      const [paged] = await directory.readDir(0, 10, true);
      assert.deepEqual([paged?.ino, paged?.info?.ino], [ino, ino]);
    });
  }
  assert.equal(outside[0], inside[0]);
  assert.equal(new Set(outside).size, 3);
  for (const path of ["/", "/zero", "/one", "/two"]) outside.push((await router.stat(path)).ino);
  assert.equal(new Set(outside).size, 7);
});

test("the number of a mount is not used again for the next", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/a": await memory("A") });
  await using(router.open("/a/says", O_RDONLY), async (file) => {
    router.unmount("/a");
    router.mount("/a", await memory("other"));
    assert.notEqual((await file.stat()).ino, (await router.stat("/a/says")).ino);
  });
});

test("handles of the first mount pass through as they are", async () => {
  const provider = await memory("A");
  const router = new MountRouter({ "/a": provider, "/b": await memory("B") });
  const direct = await provider.open("/says", O_RDONLY);
  const [first, second] = [
    await router.open("/a/says", O_RDONLY),
    await router.open("/b/says", O_RDONLY),
  ];
  assert.equal(first.constructor, direct.constructor);
  assert.notEqual(second.constructor, direct.constructor);
  for (const handle of [direct, first, second]) await handle.close();
});

test("statfs() is that of the mount that covers the path", async () => {
  const router = new MountRouter({
    "/": new MemoryProvider({ limit: 1 << 20 }),
    "/a": new MemoryProvider({ limit: 1 << 24 }),
  });
  const size = async (path: string) => {
    const { bsize, blocks } = await router.statfs(path);
    return bsize * blocks;
  };
  assert.equal(await size("/"), 1 << 20);
  assert.equal(await size("/a"), 1 << 24);
});

test("readonly is true only if every mount is", async () => {
  const fixed = new (class extends BaseProvider {
    override stat(path: string): FileInfo {
      throw new VfsError("ENOENT", path);
    }
  })();
  assert.equal(new MountRouter({ "/a": fixed }).readonly, true);
  assert.equal(new MountRouter({ "/a": fixed, "/b": await memory("B") }).readonly, false);
});

test("immediate answers stay immediate", async () => {
  const router = new MountRouter({
    "/": await memory("root"),
    "/a": await memory("A"),
    "/x/y": await memory("y"),
  });
  const answers: unknown[] = ["/says", "/a/says", "/x", "/x/y/says"].flatMap((path) => [
    router.stat(path),
    router.lookup(path),
    router.chmod(path === "/x" ? "/a" : path, 0o755),
    router.statfs(path),
  ]);
  for (const path of ["/", "/a", "/x", "/x/y"]) {
    answers.push(router.readDir(path, true), router.openDir(path));
  }
  for (const answer of answers) assert.ok(!isPromiseLike(answer));
});

/** A provider that promises everything. */
function slow(provider: Provider): Provider {
  return new Proxy(provider, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => await value.apply(target, args);
    },
  });
}

test("promised answers work wherever the mount is", async () => {
  const root = await memory("root");
  await root.mkdir("/x", 0o755);
  const router = new MountRouter({
    "/": slow(root),
    "/a": slow(await memory("A")),
    "/x/y": slow(await memory("y")),
    "/v/w": slow(await memory("w")),
  });
  assert.deepEqual(await names(router, "/"), ["a", "says", "v", "x"]);
  assert.equal((await router.stat("/x")).mode, S_IFDIR | 0o755);
  assert.equal((await router.stat("/v")).mode, S_IFDIR | 0o555);
  assert.equal(await says(router, "/v/w"), "w");
  await put(router, "/x/new", "new");
  await fails("EROFS", () => router.create("/v/new", 0o644));
  await using(router.openDir("/"), async (directory) => {
    const mounts = await directory.readDir(0, 100);
    const beside = await directory.readDir(mounts.at(-1)!.cursor, 100);
    assert.deepEqual(mounts.map((entry) => entry.name), ["a", "x", "v"]);
    assert.deepEqual(beside.map((entry) => entry.name), ["says"]);
  });
  await using(router.open("/a/says", O_RDONLY), async (file) => {
    assert.equal((await file.stat()).ino, (await router.stat("/a/says")).ino);
  });
});

test("a mount that is out of order is still listed, and harms nothing beside it", async () => {
  class Broken extends BaseProvider {
    override stat(path: string): FileInfo {
      throw new VfsError("ESTALE", path);
    }
  }
  const router = new MountRouter({
    "/": await memory("root"),
    "/broken": new Broken(),
    "/promised": slow(new Broken()),
  });
  const entries = await router.readDir("/", true);
  assert.deepEqual(entries.map((it) => it.name).sort(), ["broken", "promised", "says"]);
  for (const entry of entries.slice(1)) assert.equal(entry.mode & S_IFDIR, S_IFDIR);
  await fails("ESTALE", () => router.stat("/broken"));
  await fails("ESTALE", () => router.stat("/promised"));
});

test("errors of a mount reach the caller as they are", async () => {
  const router = new MountRouter({ "/": await memory("root"), "/a": await memory("A") });
  await fails("ENOENT", () => router.stat("/a/none"));
  await fails("ENOTDIR", () => router.stat("/a/says/deeper"));
  await fails("EINVAL", () => router.readlink("/a"));
});
