import assert from "node:assert/strict";
import { O_RDONLY, O_RDWR, O_WRONLY, S_IFIFO } from "../../src/fs/mod.ts";
import { bytes, fails, get, put, readText, using } from "./kit.ts";
import type { Row } from "./row.ts";

export const truncateRows: readonly Row[] = [
  {
    name: "truncate shortens a file",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.truncate("/a", 2);
      assert.equal(await get(fs, "/a"), "he");
    },
  },
  {
    name: "truncate extends a file with zeros",
    async run(fs) {
      await put(fs, "/a", "hi");
      await fs.truncate("/a", 5);
      assert.equal(await get(fs, "/a"), "hi\0\0\0");
    },
  },
  {
    name: "truncate to the size it has changes nothing",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.truncate("/a", 5);
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "truncate and extend shows zeros and not what was there",
    async run(fs) {
      await put(fs, "/a", "secret");
      await fs.truncate("/a", 1);
      await fs.truncate("/a", 6);
      assert.equal(await get(fs, "/a"), "s\0\0\0\0\0");
    },
  },
  {
    name: "writing behind a truncated end shows zeros and not what was there",
    async run(fs) {
      await put(fs, "/a", "secret");
      await fs.truncate("/a", 1);
      await using(fs.open("/a", O_WRONLY), (file) => file.writeAt(bytes("!"), 5));
      assert.equal(await get(fs, "/a"), "s\0\0\0\0!");
    },
  },
  {
    name: "truncate to 2^40 makes a file that reads as zeros",
    async run(fs) {
      await put(fs, "/a", "x");
      await fs.truncate("/a", 2 ** 40);
      assert.equal((await fs.stat("/a")).size, 2 ** 40);
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.equal(await readText(file, 2 ** 40 - 2, 10), "\0\0");
      });
    },
  },
  {
    name: "truncate of a missing file fails with ENOENT, of a directory with EISDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fails("ENOENT", () => fs.truncate("/none", 0));
      await fails("EISDIR", () => fs.truncate("/d", 0));
    },
  },
  {
    name: "truncate below a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.truncate("/a/b", 0));
    },
  },
  {
    name: "truncate of a symbolic link fails with ELOOP and leaves its target alone",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("a", "/l");
      await fails("ELOOP", () => fs.truncate("/l", 0));
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "truncate of a fifo fails with EINVAL",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o644, 0);
      await fails("EINVAL", () => fs.truncate("/p", 0));
    },
  },
  {
    name: "truncate through a handle shortens and extends",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (file) => {
        await file.truncate(2);
        assert.equal(await readText(file), "he");
        await file.truncate(4);
        assert.equal(await readText(file), "he\0\0");
      });
    },
  },
  {
    name: "truncate through a handle opened for reading only fails with EINVAL",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fails("EINVAL", () => file.truncate(0));
      });
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "truncate is seen by handles that were open before",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.equal(await readText(file), "hello");
        await fs.truncate("/a", 2);
        assert.equal(await readText(file), "he");
      });
    },
  },
];
