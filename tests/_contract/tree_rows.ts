import assert from "node:assert/strict";
import { S_IFDIR } from "../../src/fs/mod.ts";
import { exists, fails, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** `mkdirAll`, `remove` and `removeAll`. */
export const treeRows: readonly Row[] = [
  {
    name: "mkdirAll makes every directory that is missing",
    async run(fs) {
      await fs.mkdir("/a", 0o700);
      await fs.mkdirAll("/a/b/c", 0o750);
      assert.equal((await fs.stat("/a")).mode, S_IFDIR | 0o700);
      assert.equal((await fs.stat("/a/b")).mode, S_IFDIR | 0o750);
      assert.equal((await fs.stat("/a/b/c")).mode, S_IFDIR | 0o750);
    },
  },
  {
    name: "mkdirAll of a directory that is there does nothing",
    async run(fs) {
      await fs.mkdirAll("/a/b", 0o755);
      await put(fs, "/a/b/file", "kept");
      await fs.mkdirAll("/a/b", 0o700);
      assert.equal(await get(fs, "/a/b/file"), "kept");
      assert.equal((await fs.stat("/a/b")).mode, S_IFDIR | 0o755);
    },
  },
  {
    name: "mkdirAll of the root does nothing",
    async run(fs) {
      await fs.mkdirAll("/", 0o755);
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "mkdirAll over or through a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fails("ENOTDIR", () => fs.mkdirAll("/a", 0o755));
      await fails("ENOTDIR", () => fs.mkdirAll("/a/b/c", 0o755));
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "mkdirAll over or through a symbolic link fails with ENOTDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.mkdirAll("/l", 0o755));
      await fails("ENOTDIR", () => fs.mkdirAll("/l/x", 0o755));
      assert.deepEqual(await names(fs, "/d"), []);
    },
  },
  {
    name: "mkdirAll makes a hundred levels, and removeAll removes them",
    async run(fs) {
      const path = "/level".repeat(100);
      await fs.mkdirAll(path, 0o755);
      await put(fs, `${path}/file`, "deep");
      assert.equal(await get(fs, `${path}/file`), "deep");
      await fs.removeAll("/level");
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "remove removes a file, an empty directory and a link",
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      for (const path of ["/a", "/l", "/d"]) await fs.remove(path);
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "remove of a directory with something in it fails with ENOTEMPTY",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await fails("ENOTEMPTY", () => fs.remove("/d"));
    },
  },
  {
    name: "remove of a missing name fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.remove("/none"));
    },
  },
  {
    name: "removeAll removes a whole tree and nothing beside it",
    async run(fs) {
      await fs.mkdirAll("/a/b/c", 0o755);
      await put(fs, "/a/1");
      await put(fs, "/a/b/2");
      await fs.symlink("c", "/a/b/l");
      await put(fs, "/beside", "kept");
      await fs.removeAll("/a");
      assert.deepEqual(await names(fs), ["beside"]);
      assert.equal(await get(fs, "/beside"), "kept");
    },
  },
  {
    name: "removeAll removes a file",
    async run(fs) {
      await put(fs, "/a");
      await fs.removeAll("/a");
      assert.ok(!await exists(fs, "/a"));
    },
  },
  {
    name: "removeAll of a missing name does nothing",
    async run(fs) {
      await fs.removeAll("/none");
      await fs.removeAll("/none/deeper");
    },
  },
  {
    name: "removeAll removes links and not what they point to",
    async run(fs) {
      await fs.mkdir("/kept", 0o755);
      await put(fs, "/kept/a", "kept");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("../kept", "/d/l");
      await fs.symlink("kept", "/l");
      await fs.removeAll("/d");
      await fs.removeAll("/l");
      assert.deepEqual(await names(fs), ["kept"]);
      assert.equal(await get(fs, "/kept/a"), "kept");
    },
  },
  {
    name: "removeAll takes one name from a file that has two",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a", "kept");
      await fs.link("/a", "/d/b");
      await fs.removeAll("/d");
      assert.equal(await get(fs, "/a"), "kept");
    },
  },
  {
    name: "removeAll of the root removes everything below it",
    needs: ["root"],
    async run(fs) {
      await fs.mkdirAll("/a/b", 0o755);
      await put(fs, "/c");
      await fs.removeAll("/");
      assert.deepEqual(await names(fs), []);
      await put(fs, "/again", "works");
      assert.equal(await get(fs, "/again"), "works");
    },
  },
];
