import assert from "node:assert/strict";
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, RENAME_EXCHANGE, S_IFDIR } from "../../src/fs/mod.ts";
import { fails, modeOf, names, put, using } from "./kit.ts";
import type { Row } from "./row.ts";

export const rootRows: readonly Row[] = [
  {
    name: "the root cannot be made: EEXIST",
    async run(fs) {
      await put(fs, "/a");
      await fails("EEXIST", () => fs.mkdir("/", 0o755));
      await fails("EEXIST", () => fs.symlink("x", "/"));
      await fails("EEXIST", () => fs.link("/a", "/"));
      await fails("EEXIST", () => fs.open("/", O_RDWR | O_CREAT | O_EXCL, 0o644));
    },
  },
  {
    name: "mknod of the root fails with EEXIST",
    needs: ["mknod"],
    async run(fs) {
      await fails("EEXIST", () => fs.mknod("/", 0o100644, 0));
    },
  },
  {
    name: "the root cannot be removed: EBUSY, and EISDIR for unlink",
    needs: ["root"],
    async run(fs) {
      await fails("EISDIR", () => fs.unlink("/"));
      await fails("EBUSY", () => fs.rmdir("/"));
      await fails("EBUSY", () => fs.remove("/"));
    },
  },
  {
    name: "the root cannot be renamed or renamed over: EBUSY",
    needs: ["root"],
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fails("EBUSY", () => fs.rename("/", "/x"));
      await fails("EBUSY", () => fs.rename("/a", "/"));
      await fails("EBUSY", () => fs.rename("/d", "/"));
      assert.deepEqual(await names(fs), ["a", "d"]);
    },
  },
  {
    name: "the root cannot be exchanged: EBUSY",
    needs: ["root", "renameFlags"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fails("EBUSY", () => fs.rename("/", "/d", RENAME_EXCHANGE));
      await fails("EBUSY", () => fs.rename("/d", "/", RENAME_EXCHANGE));
    },
  },
  {
    name: "the root is a directory to whoever would change it as a file",
    async run(fs) {
      await fails("EISDIR", () => fs.open("/", O_RDWR));
      await fails("EISDIR", () => fs.create("/", 0o644));
      await fails("EISDIR", () => fs.truncate("/", 0));
      await fails("EINVAL", () => fs.readlink("/"));
      await fails("EPERM", () => fs.link("/", "/x"));
    },
  },
  {
    name: "the root takes chmod",
    async run(fs) {
      await fs.chmod("/", 0o711);
      assert.equal(await modeOf(fs, "/"), S_IFDIR | 0o711);
    },
  },
  {
    name: "the root is listed through handles",
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/", O_RDONLY), async (root) => {
        assert.deepEqual((await root.readDir(0, 10)).map((entry) => entry.name), ["a"]);
      });
      await using(fs.openDir("/"), async (root) => {
        assert.deepEqual((await root.readDir(0, 10)).map((entry) => entry.name), ["a"]);
      });
    },
  },
  {
    name: "the root has two links, and one more for each directory in it",
    needs: ["nlink", "dirNlink"],
    async run(fs) {
      const before = (await fs.stat("/")).nlink;
      await fs.mkdir("/d", 0o755);
      assert.equal((await fs.stat("/")).nlink, before + 1);
    },
  },
];
