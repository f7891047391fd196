import assert from "node:assert/strict";
import { O_RDONLY, O_RDWR, S_IFREG } from "../../src/fs/mod.ts";
import { bytes, exists, fails, get, put, readText, using } from "./kit.ts";
import type { Row } from "./row.ts";

/** What happens to open files when their names move or go. */
export const openFileRows: readonly Row[] = [
  {
    name: "a file without a name goes on being read and written through its handle",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await fs.unlink("/a");
        assert.equal(await readText(file), "hello");
        await file.writeAt(bytes("J"), 0);
        await file.truncate(3);
        assert.equal(await readText(file), "Jel");
        assert.ok(!await exists(fs, "/a"));
      });
    },
  },
  {
    name: "a file without a name has no links and keeps its inode number",
    needs: ["handleStat", "ino", "nlink"],
    async run(fs) {
      await put(fs, "/a", "hello");
      const { ino } = await fs.stat("/a");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fs.unlink("/a");
        const info = await file.stat();
        assert.equal(info.nlink, 0);
        assert.equal(info.ino, ino);
        assert.equal(info.size, 5);
      });
    },
  },
  {
    name: "a new file at the name of an open one is another file",
    async run(fs) {
      await put(fs, "/a", "old");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await fs.unlink("/a");
        await put(fs, "/a", "new");
        assert.equal(await readText(file), "old");
        await file.writeAt(bytes("OLD"), 0);
        assert.equal(await get(fs, "/a"), "new");
      });
    },
  },
  {
    name: "a new file never has the inode number of one that is still open",
    needs: ["handleStat", "ino"],
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fs.unlink("/a");
        await put(fs, "/a");
        assert.notEqual((await fs.stat("/a")).ino, (await file.stat()).ino);
      });
    },
  },
  {
    name: "handle.stat tells what stat does",
    needs: ["handleStat"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.deepEqual(await file.stat(), await fs.stat("/a"));
      });
    },
  },
  {
    name: "handle.stat sees the size at once",
    needs: ["handleStat"],
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await file.writeAt(bytes("hello"), 10);
        assert.equal((await file.stat()).size, 15);
        await file.truncate(7);
        assert.equal((await file.stat()).size, 7);
      });
    },
  },
  {
    name: "a handle follows its file through a rename",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await fs.rename("/a", "/d/b");
        await file.writeAt(bytes("J"), 0);
        assert.equal(await get(fs, "/d/b"), "Jello");
      });
    },
  },
  {
    name: "a handle follows its file through a rename of the directory above",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a", "hello");
      await using(fs.open("/d/a", O_RDWR), async (file) => {
        await fs.rename("/d", "/e");
        await file.writeAt(bytes("J"), 0);
        assert.equal(await get(fs, "/e/a"), "Jello");
      });
    },
  },
  {
    name: "a handle keeps the old file when another is renamed over it",
    async run(fs) {
      await put(fs, "/a", "old");
      await put(fs, "/b", "new");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await fs.rename("/b", "/a");
        assert.equal(await readText(file), "old");
        await file.writeAt(bytes("X"), 0);
        assert.equal(await get(fs, "/a"), "new");
      });
    },
  },
  {
    name: "a file that was renamed over has no links",
    needs: ["handleStat", "nlink"],
    async run(fs) {
      await put(fs, "/a", "old");
      await put(fs, "/b", "new");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fs.rename("/b", "/a");
        assert.equal((await file.stat()).nlink, 0);
      });
    },
  },
  {
    name: "an open directory that was removed lists nothing",
    needs: ["cursors"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await using(fs.openDir("/d"), async (directory) => {
        await fs.rmdir("/d");
        assert.deepEqual(await directory.readDir(0, 10), []);
      });
    },
  },
  {
    name: "an open directory that was removed has no links",
    needs: ["handleStat", "nlink"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await using(fs.openDir("/d"), async (directory) => {
        await fs.rmdir("/d");
        assert.equal((await directory.stat()).nlink, 0);
      });
    },
  },
  {
    name: "an open directory follows its rename",
    needs: ["cursors"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await using(fs.openDir("/d"), async (directory) => {
        await fs.rename("/d", "/e");
        await put(fs, "/e/b");
        const page = await directory.readDir(0, 10);
        assert.deepEqual(page.map((entry) => entry.name).sort(), ["a", "b"]);
      });
    },
  },
  {
    name: "permissions are checked at open: a later chmod does not close what is open",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await fs.chmod("/a", 0);
        await file.writeAt(bytes("J"), 0);
        assert.equal(await readText(file), "Jello");
      });
    },
  },
  {
    name: "handle.chmod sets the permissions, also of a file without a name",
    needs: ["handleAttributes", "handleStat"],
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await file.chmod(0o600);
        assert.equal((await fs.stat("/a")).mode, S_IFREG | 0o600);
        await fs.unlink("/a");
        await file.chmod(0o611);
        assert.equal((await file.stat()).mode, S_IFREG | 0o611);
      });
    },
  },
  {
    name: "handle.chown sets the owner",
    needs: ["handleAttributes", "chown"],
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_RDONLY), (file) => file.chown(1234, -1));
      const info = await fs.stat("/a");
      assert.equal(info.uid, 1234);
      assert.equal(info.gid, (await fs.stat("/")).gid);
    },
  },
  {
    name: "handle.utimes sets the times",
    needs: ["handleAttributes", "utimes", "times"],
    async run(fs) {
      await put(fs, "/a");
      const atime = { sec: 1_111_111_111, nsec: 0 };
      const mtime = { sec: 1_222_222_222, nsec: 0 };
      await using(fs.open("/a", O_RDONLY), (file) => file.utimes(atime, mtime));
      const info = await fs.stat("/a");
      assert.deepEqual([info.atime, info.mtime], [atime, mtime]);
    },
  },
  {
    name: "readDir through the handle of a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fails("ENOTDIR", () => file.readDir(0, 10));
      });
    },
  },
];
