import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { O_CREAT, O_WRONLY, RENAME_EXCHANGE } from "../src/fs/mod.ts";
import { type MemoryHandle, MemoryProvider } from "../src/providers/memory/mod.ts";
import { errnoOf } from "./_memory_kit.ts";

function filled(count: number): MemoryProvider {
  const files = new MemoryProvider();
  files.mkdir("/d", 0o755);
  for (let i = 0; i < count; i++) files.writeFile(`/d/${i}`, "");
  return files;
}

/** Lists all that is left, calling back between the pages. */
function listRest(handle: MemoryHandle, limit: number, between: (page: number) => void = () => {}) {
  const names: string[] = [];
  let cursor = 0;
  for (let page = 0;; page++) {
    const entries = handle.readDir(cursor, limit);
    if (entries.length === 0) return names;
    assert.ok(entries.length <= limit);
    for (const entry of entries) {
      assert.ok(entry.cursor > cursor);
      cursor = entry.cursor;
      names.push(entry.name);
    }
    between(page);
  }
}

test("readDir() by pages lists what stays exactly once, whatever else comes and goes", () => {
  const change = fc.record({
    do: fc.constantFrom("add" as const, "remove" as const, "rename" as const, "replace" as const),
    which: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(fc.array(change)), (limit, rounds) => {
      const files = filled(60);
      const handle = files.openDir("/d");
      // Even ones stay; odd ones are removed, renamed, and renamed over those that stay.
      const names = listRest(handle, limit, (page) => {
        for (const { do: what, which } of rounds[page % (rounds.length || 1)] ?? []) {
          const odd = `/d/${which | 1}`;
          if (what === "add") files.writeFile(`/d/new-${which}-${page % 3}`, "");
          else if (what === "remove") errnoOf(() => files.unlink(odd));
          else if (what === "rename") errnoOf(() => files.rename(odd, `/d/moved-${which}`));
          else errnoOf(() => files.rename(odd, `/d/${which & ~1}`));
        }
        assert.ok(page < 1000, "The listing does not end");
      });
      const stable = names.filter((name) => /^\d+$/.test(name) && Number(name) % 2 === 0);
      assert.deepEqual(stable.sort(), Array.from({ length: 30 }, (_, i) => `${i * 2}`).sort());
      handle.close();
    }),
    { numRuns: 200 },
  );
});

test("readDir() goes on from any cursor it ever gave, also backwards", () => {
  const files = filled(100);
  const handle = files.openDir("/d");
  const all = handle.readDir(0, Infinity);
  assert.deepEqual(handle.readDir(all[49]!.cursor, 1)[0]!.name, "50");
  assert.deepEqual(handle.readDir(all[9]!.cursor, 1)[0]!.name, "10");
  for (let i = 0; i < 90; i++) files.unlink(`/d/${i}`);
  assert.deepEqual(handle.readDir(all[9]!.cursor, 2).map((entry) => entry.name), ["90", "91"]);
  assert.deepEqual(handle.readDir(all[99]!.cursor, 2), []);
  files.writeFile("/d/later", "");
  assert.deepEqual(handle.readDir(all[99]!.cursor, 2).map((entry) => entry.name), ["later"]);
  handle.close();
});

test("readDir() and removal in turns empty a directory, as rm -rf does", () => {
  const files = filled(5000);
  const handle = files.openDir("/d");
  const names = listRest(handle, 64, () => {});
  assert.equal(new Set(names).size, 5000);
  for (let left = 5000; left > 0;) {
    const page = handle.readDir(0, 64);
    for (const { name } of page) files.unlink(`/d/${name}`);
    left -= page.length;
  }
  assert.deepEqual(handle.readDir(0, 64), []);
  files.rmdir("/d");
  assert.deepEqual(handle.readDir(0, 64), []);
  assert.equal(handle.stat().nlink, 0);
  handle.close();
});

test("readDir() with plus tells everything of each entry", () => {
  const files = filled(3);
  const handle = files.openDir("/d");
  for (const entries of [files.readDir("/d", true), handle.readDir(0, 9, true)]) {
    for (const { name, info } of entries) assert.deepEqual(info, files.stat(`/d/${name}`));
  }
  assert.ok(files.readDir("/d").every((entry) => entry.info === undefined));
  handle.close();
});

test("names are kept apart as texts: NFC and NFD, __proto__, newlines", () => {
  const files = new MemoryProvider();
  const names = ["\u00fc", "u\u0308", "__proto__", "constructor", "a\nb", "-rf", "\\", "x:y", " "];
  for (const name of names) files.writeFile(`/${name}`, name);
  assert.deepEqual(files.readDir("/").map((entry) => entry.name), names);
  for (const name of names) {
    assert.equal(new TextDecoder().decode(files.readFile(`/${name}`)), name);
  }
});

