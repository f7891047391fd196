import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { O_CREAT, O_RDWR } from "../src/fs/mod.ts";
import { DirectoryTree, type DirectoryTreeOptions } from "../adapters/realfs/_directory_tree.ts";
import { PortableSyscalls } from "../adapters/realfs/portable.ts";
import { HostStat, type Syscalls } from "../adapters/realfs/syscalls.ts";
import { code } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";

const O_PATH = 0o10000000;

/** A tree of directories over calls that are counted by their names. */
function countingTree(
  root: string,
  options: Partial<DirectoryTreeOptions>,
): { tree: DirectoryTree; calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const syscalls = new Proxy<Syscalls>(new PortableSyscalls(), {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        calls.set(String(key), (calls.get(String(key)) ?? 0) + 1);
        return value.apply(target, args);
      };
    },
  });
  const descriptor = fs.openSync(root, O_PATH | fs.constants.O_DIRECTORY);
  const full = { capacity: 8, exclusive: false, noxdev: false, ...options };
  return { tree: new DirectoryTree(syscalls, descriptor, full), calls };
}

/** Makes a directory for a test, and removes it. */
function withDirectory(run: (root: string) => void): void {
  const root = fs.mkdtempSync(join(tmpdir(), "vfs-realfs-"));
  try {
    run(root);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

const openDescriptors = () => fs.readdirSync("/proc/self/fd").length;

test("the cache: a stat in a deep tree asks where its directory and the root are, and no more", () => {
  withDirectory((root) => {
    fs.mkdirSync(join(root, "a/b/c/d/e"), { recursive: true });
    fs.writeFileSync(join(root, "a/b/c/d/e/f"), "");
    const { tree, calls } = countingTree(root, {});
    const stat = new HostStat();
    assert.ok(tree.look("/a/b/c/d/e/f", stat));
    calls.clear();
    assert.ok(tree.look("/a/b/c/d/e/f", stat));
    assert.deepEqual(Object.fromEntries(calls), { whereabouts: 2, lstat: 1 });
    tree.close();
  });
});

test("the cache: exclusive saves these calls too, and forgets what was renamed", () => {
  withDirectory((root) => {
    fs.mkdirSync(join(root, "a/b"), { recursive: true });
    const { tree, calls } = countingTree(root, { exclusive: true });
    const stat = new HostStat();
    assert.equal(tree.look("/a/b/f", stat), false);
    calls.clear();
    assert.equal(tree.look("/a/b/f", stat), false);
    assert.deepEqual(Object.fromEntries(calls), { lstat: 1 });
    fs.renameSync(join(root, "a"), join(root, "c"));
    tree.forget("/a");
    assert.throws(() => tree.at("/a/b"), { code: "ENOENT" });
    tree.close();
  });
});

test("the cache: it is bounded, and what is held stays open however much is asked for", () => {
  withDirectory((root) => {
    for (let i = 0; i < 50; i++) fs.mkdirSync(join(root, `d${i}`));
    const before = openDescriptors();
    const { tree } = countingTree(root, { capacity: 5 });
    const held = tree.hold(tree.at("/d0"));
    for (let i = 0; i < 50; i++) {
      tree.at(`/d${i}`);
      assert.ok(tree.size <= 5);
    }
    assert.ok(openDescriptors() <= before + 1 + 5 + 1);
    const syscalls = new PortableSyscalls();
    syscalls.fstat(held.descriptor, new HostStat());
    tree.release(held);
    assert.throws(() => syscalls.fstat(held.descriptor, new HostStat()));
    tree.close();
    assert.equal(openDescriptors(), before);
  });
});

test("the cache: without room everything works, and nothing stays open", () => {
  withDirectory((root) => {
    fs.mkdirSync(join(root, "a/b/c"), { recursive: true });
    const before = openDescriptors();
    const { tree } = countingTree(root, { capacity: 0 });
    for (let i = 0; i < 10; i++) tree.at("/a/b/c");
    assert.equal(tree.size, 0);
    assert.ok(openDescriptors() <= before + 4);
    tree.close();
    assert.equal(openDescriptors(), before);
  });
});

test("the cache: names that could be taken for others are not kept", () => {
  withDirectory((root) => {
    for (const name of ["x (deleted)", "b\uFFFD"]) {
      fs.mkdirSync(join(root, name));
      const { tree } = countingTree(root, {});
      tree.at(`/${name}`);
      assert.equal(tree.size, 0);
      tree.close();
    }
  });
});

test("fault 51: a directory that is found by another spelling is not kept under it", () => {
  withDirectory((root) => {
    fs.mkdirSync(join(root, "folded"));
    const portable = new PortableSyscalls();
    // As a directory with case folding answers: there is one entry, whatever its case is.
    const folding = new Proxy<Syscalls>(portable, {
      get(target, key) {
        if (key === "openDirectory") {
          return (directory: number, name: string) =>
            portable.openDirectory(directory, name.toLowerCase());
        }
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const descriptor = fs.openSync(root, O_PATH | fs.constants.O_DIRECTORY);
    const options = { capacity: 8, exclusive: false, noxdev: false };
    const tree = new DirectoryTree(folding, descriptor, options);
    assert.ok(tree.at("/FOLDED").descriptor >= 0);
    assert.equal(tree.size, 0);
    tree.at("/folded");
    assert.equal(tree.size, 1);
    fs.renameSync(join(root, "folded"), join(root, "gone"));
    for (const path of ["/FOLDED", "/folded"]) {
      assert.throws(() => tree.at(path), { code: "ENOENT" });
    }
    tree.close();
  });
});

test("the cache: a directory above the root may be renamed", () => {
  withDirectory((root) => {
    fs.mkdirSync(join(root, "one/root/a/b"), { recursive: true });
    const { tree, calls } = countingTree(join(root, "one/root"), {});
    tree.at("/a/b");
    fs.renameSync(join(root, "one"), join(root, "two"));
    calls.clear();
    tree.at("/a/b");
    assert.deepEqual(Object.fromEntries(calls), { whereabouts: 2 });
    tree.close();
  });
});

testBoth("exclusive: what is removed and made again is the new one", async ({ serve }) => {
  const provider = serve({ exclusive: true });
  for (const path of ["/", "/a", "/a/b"]) {
    provider.mkdirAll("/a/b/c", 0o700);
    await provider.open("/a/b/c/f", O_RDWR | O_CREAT, 0o600).close();
    await provider.removeAll(path);
    provider.mkdirAll("/a/b/c", 0o700);
    await provider.open("/a/b/c/g", O_RDWR | O_CREAT, 0o600).close();
    assert.equal(provider.lookup("/a/b/c/f"), undefined);
    assert.equal(provider.lookup("/a/b/c/g")?.size, 0);
    provider.rename("/a/b", "/a/x");
    assert.equal(provider.lookup("/a/b/c/g"), undefined);
    assert.equal(provider.lookup("/a/x/c/g")?.size, 0);
    provider.mkdir("/a/b", 0o700);
    assert.equal(await code(() => provider.rmdir("/a/b")), "ok");
    assert.equal(await code(() => provider.readDir("/a/b")), "ENOENT");
    await provider.removeAll("/a/x");
  }
});

testBoth("no descriptor is left behind by any operation, whether it succeeds or fails", async ({
  at,
  provider,
}) => {
  fs.mkdirSync(at("d"));
  fs.symlinkSync("d", at("l"));
  const act = async () => {
    for (const path of ["/d", "/l", "/f", "/d/f", "/l/f", "/no/such"]) {
      await code(() => provider.stat(path));
      await code(() => provider.readDir(path));
      await code(async () => await (await provider.openDir(path)).close());
      await code(async () => await (await provider.open(path, O_RDWR | O_CREAT, 0o600)).close());
      await code(() => provider.chmod(path, 0o700));
      await code(() => provider.chown(path, -1, -1));
      await code(() => provider.utimes(path, "now", "omit"));
      await code(() => provider.truncate(path, 3));
      await code(() => provider.statfs(path));
      await code(() => provider.getxattr(path, "user.a"));
      await code(() => provider.link(path, "/linked"));
      await code(() => provider.rename(path, "/moved"));
      await code(() => provider.rename("/moved", path));
      await code(() => provider.mkdirAll(`${path}/deep/er`, 0o700));
      await code(() => provider.removeAll(`${path}/deep`));
      await code(() => provider.unlink("/linked"));
    }
  };
  await act();
  const before = openDescriptors();
  for (let i = 0; i < 5; i++) await act();
  assert.equal(openDescriptors(), before);
});

testBoth("a provider that is closed answers EBADF, and its handles live on", async ({
  provider,
}) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  provider.close();
  provider.close();
  assert.equal(await code(() => provider.stat("/")), "EBADF");
  assert.equal(await code(() => provider.stat("/f")), "EBADF");
  assert.equal(await code(() => provider.mkdir("/d", 0o700)), "EBADF");
  assert.equal(await code(() => provider.readDir("/")), "EBADF");
  assert.equal(file.writeAt(new Uint8Array(3), 0), 3);
  await file.close();
  await file.close();
});
