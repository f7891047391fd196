import assert from "node:assert/strict";
import {
  type DirPageEntry,
  type Handle,
  O_RDONLY,
  type Provider,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from "../../src/fs/mod.ts";
import { bytes, fails, names, put, using } from "./kit.ts";
import type { Row } from "./row.ts";

/** A file, a directory and a link in `/d`. */
async function furnish(fs: Provider): Promise<void> {
  await fs.mkdirAll("/d/dir", 0o755);
  await put(fs, "/d/file", "hello");
  await fs.symlink("target", "/d/link");
}

/** Makes `/d` with many files, and answers their names. */
async function fill(fs: Provider, count: number): Promise<string[]> {
  await fs.mkdir("/d", 0o755);
  const made = Array.from({ length: count }, (_, i) => `name${String(i).padStart(4, "0")}`);
  for (const name of made) await put(fs, `/d/${name}`);
  return made;
}

/** Reads a directory page by page, from a cursor to its end. */
async function readPages(directory: Handle, limit: number, cursor = 0): Promise<DirPageEntry[]> {
  const all: DirPageEntry[] = [];
  while (true) {
    const page = await directory.readDir(cursor, limit);
    assert.ok(page.length <= limit);
    if (page.length === 0) return all;
    all.push(...page);
    cursor = page.at(-1)!.cursor;
  }
}

export const listRows: readonly Row[] = [
  {
    name: "readDir lists names and types, without . and ..",
    async run(fs) {
      await furnish(fs);
      const entries = (await fs.readDir("/d")).map(({ name, mode }) => [name, mode & S_IFMT]);
      assert.deepEqual(Object.fromEntries(entries), {
        dir: S_IFDIR,
        file: S_IFREG,
        link: S_IFLNK,
      });
      assert.equal(entries.length, 3);
    },
  },
  {
    name: "readDir tells the inode numbers that stat tells",
    needs: ["ino"],
    async run(fs) {
      await furnish(fs);
      for (const entry of await fs.readDir("/d")) {
        assert.equal(entry.ino, (await fs.stat(`/d/${entry.name}`)).ino, entry.name);
      }
    },
  },
  {
    name: "readDir with attributes tells what stat tells",
    async run(fs) {
      await furnish(fs);
      for (const entry of await fs.readDir("/d", true)) {
        // Listing may move the atime of a directory, and nothing else.
        if (entry.info !== undefined && entry.name !== "dir") {
          assert.deepEqual(entry.info, await fs.stat(`/d/${entry.name}`));
        }
      }
    },
  },
  {
    name: "readDir of an empty directory is empty",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      assert.deepEqual(await fs.readDir("/d"), []);
    },
  },
  {
    name: "readDir of a file or a symbolic link fails with ENOTDIR",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/a");
      await fs.symlink("d", "/l");
      await fails("ENOTDIR", () => fs.readDir("/a"));
      await fails("ENOTDIR", () => fs.readDir("/l"));
      await fails("ENOTDIR", () => fs.readDir("/a/b"));
    },
  },
  {
    name: "readDir of a missing directory fails with ENOENT",
    async run(fs) {
      await fails("ENOENT", () => fs.readDir("/none"));
    },
  },
  {
    name: "readDir lists a thousand names once each",
    async run(fs) {
      const made = await fill(fs, 1000);
      assert.deepEqual(await names(fs, "/d"), made);
    },
  },
  {
    name: "readDir follows creations, renames and removals",
    async run(fs) {
      await fill(fs, 5);
      await fs.rename("/d/name0001", "/d/renamed");
      await fs.unlink("/d/name0002");
      await fs.mkdir("/d/name0002", 0o755);
      await fs.unlink("/d/name0004");
      assert.deepEqual(await names(fs, "/d"), ["name0000", "name0002", "name0003", "renamed"]);
    },
  },
  {
    name: "readDir of one directory shows nothing of those below or beside it",
    async run(fs) {
      await fs.mkdirAll("/d/e/f", 0o755);
      await fs.mkdir("/dd", 0o755);
      await put(fs, "/dd/x");
      assert.deepEqual(await names(fs, "/d"), ["e"]);
      assert.deepEqual(await names(fs), ["d", "dd"]);
    },
  },
  {
    name: "openDir of a file or a symbolic link fails with ENOTDIR, of nothing with ENOENT",
    async run(fs) {
      await put(fs, "/a");
      await fs.symlink("/", "/l");
      await fails("ENOTDIR", () => fs.openDir("/a"));
      await fails("ENOTDIR", () => fs.openDir("/l"));
      await fails("ENOENT", () => fs.openDir("/none"));
    },
  },
  {
    name: "openDir gives pages of any size that make the whole directory",
    async run(fs) {
      const made = await fill(fs, 50);
      await using(fs.openDir("/d"), async (directory) => {
        for (const limit of [1, 7, 50, 1000]) {
          const listed = (await readPages(directory, limit)).map((entry) => entry.name);
          assert.deepEqual(listed.sort(), made);
        }
      });
    },
  },
  {
    name: "openDir tells types and inode numbers in its pages",
    needs: ["ino"],
    async run(fs) {
      await furnish(fs);
      await using(fs.openDir("/d"), async (directory) => {
        for (const entry of await directory.readDir(0, 10)) {
          const info = await fs.stat(`/d/${entry.name}`);
          assert.deepEqual([entry.ino, entry.mode & S_IFMT], [info.ino, info.mode & S_IFMT]);
        }
      });
    },
  },
  {
    name: "openDir goes on from any cursor it gave",
    async run(fs) {
      await fill(fs, 20);
      await using(fs.openDir("/d"), async (directory) => {
        const all = await readPages(directory, 6);
        for (const [i, entry] of all.entries()) {
          assert.ok(entry.cursor > 0);
          const rest = await directory.readDir(entry.cursor, 100);
          assert.deepEqual(rest.map((it) => it.name), all.slice(i + 1).map((it) => it.name));
        }
      });
    },
  },
  {
    name: "openDir lists what stays exactly once while others are removed",
    needs: ["cursors"],
    async run(fs) {
      const made = await fill(fs, 60);
      await using(fs.openDir("/d"), async (directory) => {
        const first = await directory.readDir(0, 10);
        const gone = new Set(first.map((entry) => entry.name));
        for (const name of made.filter((_, i) => i % 3 === 0)) gone.add(name);
        for (const name of gone) await fs.unlink(`/d/${name}`);
        const rest = await readPages(directory, 7, first.at(-1)!.cursor);
        const listed = [...first, ...rest].map((entry) => entry.name);
        assert.equal(new Set(listed).size, listed.length);
        for (const name of made) if (!gone.has(name)) assert.ok(listed.includes(name), name);
      });
    },
  },
  {
    name: "openDir lists what stays exactly once while others are made",
    needs: ["cursors"],
    async run(fs) {
      const made = await fill(fs, 30);
      await using(fs.openDir("/d"), async (directory) => {
        const all: DirPageEntry[] = [];
        let cursor = 0;
        for (let i = 0; i < 15; i++) {
          const page = await directory.readDir(cursor, 3);
          if (page.length === 0) break;
          all.push(...page);
          cursor = page.at(-1)!.cursor;
          if (i < 5) { for (let n = 0; n < 10; n++) await put(fs, `/d/added${i}${n}`); }
        }
        all.push(...await readPages(directory, 50, cursor));
        const listed = all.map((entry) => entry.name);
        assert.equal(new Set(listed).size, listed.length);
        for (const name of made) assert.ok(listed.includes(name), name);
      });
    },
  },
  {
    name: "openDir starts over at cursor 0 and sees what is new",
    needs: ["cursors"],
    async run(fs) {
      await fill(fs, 3);
      await using(fs.openDir("/d"), async (directory) => {
        await readPages(directory, 2);
        await put(fs, "/d/new");
        await fs.unlink("/d/name0000");
        const listed = (await readPages(directory, 2)).map((entry) => entry.name);
        assert.deepEqual(listed.sort(), ["name0001", "name0002", "new"]);
      });
    },
  },
  {
    name: "openDir is no place for bytes",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      for (const opening of [fs.openDir("/d"), fs.open("/d", O_RDONLY)]) {
        await using(opening, async (directory) => {
          await fails("EISDIR", () => directory.readAt(new Uint8Array(8), 0));
          await fails("EBADF", () => directory.writeAt(bytes("x"), 0));
        });
      }
    },
  },
  {
    name: "openDir describes the directory",
    needs: ["handleStat", "ino"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await using(fs.openDir("/d"), async (directory) => {
        const info = await directory.stat();
        assert.equal(info.ino, (await fs.stat("/d")).ino);
        assert.equal(info.mode, S_IFDIR | 0o755);
      });
    },
  },
];
