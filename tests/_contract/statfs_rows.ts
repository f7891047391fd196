import assert from "node:assert/strict";
import { fails, put } from "./kit.ts";
import type { Row } from "./row.ts";

export const statfsRows: readonly Row[] = [
  {
    name: "statfs tells numbers that fit together",
    needs: ["statfs"],
    async run(fs) {
      const info = await fs.statfs("/");
      assert.ok(info.bsize >= 512 && info.blocks >= info.bfree && info.bfree >= info.bavail);
      assert.ok(info.files >= info.ffree && info.ffree >= 0 && info.bavail >= 0);
      for (const value of Object.values(info)) {
        assert.ok(typeof value === "boolean" || Number.isSafeInteger(value), String(value));
      }
    },
  },
  {
    name: "statfs tells the longest name, and that the tree can be changed",
    needs: ["statfs"],
    async run(fs) {
      const info = await fs.statfs("/");
      assert.equal(info.namelen, 255);
      assert.equal(info.readonly, false);
      assert.equal(fs.readonly, false);
    },
  },
  {
    name: "statfs answers for any path in the tree, and ENOENT for a missing one",
    needs: ["statfs"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a");
      await fs.symlink("nowhere", "/l");
      for (const path of ["/d", "/d/a", "/l"]) {
        assert.equal((await fs.statfs(path)).bsize, (await fs.statfs("/")).bsize);
      }
      await fails("ENOENT", () => fs.statfs("/none"));
      await fails("ENOTDIR", () => fs.statfs("/d/a/b"));
    },
  },
];
