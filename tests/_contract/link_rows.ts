import assert from "node:assert/strict";
import { O_RDWR, S_IFLNK, S_IFMT, S_IFREG } from "../../src/fs/mod.ts";
import { bytes, exists, fails, get, modeOf, names, put, using } from "./kit.ts";
import type { Row } from "./row.ts";

/** `link`, `symlink` and `readlink`. */
export const linkRows: readonly Row[] = [
  {
    name: "link gives a file a second name",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.mkdir("/d", 0o755);
      await fs.link("/a", "/d/b");
      assert.equal(await get(fs, "/d/b"), "hello");
    },
  },
  {
    name: "link adds to the count, and both names have one inode number",
    needs: ["ino", "nlink"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      const [a, b] = [await fs.stat("/a"), await fs.stat("/b")];
      assert.equal(a.ino, b.ino);
      assert.equal(a.nlink, 2);
      await fs.unlink("/a");
      assert.equal((await fs.stat("/b")).nlink, 1);
    },
  },
  {
    name: "link shares content and permissions between the names",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      await using(fs.open("/b", O_RDWR), (file) => file.writeAt(bytes("J"), 0));
      await fs.chmod("/b", 0o600);
      assert.equal(await get(fs, "/a"), "Jello");
      assert.equal(await modeOf(fs, "/a"), S_IFREG | 0o600);
    },
  },
  {
    name: "unlink of one name leaves the other",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      await fs.unlink("/a");
      assert.equal(await get(fs, "/b"), "hello");
    },
  },
  {
    name: "link over a name that is there fails with EEXIST",
    async run(fs) {
      await put(fs, "/a", "one");
      await put(fs, "/b", "two");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("nowhere", "/l");
      for (const path of ["/a", "/b", "/d", "/l"]) await fails("EEXIST", () => fs.link("/a", path));
      assert.equal(await get(fs, "/b"), "two");
    },
  },
  {
    name: "link of a missing file, or into a missing directory, fails with ENOENT",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.link("/none", "/b"));
      await fails("ENOENT", () => fs.link("/a", "/none/b"));
    },
  },
  {
    name: "link of a missing file fails with ENOENT whatever is wrong with the new name",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.link("/none", "/a"));
      await fails("ENOENT", () => fs.link("/none", "/a/b"));
    },
  },
  {
    name: "link below a file fails with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOTDIR", () => fs.link("/a", "/a/b"));
      await fails("ENOTDIR", () => fs.link("/a/b", "/c"));
    },
  },
  {
    name: "link of a directory fails with EPERM",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fails("EPERM", () => fs.link("/d", "/e"));
      assert.ok(!await exists(fs, "/e"));
    },
  },
  {
    name: "link of a symbolic link links the link",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("a", "/l");
      await fs.link("/l", "/m");
      assert.equal(await fs.readlink("/m"), "a");
    },
  },
  {
    name: "symlink keeps its target to the letter",
    async run(fs) {
      const targets = [
        "a",
        "/etc/passwd",
        "../../..",
        "a//b/",
        ".",
        "with space",
        "ünïcode/日本",
        "\n",
      ];
      for (const [i, target] of targets.entries()) {
        await fs.symlink(target, `/l${i}`);
        assert.equal(await fs.readlink(`/l${i}`), target);
      }
    },
  },
  {
    name: "symlink has permissions 777, and the bytes of its target as size",
    async run(fs) {
      await fs.symlink("日本", "/l");
      const info = await fs.stat("/l");
      assert.equal(info.mode, S_IFLNK | 0o777);
      assert.equal(info.size, 6);
    },
  },
  {
    name: "symlink over a name that is there fails with EEXIST",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.mkdir("/d", 0o755);
      await fs.symlink("nowhere", "/l");
      for (const path of ["/a", "/d", "/l"]) await fails("EEXIST", () => fs.symlink("x", path));
      assert.equal(await fs.readlink("/l"), "nowhere");
    },
  },
  {
    name: "symlink in a missing directory fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.symlink("x", "/none/l"));
      await fails("ENOTDIR", () => fs.symlink("x", "/a/l"));
    },
  },
  {
    name: "symlink with an empty target fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.symlink("", "/l"));
      assert.ok(!await exists(fs, "/l"));
    },
  },
  {
    name: "symlink takes a target of 4095 bytes, and fails with ENAMETOOLONG for 4096",
    async run(fs) {
      const longest = "x/".repeat(2047) + "y";
      await fs.symlink(longest, "/l");
      assert.equal(await fs.readlink("/l"), longest);
      await fails("ENAMETOOLONG", () => fs.symlink(`${longest}z`, "/m"));
      await fails("ENAMETOOLONG", () => fs.symlink("日".repeat(1366), "/m"));
    },
  },
  {
    name: "symlink with a NUL in its target fails with EINVAL",
    async run(fs) {
      await fails("EINVAL", () => fs.symlink("a\0b", "/l"));
      assert.deepEqual(await names(fs), []);
    },
  },
  {
    name: "readlink of a file or a directory fails with EINVAL",
    async run(fs) {
      await put(fs, "/a");
      await fs.mkdir("/d", 0o755);
      await fails("EINVAL", () => fs.readlink("/a"));
      await fails("EINVAL", () => fs.readlink("/d"));
    },
  },
  {
    name: "readlink of a missing name fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a");
      await fails("ENOENT", () => fs.readlink("/none"));
      await fails("ENOTDIR", () => fs.readlink("/a/l"));
    },
  },
  {
    name: "unlink of a symbolic link leaves its target",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.symlink("a", "/l");
      await fs.unlink("/l");
      assert.deepEqual(await names(fs), ["a"]);
    },
  },
  {
    name: "symbolic links that point at themselves or at each other are text",
    async run(fs) {
      await fs.symlink("self", "/self");
      await fs.symlink("b", "/a");
      await fs.symlink("a", "/b");
      assert.equal(await fs.readlink("/self"), "self");
      assert.equal(await modeOf(fs, "/a") & S_IFMT, S_IFLNK);
      await fails("ELOOP", () => fs.open("/self", 0));
    },
  },
  {
    name: "a symbolic link into the host's own /proc is text",
    async run(fs) {
      for (const target of ["/proc/self/root", "/proc/self/fd/0", "/dev/fd/0"]) {
        await fs.symlink(target, "/l");
        assert.equal(await fs.readlink("/l"), target);
        await fails("ENOTDIR", () => fs.stat("/l/x"));
        await fails("ELOOP", () => fs.open("/l", 0));
        await fs.unlink("/l");
      }
    },
  },
];
