import assert from "node:assert/strict";
import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  S_IFREG,
} from "../../src/fs/mod.ts";
import { bytes, exists, fails, get, modeOf, put, readText, using } from "./kit.ts";
import type { Row } from "./row.ts";

export const openRows: readonly Row[] = [
  {
    name: "open of a missing file fails with ENOENT",
    async run(fs) {
      for (const flags of [O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_TRUNC, O_RDWR | O_EXCL]) {
        await fails("ENOENT", () => fs.open("/none", flags));
      }
    },
  },
  {
    name: "open below a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.open("/a/b", O_RDONLY));
      await fails("ENOTDIR", () => fs.open("/a/b", O_RDWR | O_CREAT, 0o644));
    },
  },
  {
    name: "open with O_CREAT makes a file with the given permissions",
    async run(fs) {
      await (await fs.open("/a", O_RDWR | O_CREAT, 0o640)).close();
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o640);
    },
  },
  {
    name: "open with O_CREAT applies no umask",
    async run(fs) {
      await (await fs.open("/a", O_RDWR | O_CREAT, 0o777)).close();
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o777);
    },
  },
  {
    name: "open with O_CREAT makes a file that its own mode would not let one write",
    async run(fs) {
      await using(fs.open("/a", O_WRONLY | O_CREAT, 0o444), (file) => file.writeAt(bytes("x"), 0));
      assert.equal(await get(fs, "/a"), "x");
    },
  },
  {
    name: "open with O_CREAT and O_RDONLY makes an empty file that cannot be written through it",
    async run(fs) {
      await using(fs.open("/a", O_RDONLY | O_CREAT, 0o644), async (file) => {
        assert.equal(await readText(file), "");
        await fails("EBADF", () => file.writeAt(bytes("x"), 0));
      });
    },
  },
  {
    name: "open with O_CREAT leaves content and permissions of an existing file alone",
    async run(fs) {
      await put(fs, "/a", "hello");
      await (await fs.open("/a", O_RDWR | O_CREAT, 0o600)).close();
      assert.equal(await get(fs, "/a"), "hello");
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o644);
    },
  },
  {
    name: "open with O_CREAT in a missing directory fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.open("/none/a", O_RDWR | O_CREAT, 0o644));
    },
  },
  {
    name: "open with O_CREAT below a symbolic link fails with ENOTDIR and makes nothing",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.open("/l/a", O_RDWR | O_CREAT, 0o644));
      assert.ok(!await exists(fs, "/d/a"));
    },
  },
  {
    name: "open with O_EXCL makes a file that is missing",
    async run(fs) {
      await (await fs.open("/a", O_RDWR | O_CREAT | O_EXCL, 0o644)).close();
      assert.ok(await exists(fs, "/a"));
    },
  },
  {
    name: "open with O_EXCL fails with EEXIST for a file, a directory and a link",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("nowhere", "/l");
      for (const path of ["/a", "/d", "/l"]) {
        await fails("EEXIST", () => fs.open(path, O_RDWR | O_CREAT | O_EXCL | O_TRUNC, 0o644));
      }
      assert.equal(await get(fs, "/a"), "hello");
      assert.ok(!await exists(fs, "/nowhere"));
    },
  },
  {
    name: "open with O_TRUNC empties the file",
    async run(fs) {
      await put(fs, "/a", "hello");
      await (await fs.open("/a", O_WRONLY | O_TRUNC)).close();
      assert.equal((await fs.stat("/a")).size, 0);
    },
  },
  {
    name: "open with O_RDONLY and O_TRUNC empties the file too, as Linux does",
    async run(fs) {
      await put(fs, "/a", "hello");
      await (await fs.open("/a", O_RDONLY | O_TRUNC)).close();
      assert.equal((await fs.stat("/a")).size, 0);
    },
  },
  {
    name: "open with O_TRUNC and O_APPEND empties the file and appends to it",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR | O_TRUNC | O_APPEND), async (file) => {
        await file.writeAt(bytes("one "), 100);
        await file.writeAt(bytes("two"), 0);
        assert.equal(await readText(file), "one two");
      });
    },
  },
  {
    name: "open of a symbolic link fails with ELOOP",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("a", "/l");
      for (const flags of [O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_TRUNC]) {
        await fails("ELOOP", () => fs.open("/l", flags, 0o644));
        await fails("ELOOP", () => fs.open("/l", flags | O_NOFOLLOW, 0o644));
      }
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "open of a dangling symbolic link with O_CREAT fails with ELOOP and makes nothing",
    async run(fs) {
      await fs.symlink("nowhere", "/l");
      await fails("ELOOP", () => fs.open("/l", O_RDWR | O_CREAT, 0o644));
      assert.ok(!await exists(fs, "/nowhere"));
    },
  },
  {
    name: "open with O_DIRECTORY fails with ENOTDIR for anything but a directory",
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.open("/a", O_RDONLY | O_DIRECTORY));
      await fails("ENOTDIR", () => fs.open("/l", O_RDONLY | O_DIRECTORY));
      await (await fs.open("/d", O_RDONLY | O_DIRECTORY)).close();
    },
  },
  {
    name: "open of a directory to change it fails with EISDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_RDONLY | O_CREAT]) {
        await fails("EISDIR", () => fs.open("/d", flags, 0o644));
      }
    },
  },
  {
    name: "open of a directory for reading gives a handle that lists it",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await using(fs.open("/d", O_RDONLY), async (directory) => {
        assert.deepEqual((await directory.readDir(0, 10)).map((entry) => entry.name), ["a"]);
        await fails("EISDIR", () => directory.readAt(new Uint8Array(1), 0));
      });
    },
  },
  {
    name: "open ignores flags that mean nothing here",
    async run(fs) {
      const flags = O_NOCTTY | O_NONBLOCK | O_CLOEXEC | O_LARGEFILE | O_NOFOLLOW;
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR | flags), async (file) => {
        assert.equal(await readText(file), "hello");
        await file.writeAt(bytes("J"), 0);
      });
      assert.equal(await get(fs, "/a"), "Jello");
    },
  },
  {
    name: "readAt through a handle opened for writing only fails with EBADF",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_WRONLY), async (file) => {
        await fails("EBADF", () => file.readAt(new Uint8Array(4), 0));
      });
    },
  },
  {
    name: "writeAt through a handle opened for reading only fails with EBADF",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY | O_APPEND), async (file) => {
        await fails("EBADF", () => file.writeAt(bytes("x"), 0));
      });
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "open with O_TMPFILE makes a file that never has a name",
    needs: ["tmpfile", "handleStat", "nlink"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await using(fs.open("/d", O_TMPFILE | O_RDWR, 0o600), async (file) => {
        await file.writeAt(bytes("hello"), 0);
        assert.equal(await readText(file), "hello");
        const info = await file.stat();
        assert.deepEqual([info.mode, info.nlink, info.size], [S_IFREG | 0o600, 0, 5]);
        assert.deepEqual(await fs.readDir("/d"), []);
      });
      await fs.rmdir("/d");
    },
  },
  {
    name: "open with O_TMPFILE wants a directory, and write access",
    needs: ["tmpfile"],
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.open("/a", O_TMPFILE | O_RDWR, 0o600));
      await fails("ENOENT", () => fs.open("/none", O_TMPFILE | O_RDWR, 0o600));
      await fails("EINVAL", () => fs.open("/", O_TMPFILE | O_RDONLY, 0o600));
    },
  },
  {
    name: "create makes a file with the given permissions, open for reading and writing",
    async run(fs) {
      await using(fs.create("/a", 0o600), async (file) => {
        assert.equal(await file.writeAt(bytes("hello"), 0), 5);
        assert.equal(await readText(file), "hello");
      });
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o600);
    },
  },
  {
    name: "create empties an existing file and keeps its permissions",
    async run(fs) {
      await put(fs, "/a", "hello");
      await (await fs.create("/a", 0o600)).close();
      const info = await fs.stat("/a");
      assert.equal(info.size, 0);
      assert.equal(info.mode, S_IFREG | 0o644);
    },
  },
  {
    name: "create on an existing file keeps its inode number",
    needs: ["ino"],
    async run(fs) {
      await put(fs, "/a", "hello");
      const { ino } = await fs.stat("/a");
      await (await fs.create("/a", 0o600)).close();
      assert.equal((await fs.stat("/a")).ino, ino);
    },
  },
  {
    name: "create on a directory fails with EISDIR, on a symbolic link with ELOOP",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await fails("EISDIR", () => fs.create("/d", 0o644));
      await fails("ELOOP", () => fs.create("/l", 0o644));
    },
  },
  {
    name: "create in a missing directory fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.create("/none/a", 0o644));
      await fails("ENOTDIR", () => fs.create("/a/b", 0o644));
    },
  },
  {
    name: "close twice does nothing the second time",
    async run(fs) {
      await put(fs, "/a", "one");
      const first = await fs.open("/a", O_RDONLY);
      await first.close();
      const second = await fs.open("/a", O_RDONLY);
      await first.close();
      assert.equal(await readText(second), "one");
      await second.close();
    },
  },
  {
    name: "a closed handle answers reads and writes with EBADF",
    async run(fs) {
      await put(fs, "/a", "one");
      const file = await fs.open("/a", O_RDWR);
      await file.close();
      await fails("EBADF", () => file.readAt(new Uint8Array(1), 0));
      await fails("EBADF", () => file.writeAt(bytes("x"), 0));
      assert.equal(await get(fs, "/a"), "one");
    },
  },
  {
    name: "two handles on one file see each other's writes at once",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (first) => {
        await using(fs.open("/a", O_RDWR), async (second) => {
          await first.writeAt(bytes("J"), 0);
          assert.equal(await readText(second), "Jello");
        });
      });
    },
  },
];