test("removeAll() and lookups stand a tree 20,000 directories deep", () => {
  const files = new MemoryProvider();
  // Moving the tree below a new directory again and again keeps each path short.
  files.mkdir("/top", 0o755);
  for (let i = 0; i < 20_000; i++) {
    files.mkdir("/next", 0o755);
    files.rename("/top", "/next/top");
    files.rename("/next", "/top");
  }
  assert.equal(files.lookup("/top" + "/top".repeat(20_000))?.nlink, 2);
  assert.equal(files.statfs("/").ffree, 2 ** 20 - 20_002);
  files.removeAll("/top");
  assert.equal(files.statfs("/").ffree, 2 ** 20 - 1);
});

test("removeAll() of the root empties it, and of what is missing does nothing", () => {
  const files = MemoryProvider.from({ a: { b: { c: "x" } }, f: "y" });
  files.removeAll("/none/deeper");
  files.removeAll("/");
  assert.deepEqual(files.readDir("/"), []);
  assert.equal(files.stat("/").nlink, 2);
  assert.equal(errnoOf(() => files.rmdir("/")), "EBUSY");
});

test("an open file in a directory that is removed lives on", () => {
  const files = MemoryProvider.from({ a: { b: { f: "content" } } });
  const handle = files.open("/a/b/f", O_WRONLY | O_CREAT);
  const directory = files.openDir("/a/b");
  files.removeAll("/a");
  assert.deepEqual([handle.stat().size, handle.stat().nlink], [7, 0]);
  assert.equal(handle.writeAt(new Uint8Array(3), 7), 3);
  assert.deepEqual(directory.readDir(0, 10), []);
  handle.close();
  directory.close();
});

test("inode numbers stay with their files and are not given twice", () => {
  const files = MemoryProvider.from({ a: "x", d: {} });
  const { ino } = files.stat("/a");
  files.rename("/a", "/d/b");
  files.link("/d/b", "/c");
  assert.equal(files.stat("/d/b").ino, ino);
  assert.equal(files.stat("/c").ino, ino);
  assert.equal(files.stat("/c").nlink, 2);
  files.unlink("/c");
  files.unlink("/d/b");
  files.writeFile("/a", "");
  assert.ok(files.stat("/a").ino > ino);
});

test("a path stands for what has it now, whatever had it before", () => {
  const files = new MemoryProvider();
  // Ends that are alike, and lengths too: what is remembered of one must not be told of another.
  const directories = ["/a", "/b", "/c"];
  for (const directory of directories) {
    files.mkdir(directory, 0o755);
    files.writeFile(`${directory}/a-long-name`, directory);
  }
  const content = (path: string) => new TextDecoder().decode(files.readFile(path));
  const contents = () => directories.map((directory) => content(`${directory}/a-long-name`));
  assert.deepEqual(contents(), ["/a", "/b", "/c"]);

  files.rename("/a", "/d");
  assert.equal(errnoOf(() => files.stat("/a/a-long-name")), "ENOENT");
  files.rename("/b", "/c", RENAME_EXCHANGE);
  files.rename("/d", "/a");
  assert.deepEqual(contents(), ["/a", "/c", "/b"]);

  files.rename("/b/a-long-name", "/a/a-long-name");
  assert.equal(content("/a/a-long-name"), "/c");
  assert.equal(files.lookup("/b/a-long-name"), undefined);
  files.writeFile("/b/a-long-name", "new");
  assert.deepEqual(contents(), ["/c", "new", "/b"]);

  files.removeAll("/c");
  assert.equal(errnoOf(() => files.open("/c/a-long-name", O_CREAT | O_WRONLY)), "ENOENT");
  files.writeFile("/c", "");
  assert.equal(errnoOf(() => files.stat("/c/a-long-name")), "ENOTDIR");
});

test("each of many paths stands for its own file, before and after directories change places", () => {
  const files = new MemoryProvider();
  const [left, right] = ["/left", "/right"];
  const inos = new Map<string, bigint>();
  for (const directory of [left, right]) {
    files.mkdir(directory, 0o755);
    for (let i = 0; i < 5000; i++) {
      const path = `${directory}/name-${i}`;
      files.writeFile(path, "");
      inos.set(path, files.stat(path).ino);
    }
  }
  assert.equal(new Set(inos.values()).size, 10_000);
  for (const [path, ino] of inos) assert.equal(files.stat(path).ino, ino, path);
  files.rename(left, right, RENAME_EXCHANGE);
  for (const [path, ino] of inos) {
    const [from, to] = path.startsWith(left) ? [left, right] : [right, left];
    assert.equal(files.stat(path.replace(from, to)).ino, ino, path);
  }
});
