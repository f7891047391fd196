import assert from "node:assert/strict";
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
} from "../../src/fs/mod.ts";
import { exists, fails, failsWithOneOf, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** `mknod` and the special files it makes. */
export const nodeRows: readonly Row[] = [
  {
    name: "mknod makes a fifo",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o640, 0);
      const info = await fs.stat("/p");
      assert.equal(info.mode, S_IFIFO | 0o640);
      assert.equal(info.size, 0);
    },
  },
  {
    name: "mknod makes a socket that nobody listens on",
    needs: ["sockets"],
    async run(fs) {
      await fs.mknod("/s", S_IFSOCK | 0o600, 0);
      assert.equal((await fs.stat("/s")).mode, S_IFSOCK | 0o600);
      await fails("ENXIO", () => fs.open("/s", O_RDWR));
    },
  },
  {
    name: "mknod makes an empty regular file",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/a", S_IFREG | 0o604, 0);
      assert.equal((await fs.stat("/a")).mode, S_IFREG | 0o604);
      assert.equal(await get(fs, "/a"), "");
    },
  },
  {
    name: "mknod over a name that is there fails with EEXIST",
    needs: ["mknod"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("nowhere", "/l");
      await fails("EEXIST", () => fs.mknod("/a", S_IFIFO | 0o644, 0));
      await fails("EEXIST", () => fs.mknod("/l", S_IFIFO | 0o644, 0));
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "mknod in a missing directory fails with ENOENT, below a file with ENOTDIR",
    needs: ["mknod"],
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.mknod("/none/p", S_IFIFO | 0o644, 0));
      await fails("ENOTDIR", () => fs.mknod("/a/p", S_IFIFO | 0o644, 0));
    },
  },
  {
    name: "mknod of a directory or a link is refused",
    async run(fs) {
      await failsWithOneOf(["EPERM", "EINVAL"], () => fs.mknod("/d", S_IFDIR | 0o755, 0));
      await failsWithOneOf(["EPERM", "EINVAL"], () => fs.mknod("/l", S_IFLNK | 0o777, 0));
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "mknod makes device nodes that tell their device and are never opened",
    needs: ["devices"],
    async run(fs) {
      const null13 = (1 << 8) | 3;
      const large = ((300 & 0xff) | ((300 & ~0xff) << 12) | (259 << 8)) >>> 0;
      await fs.mknod("/c", S_IFCHR | 0o600, null13);
      await fs.mknod("/b", S_IFBLK | 0o600, large);
      const [c, b] = [await fs.stat("/c"), await fs.stat("/b")];
      assert.deepEqual([c.mode, c.rdev], [S_IFCHR | 0o600, null13]);
      assert.deepEqual([b.mode, b.rdev], [S_IFBLK | 0o600, large]);
      await fails("ENXIO", () => fs.open("/c", O_RDWR));
      await fails("ENXIO", () => fs.open("/b", O_RDONLY));
    },
  },
  {
    name: "open of a fifo fails with ENXIO at once, whatever the flags",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o644, 0);
      for (const flags of [O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NONBLOCK, O_RDWR | O_CREAT]) {
        await fails("ENXIO", () => fs.open("/p", flags, 0o644));
      }
      await fails("ENXIO", () => fs.create("/p", 0o644));
    },
  },
  {
    name: "open of a fifo with O_EXCL fails with EEXIST, with O_DIRECTORY with ENOTDIR",
    needs: ["mknod"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o644, 0);
      await fails("EEXIST", () => fs.open("/p", O_RDWR | O_CREAT | O_EXCL, 0o644));
      await fails("ENOTDIR", () => fs.open("/p", O_RDONLY | O_DIRECTORY));
    },
  },
  {
    name: "a fifo is renamed, linked, listed and removed like a file",
    needs: ["mknod", "nlink"],
    async run(fs) {
      await fs.mknod("/p", S_IFIFO | 0o644, 0);
      await fs.link("/p", "/q");
      assert.equal((await fs.stat("/q")).nlink, 2);
      await put(fs, "/a");
      await fs.rename("/p", "/a");
      const entries = await fs.readDir("/");
      assert.deepEqual(entries.map((entry) => entry.mode & 0o170000), [S_IFIFO, S_IFIFO]);
      await fails("ENOTDIR", () => fs.rmdir("/a"));
      await fails("ENOTDIR", () => fs.stat("/a/x"));
      await fs.unlink("/a");
      await fs.remove("/q");
      assert.ok(!await exists(fs, "/q"));
    },
  },
];
