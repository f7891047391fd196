import assert from "node:assert/strict";
import { XATTR_CREATE, XATTR_REPLACE } from "../../src/fs/mod.ts";
import { bytes, fails, nextStamp, put, textOf } from "./kit.ts";
import type { Row } from "./row.ts";

const rows: readonly Omit<Row, "needs">[] = [
  {
    name: "setxattr sets what getxattr gives",
    async run(fs) {
      await put(fs, "/a");
      await fs.setxattr("/a", "user.comment", bytes("hello"));
      assert.equal(textOf(await fs.getxattr("/a", "user.comment")), "hello");
    },
  },
  {
    name: "setxattr takes an empty value and any bytes",
    async run(fs) {
      await put(fs, "/a");
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await fs.setxattr("/a", "user.empty", new Uint8Array(0));
      await fs.setxattr("/a", "user.all", all);
      assert.equal((await fs.getxattr("/a", "user.empty")).length, 0);
      assert.deepEqual(new Uint8Array(await fs.getxattr("/a", "user.all")), all);
    },
  },
  {
    name: "setxattr replaces a value",
    async run(fs) {
      await put(fs, "/a");
      await fs.setxattr("/a", "user.x", bytes("one"));
      await fs.setxattr("/a", "user.x", bytes("two"));
      assert.equal(textOf(await fs.getxattr("/a", "user.x")), "two");
      assert.deepEqual(await fs.listxattr("/a"), ["user.x"]);
    },
  },
  {
    name: "setxattr with XATTR_CREATE fails with EEXIST where the attribute is",
    async run(fs) {
      await put(fs, "/a");
      await fs.setxattr("/a", "user.x", bytes("one"), XATTR_CREATE);
      await fails("EEXIST", () => fs.setxattr("/a", "user.x", bytes("two"), XATTR_CREATE));
      assert.equal(textOf(await fs.getxattr("/a", "user.x")), "one");
    },
  },
  {
    name: "setxattr with XATTR_REPLACE fails with ENODATA where the attribute is not",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENODATA", () => fs.setxattr("/a", "user.x", bytes("one"), XATTR_REPLACE));
      assert.deepEqual(await fs.listxattr("/a"), []);
    },
  },
  {
    name: "setxattr with unknown flags fails with EINVAL",
    async run(fs) {
      await put(fs, "/a");
      await fails("EINVAL", () => fs.setxattr("/a", "user.x", bytes("one"), 8));
    },
  },
  {
    name: "setxattr does not keep the caller's array, and getxattr gives a copy",
    async run(fs) {
      await put(fs, "/a");
      const value = bytes("hello");
      await fs.setxattr("/a", "user.x", value);
      value.fill(0x78);
      (await fs.getxattr("/a", "user.x")).fill(0x79);
      assert.equal(textOf(await fs.getxattr("/a", "user.x")), "hello");
    },
  },
  {
    name: "setxattr fails with ERANGE for a name of more than 255 bytes, E2BIG for a large value",
    async run(fs) {
      await put(fs, "/a");
      await fails("ERANGE", () => fs.setxattr("/a", `user.${"x".repeat(251)}`, bytes("v")));
      await fails("E2BIG", () => fs.setxattr("/a", "user.x", new Uint8Array(65_537)));
      await fs.setxattr("/a", `user.${"x".repeat(250)}`, bytes("v"));
    },
  },
  {
    name: "getxattr of an attribute that is not there fails with ENODATA",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENODATA", () => fs.getxattr("/a", "user.none"));
    },
  },
  {
    name: "xattr operations on a missing name fail with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.getxattr("/none", "user.x"));
      await fails("ENOENT", () => fs.setxattr("/none", "user.x", bytes("v")));
      await fails("ENOENT", () => fs.listxattr("/none"));
      await fails("ENOENT", () => fs.removexattr("/none", "user.x"));
    },
  },
  {
    name: "listxattr lists the names, none for a new file",
    async run(fs) {
      await put(fs, "/a");
      assert.deepEqual(await fs.listxattr("/a"), []);
      await fs.setxattr("/a", "user.one", bytes("1"));
      await fs.setxattr("/a", "user.two", bytes("2"));
      assert.deepEqual([...await fs.listxattr("/a")].sort(), ["user.one", "user.two"]);
    },
  },
  {
    name: "removexattr removes one attribute, and fails with ENODATA where there is none",
    async run(fs) {
      await put(fs, "/a");
      await fs.setxattr("/a", "user.one", bytes("1"));
      await fs.setxattr("/a", "user.two", bytes("2"));
      await fs.removexattr("/a", "user.one");
      assert.deepEqual(await fs.listxattr("/a"), ["user.two"]);
      await fails("ENODATA", () => fs.removexattr("/a", "user.one"));
    },
  },
  {
    name: "attributes belong to the inode: links share them, renames keep them",
    async run(fs) {
      await put(fs, "/a");
      await put(fs, "/other");
      await fs.setxattr("/a", "user.x", bytes("v"));
      await fs.link("/a", "/b");
      await fs.rename("/a", "/c");
      assert.equal(textOf(await fs.getxattr("/b", "user.x")), "v");
      assert.equal(textOf(await fs.getxattr("/c", "user.x")), "v");
      assert.deepEqual(await fs.listxattr("/other"), []);
    },
  },
  {
    name: "attributes work on a directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.setxattr("/d", "user.x", bytes("v"));
      assert.equal(textOf(await fs.getxattr("/d", "user.x")), "v");
    },
  },
  {
    name: "attribute names are case-sensitive text, of any script",
    async run(fs) {
      await put(fs, "/a");
      await fs.setxattr("/a", "user.X", bytes("upper"));
      await fs.setxattr("/a", "user.x", bytes("lower"));
      await fs.setxattr("/a", "user.日本 ü", bytes("unicode"));
      assert.equal(textOf(await fs.getxattr("/a", "user.X")), "upper");
      assert.ok((await fs.listxattr("/a")).includes("user.日本 ü"));
    },
  },
  {
    name: "setxattr updates the ctime",
    async run(fs) {
      await put(fs, "/a");
      const before = (await fs.stat("/a")).ctime;
      await nextStamp(fs);
      await fs.setxattr("/a", "user.x", bytes("v"));
      assert.notDeepEqual((await fs.stat("/a")).ctime, before);
    },
  },
];

export const xattrRows: readonly Row[] = rows.map((row) => ({ ...row, needs: ["xattr"] }));
