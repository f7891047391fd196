/** Point 12. Identity is the caller's. */
import { strict as assert } from "node:assert";
import { O_APPEND, O_WRONLY } from "../../../src/fs/mod.ts";
import { hook } from "../../../src/hooks/mod.ts";
import { writeText } from "../kit.ts";
import { behind, GUEST, point, type Row } from "./_row.ts";

export const CALLERS: readonly Row[] = point(12, (row) => {
  row(
    "a request has the caller's ids, the result has the owner's",
    "gives the file's owner for the caller of a write",
    async (maker) => {
      const seen: unknown[] = [];
      const { files, inner } = await behind(
        maker,
        hook({ ops: ["write"], before: ({ uid, gid, pid }) => void seen.push([uid, gid, pid]) }),
        hook({
          ops: ["write"],
          after: ({ uid }, { meta, bytes }) =>
            void seen.push([uid, meta?.uid, meta?.gid, meta?.size, bytes]),
        }),
      );
      inner.chown("/w/a", 5, 6);
      await writeText(files, "/w/a", "x", O_WRONLY | O_APPEND, { ...GUEST, uid: 0 });
      assert.deepEqual(seen, [[0, 100, 42], [0, 5, 6, 8, 1]]);
    },
  );
});
