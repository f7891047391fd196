import assert from "node:assert/strict";
import {
  type ErrnoCode,
  type Provider,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
} from "../../src/fs/mod.ts";
import { exists, fails, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** What can have a name, and how to make it. */
const KINDS: Readonly<Record<string, (fs: Provider, path: string) => Promise<void>>> = {
  "a file": (fs, path) => put(fs, path, path),
  "a symbolic link": async (fs, path) => await fs.symlink(`to ${path}`, path),
  "an empty directory": async (fs, path) => await fs.mkdir(path, 0o755),
  "a full directory": async (fs, path) => {
    await fs.mkdir(path, 0o755);
    await put(fs, `${path}/inside`, path);
  },
  "nothing": async () => {},
};

/** What rename says when the first kind goes over the second, as rename(2) has it. */
function expected(from: string, to: string): ErrnoCode | undefined {
  if (from === "nothing") return "ENOENT";
  if (to === "nothing") return undefined;
  const toDirectory = to.endsWith("directory");
  if (!from.endsWith("directory")) return toDirectory ? "EISDIR" : undefined;
  if (!toDirectory) return "ENOTDIR";
  return to === "a full directory" ? "ENOTEMPTY" : undefined;
}

/** Describes what is at a path, well enough to tell everything in these rows apart. */
async function portrait(fs: Provider, path: string): Promise<string> {
  const info = await fs.lookup(path);
  if (info === undefined) return "nothing";
  const type = (info.mode & 0o170000).toString(8);
  if (type === "120000") return `link ${await fs.readlink(path)}`;
  if (type === "100000") return `file ${await get(fs, path)}`;
  return `directory ${(await names(fs, path)).join()}`;
}

const kinds = Object.keys(KINDS);

const matrix: Row[] = kinds.flatMap((from) =>
  kinds.map((to): Row => {
    const code = expected(from, to);
    return {
      name: `rename of ${from} over ${to} ${code === undefined ? "works" : `fails with ${code}`}`,
      async run(fs) {
        await KINDS[from]!(fs, "/from");
        await KINDS[to]!(fs, "/to");
        const before = [await portrait(fs, "/from"), await portrait(fs, "/to")];
        if (code === undefined) {
          await fs.rename("/from", "/to");
          assert.equal(await portrait(fs, "/from"), "nothing");
          assert.equal(await portrait(fs, "/to"), before[0]);
        } else {
          await fails(code, () => fs.rename("/from", "/to"));
          assert.deepEqual([await portrait(fs, "/from"), await portrait(fs, "/to")], before);
        }
      },
    };
  })
);

const noreplace: Row[] = kinds.filter((kind) => kind !== "nothing").map((kind): Row => ({
  name: `rename with RENAME_NOREPLACE over ${kind} fails with EEXIST`,
  needs: ["renameFlags"],
  async run(fs) {
    await put(fs, "/from", "kept");
    await KINDS[kind]!(fs, "/to");
    const before = await portrait(fs, "/to");
    await fails("EEXIST", () => fs.rename("/from", "/to", RENAME_NOREPLACE));
    assert.equal(await get(fs, "/from"), "kept");
    assert.equal(await portrait(fs, "/to"), before);
  },
}));

const exchange: Row[] = ["a file", "a symbolic link", "a full directory"].map((kind): Row => ({
  name: `rename with RENAME_EXCHANGE swaps a full directory and ${kind}`,
  needs: ["renameFlags"],
  async run(fs) {
    await KINDS["a full directory"]!(fs, "/one");
    await fs.mkdir("/d", 0o755);
    await KINDS[kind]!(fs, "/d/two");
    const before = [await portrait(fs, "/one"), await portrait(fs, "/d/two")];
    await fs.rename("/one", "/d/two", RENAME_EXCHANGE);
    assert.deepEqual([await portrait(fs, "/d/two"), await portrait(fs, "/one")], before);
    await fs.rename("/one", "/d/two", RENAME_EXCHANGE);
    assert.deepEqual([await portrait(fs, "/one"), await portrait(fs, "/d/two")], before);
  },
}));

export const renameRows: readonly Row[] = [
  ...matrix,
  ...noreplace,
  ...exchange,
  {
    name: "rename with RENAME_NOREPLACE to a free name works",
    needs: ["renameFlags"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.rename("/a", "/b", RENAME_NOREPLACE);
      assert.equal(await get(fs, "/b"), "hello");
    },
  },
  {
    name: "rename with RENAME_NOREPLACE of a name to itself fails with EEXIST",
    needs: ["renameFlags"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fails("EEXIST", () => fs.rename("/a", "/a", RENAME_NOREPLACE));
    },
  },
  {
    name: "rename with RENAME_EXCHANGE fails with ENOENT if either is missing",
    needs: ["renameFlags"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fails("ENOENT", () => fs.rename("/a", "/none", RENAME_EXCHANGE));
      await fails("ENOENT", () => fs.rename("/none", "/a", RENAME_EXCHANGE));
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "rename with RENAME_EXCHANGE of a directory with something in it fails with EINVAL",
    needs: ["renameFlags"],
    async run(fs) {
      await fs.mkdirAll("/a/b", 0o755);
      await fails("EINVAL", () => fs.rename("/a", "/a/b", RENAME_EXCHANGE));
      await fails("EINVAL", () => fs.rename("/a/b", "/a", RENAME_EXCHANGE));
    },
  },
  {
    name: "rename with RENAME_EXCHANGE keeps the links of the directories right",
    needs: ["renameFlags", "nlink", "dirNlink"],
    async run(fs) {
      await fs.mkdirAll("/x/sub", 0o755);
      await fs.mkdir("/y", 0o755);
      await put(fs, "/y/file");
      await fs.rename("/x/sub", "/y/file", RENAME_EXCHANGE);
      assert.equal((await fs.stat("/x")).nlink, 2);
      assert.equal((await fs.stat("/y")).nlink, 3);
    },
  },
  {
    name: "rename with both flags or unknown ones fails with EINVAL and changes nothing",
    async run(fs) {
      await put(fs, "/a", "one");
      await put(fs, "/b", "two");
      for (const flags of [RENAME_NOREPLACE | RENAME_EXCHANGE, 8, 1 << 30]) {
        await fails("EINVAL", () => fs.rename("/a", "/b", flags));
      }
      assert.equal(await get(fs, "/a"), "one");
      assert.equal(await get(fs, "/b"), "two");
    },
  },
];

export const moveRows: readonly Row[] = [
  {
    name: "rename of a name to itself does nothing",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.mkdir("/d", 0o755);
      await fs.rename("/a", "/a");
      await fs.rename("/d", "/d");
      assert.equal(await get(fs, "/a"), "hello");
      assert.deepEqual(await names(fs), ["a", "d"]);
    },
  },
  {
    name: "rename of one link of a file to another leaves both, as POSIX says",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      await fs.rename("/a", "/b");
      assert.deepEqual(await names(fs), ["a", "b"]);
    },
  },
  {
    name: "rename moves a file into another directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a", "hello");
      await fs.rename("/a", "/d/b");
      assert.equal(await get(fs, "/d/b"), "hello");
      assert.deepEqual(await names(fs), ["d"]);
    },
  },
  {
    name: "rename moves a directory with all that is in it",
    async run(fs) {
      await fs.mkdirAll("/a/b/c", 0o755);
      await put(fs, "/a/b/c/file", "hello");
      await fs.mkdir("/d", 0o755);
      await fs.rename("/a/b", "/d/moved");
      assert.equal(await get(fs, "/d/moved/c/file"), "hello");
      assert.ok(!await exists(fs, "/a/b"));
    },
  },
  {
    name: "rename keeps inode number, permissions and size",
    needs: ["ino"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a", "hello");
      await fs.chmod("/a", 0o600);
      const before = await fs.stat("/a");
      await fs.rename("/a", "/d/b");
      const after = await fs.stat("/d/b");
      assert.deepEqual([after.ino, after.mode, after.size], [before.ino, before.mode, before.size]);
    },
  },
  {
    name: "rename of a directory moves a link of its parent's",
    needs: ["nlink", "dirNlink"],
    async run(fs) {
      await fs.mkdirAll("/x/sub", 0o755);
      await fs.mkdir("/y", 0o755);
      await fs.rename("/x/sub", "/y/sub");
      assert.equal((await fs.stat("/x")).nlink, 2);
      assert.equal((await fs.stat("/y")).nlink, 3);
    },
  },
  {
    name: "rename over an empty directory takes its link from the parent",
    needs: ["nlink", "dirNlink"],
    async run(fs) {
      await fs.mkdirAll("/x/one", 0o755);
      await fs.mkdir("/x/two", 0o755);
      await fs.rename("/x/one", "/x/two");
      assert.equal((await fs.stat("/x")).nlink, 3);
    },
  },
  {
    name: "rename over one link of a file leaves the other",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      await put(fs, "/c", "new");
      await fs.rename("/c", "/b");
      assert.equal(await get(fs, "/a"), "hello");
      assert.equal(await get(fs, "/b"), "new");
    },
  },
  {
    name: "rename over one link of a file takes it from the count",
    needs: ["nlink"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await fs.link("/a", "/b");
      await put(fs, "/c", "new");
      await fs.rename("/c", "/b");
      assert.equal((await fs.stat("/a")).nlink, 1);
    },
  },
  {
    name: "rename of a directory below itself fails with EINVAL",
    async run(fs) {
      await fs.mkdirAll("/a/b", 0o755);
      await fails("EINVAL", () => fs.rename("/a", "/a/x"));
      await fails("EINVAL", () => fs.rename("/a", "/a/b"));
      await fails("EINVAL", () => fs.rename("/a", "/a/b/x"));
      assert.deepEqual(await names(fs, "/a"), ["b"]);
    },
  },
  {
    name: "rename over the directory one is in fails with ENOTEMPTY",
    async run(fs) {
      await fs.mkdirAll("/a/b", 0o755);
      await fails("ENOTEMPTY", () => fs.rename("/a/b", "/a"));
      assert.deepEqual(await names(fs, "/a"), ["b"]);
    },
  },
  {
    name: "rename to a name that begins like the directory is no rename below itself",
    async run(fs) {
      await fs.mkdir("/a", 0o755);
      await fs.rename("/a", "/ab");
      assert.deepEqual(await names(fs), ["ab"]);
    },
  },
  {
    name: "rename into a missing directory fails with ENOENT, below a file with ENOTDIR",
    async run(fs) {
      await put(fs, "/a", "hello");
      await put(fs, "/b");
      await fails("ENOENT", () => fs.rename("/a", "/none/x"));
      await fails("ENOTDIR", () => fs.rename("/a", "/b/x"));
      await fails("ENOTDIR", () => fs.rename("/b/x", "/c"));
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "rename walks to the old name before the new one, and looks for neither before both",
    async run(fs) {
      await put(fs, "/a", "hello");
      await fails("ENOENT", () => fs.rename("/none/x", "/a/x"));
      await fails("ENOTDIR", () => fs.rename("/none", "/a/x"));
      await fails("ENOTDIR", () => fs.rename("/a/x", "/none/x"));
    },
  },
  {
    name: "rename below a symbolic link fails with ENOTDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.symlink("d", "/l");
      await put(fs, "/a", "hello");
      await fails("ENOTDIR", () => fs.rename("/a", "/l/a"));
      await put(fs, "/d/b");
      await fails("ENOTDIR", () => fs.rename("/l/b", "/c"));
      assert.deepEqual(await names(fs, "/d"), ["b"]);
    },
  },
  {
    name: "rename of a symbolic link moves the link as it is",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await fs.symlink("relative", "/l");
      await fs.rename("/l", "/d/l");
      assert.equal(await fs.readlink("/d/l"), "relative");
    },
  },
];
