import assert from "node:assert/strict";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../../src/fs/mod.ts";
import { exists, fails, put } from "./kit.ts";
import type { Row } from "./row.ts";

export const statRows: readonly Row[] = [
  {
    name: "stat of the root tells a directory",
    async run(fs) {
      assert.equal((await fs.stat("/")).mode & S_IFMT, S_IFDIR);
    },
  },
  {
    name: "stat of a file tells type, permissions and size",
    async run(fs) {
      await put(fs, "/a", "hello");
      const info = await fs.stat("/a");
      assert.equal(info.mode, S_IFREG | 0o644);
      assert.equal(info.size, 5);
    },
  },
  {
    name: "stat of a directory tells type and permissions",
    async run(fs) {
      await fs.mkdir("/d", 0o751);
      assert.equal((await fs.stat("/d")).mode, S_IFDIR | 0o751);
    },
  },
  {
    name: "stat of a symbolic link tells the link",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("a", "/l");
      const info = await fs.stat("/l");
      assert.equal(info.mode & S_IFMT, S_IFLNK);
      assert.equal(info.size, 1);
    },
  },
  {
    name: "stat of a missing name fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.stat("/none"));
    },
  },
  {
    name: "stat below a missing directory fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.stat("/none/a"));
    },
  },
  {
    name: "stat below a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.stat("/a/b"));
      await fails("ENOTDIR", () => fs.stat("/a/b/c"));
    },
  },
  {
    name: "stat below a symbolic link fails with ENOTDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.stat("/l/a"));
    },
  },
  {
    name: "lookup of a missing name answers undefined",
    async run(fs) {
      assert.equal(await fs.lookup("/none"), undefined);
      assert.equal(await fs.lookup("/none/deeper"), undefined);
    },
  },
  {
    name: "lookup of a file answers what stat does",
    async run(fs) {
      await put(fs, "/a", "hello");
      assert.deepEqual(await fs.lookup("/a"), await fs.stat("/a"));
    },
  },
  {
    name: "lookup below a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.lookup("/a/b"));
    },
  },
  {
    name: "lookup finds a dangling symbolic link",
    async run(fs) {
      await fs.symlink("nowhere", "/l");
      assert.ok(await exists(fs, "/l"));
    },
  },
  {
    name: "stat is a snapshot that later changes leave alone",
    async run(fs) {
      await put(fs, "/a", "one");
      const before = await fs.stat("/a");
      await put(fs, "/a", "longer than before");
      assert.equal(before.size, 3);
    },
  },
  {
    name: "stat tells the same inode number every time",
    needs: ["ino"],
    async run(fs) {
      await put(fs, "/a");
      const { ino } = await fs.stat("/a");
      await put(fs, "/a", "more");
      await fs.chmod("/a", 0o600);
      assert.equal((await fs.stat("/a")).ino, ino);
      assert.ok(ino > 0n);
    },
  },
  {
    name: "stat tells different inode numbers for different files",
    needs: ["ino"],
    async run(fs) {
      await put(fs, "/a");
      await put(fs, "/b");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("a", "/l");
      const paths = ["/", "/a", "/b", "/d", "/l"];
      const numbers = await Promise.all(paths.map(async (path) => (await fs.stat(path)).ino));
      assert.equal(new Set(numbers).size, paths.length);
    },
  },
  {
    name: "stat counts one link of a new file",
    needs: ["nlink"],
    async run(fs) {
      await put(fs, "/a");
      assert.equal((await fs.stat("/a")).nlink, 1);
    },
  },
  {
    name: "stat counts blocks of 512 bytes",
    needs: ["times"],
    async run(fs) {
      await put(fs, "/a", new Uint8Array(64 * 1024).fill(1));
      await fs.stat("/a");
      const handle = await fs.open("/a", 0);
      try {
        // Filesystems that allocate late know the space only when the data is on its way out.
        await handle.sync();
      } finally {
        await handle.close();
      }
      const { blocks } = await fs.stat("/a");
      assert.ok(blocks >= 128 && blocks < 256, `${blocks} blocks`);
    },
  },
  {
    name: "stat tells a block size",
    needs: ["times"],
    async run(fs) {
      await put(fs, "/a");
      assert.ok((await fs.stat("/a")).blksize >= 512);
    },
  },
  {
    name: "stat of a new file tells who made it",
    needs: ["owner"],
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      const { uid, gid } = await fs.stat("/");
      for (const path of ["/a", "/d"]) {
        const info = await fs.stat(path);
        assert.deepEqual([info.uid, info.gid], [uid, gid]);
      }
    },
  },
  {
    name: "stat of a file that is no device tells rdev 0",
    needs: ["times"],
    async run(fs) {
      await put(fs, "/a");
      assert.equal((await fs.stat("/a")).rdev, 0);
    },
  },
];
