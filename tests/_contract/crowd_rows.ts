import assert from "node:assert/strict";
import { O_CREAT, O_EXCL, O_RDWR, VfsError } from "../../src/fs/mod.ts";
import { bytes, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** Several operations in flight at a time. */
export const crowdRows: readonly Row[] = [
  {
    name: "at once: fifty files are made, each with its own content",
    async run(fs) {
      const all = Array.from({ length: 50 }, (_, i) => `/${i}`);
      await Promise.all(all.map((path) => put(fs, path, path)));
      const contents = await Promise.all(all.map((path) => get(fs, path)));
      assert.deepEqual(contents, all);
    },
  },
  {
    name: "at once: of ten who make one file with O_EXCL one succeeds",
    async run(fs) {
      const codes = await Promise.all(Array.from({ length: 10 }, async () => {
        try {
          await (await fs.open("/a", O_RDWR | O_CREAT | O_EXCL, 0o644)).close();
          return "made";
        } catch (error) {
          return error instanceof VfsError ? error.code : String(error);
        }
      }));
      assert.deepEqual(codes.sort(), [...Array(9).fill("EEXIST"), "made"]);
    },
  },
  {
    name: "at once: of ten who make one directory one succeeds",
    async run(fs) {
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, async () => await fs.mkdir("/d", 0o755)),
      );
      assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
    },
  },
  {
    name: "at once: writers to different places of one file do not disturb each other",
    async run(fs) {
      const file = await fs.open("/a", O_RDWR | O_CREAT, 0o644);
      try {
        const letters = [..."abcdefghijklmnopqrstuvwxyz"];
        await Promise.all(
          letters.map(async (letter, i) => await file.writeAt(bytes(letter.repeat(10)), i * 10)),
        );
        assert.equal(await get(fs, "/a"), letters.map((letter) => letter.repeat(10)).join(""));
      } finally {
        await file.close();
      }
    },
  },
  {
    name: "at once: renames that cross leave one file under each name",
    async run(fs) {
      await put(fs, "/a", "one");
      await put(fs, "/b", "two");
      await Promise.allSettled([
        (async () => await fs.rename("/a", "/c"))(),
        (async () => await fs.rename("/b", "/a"))(),
        (async () => await fs.rename("/c", "/d"))(),
      ]);
      const left = await names(fs);
      const contents = await Promise.all(left.map((name) => get(fs, `/${name}`)));
      assert.deepEqual(new Set(contents).size, contents.length);
    },
  },
];
