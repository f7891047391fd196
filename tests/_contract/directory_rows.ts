import assert from "node:assert/strict";
import { S_IFDIR } from "../../src/fs/mod.ts";
import { exists, fails, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

export const directoryRows: readonly Row[] = [
  {
    name: "mkdir makes an empty directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      assert.deepEqual(await names(fs, "/d"), []);
      assert.deepEqual(await names(fs), ["d"]);
    },
  },
  {
    name: "mkdir applies no umask",
    async run(fs) {
      await fs.mkdir("/d", 0o777);
      assert.equal((await fs.stat("/d")).mode, S_IFDIR | 0o777);
    },
  },
  {
    name: "mkdir fails with EEXIST for a directory, a file and a dangling link",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a", "hello");
      await fs.symlink("nowhere", "/l");
      for (const path of ["/d", "/a", "/l"]) await fails("EEXIST", () => fs.mkdir(path, 0o755));
      assert.equal(await get(fs, "/a"), "hello");
      assert.ok(!await exists(fs, "/nowhere"));
    },
  },
  {
    name: "mkdir in a missing directory fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.mkdir("/none/d", 0o755));
    },
  },
  {
    name: "mkdir below a file or a symbolic link fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.mkdir("/a/d", 0o755));
      await fails("ENOTDIR", () => fs.mkdir("/l/d", 0o755));
      assert.deepEqual(await names(fs, "/d"), []);
    },
  },
  {
    name: "a new directory has two links, and one more for each subdirectory",
    needs: ["nlink", "dirNlink"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      assert.equal((await fs.stat("/d")).nlink, 2);
      await fs.mkdir("/d/e", 0o755);
      await fs.mkdir("/d/f", 0o755);
      await put(fs, "/d/a");
      assert.equal((await fs.stat("/d")).nlink, 4);
      await fs.rmdir("/d/e");
      assert.equal((await fs.stat("/d")).nlink, 3);
    },
  },
  {
    name: "rmdir removes an empty directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.rmdir("/d");
      assert.ok(!await exists(fs, "/d"));
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "rmdir of a directory with something in it fails with ENOTEMPTY",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a", "hello");
      await fails("ENOTEMPTY", () => fs.rmdir("/d"));
      assert.equal(await get(fs, "/d/a"), "hello");
    },
  },
  {
    name: "rmdir of a missing name fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.rmdir("/none"));
      await fails("ENOENT", () => fs.rmdir("/none/d"));
    },
  },
  {
    name: "rmdir of a file or a symbolic link fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.rmdir("/a"));
      await fails("ENOTDIR", () => fs.rmdir("/l"));
      await fails("ENOTDIR", () => fs.rmdir("/a/b"));
      assert.deepEqual(await names(fs), ["a", "d", "l"]);
    },
  },
  {
    name: "unlink removes a file",
    async run(fs) {
      await put(fs, "/a");
      await fs.unlink("/a");
      assert.ok(!await exists(fs, "/a"));
      await fails("ENOENT", () => fs.open("/a", 0));
    },
  },
  {
    name: "unlink of a directory fails with EISDIR, empty or not",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fails("EISDIR", () => fs.unlink("/d"));
      await put(fs, "/d/a");
      await fails("EISDIR", () => fs.unlink("/d"));
      assert.deepEqual(await names(fs, "/d"), ["a"]);
    },
  },
  {
    name: "unlink of a missing name fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.unlink("/none"));
      await fails("ENOENT", () => fs.unlink("/none/a"));
      await fails("ENOTDIR", () => fs.unlink("/a/b"));
    },
  },
  {
    name: "unlink below a symbolic link fails with ENOTDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.unlink("/l/a"));
      assert.ok(await exists(fs, "/d/a"));
    },
  },
  {
    name: "a name can be used again after it was removed, for another type",
    async run(fs) {
      await put(fs, "/x", "file");
      await fs.unlink("/x");
      await fs.mkdir("/x", 0o755);
      await fs.rmdir("/x");
      await fs.symlink("target", "/x");
      assert.equal(await fs.readlink("/x"), "target");
    },
  },
];
