/** Point 14. A hook's copy of the data is its own; so is the provider's. */
import { strict as assert } from "node:assert";
import { O_RDWR } from "../../../src/fs/mod.ts";
import { change, hook } from "../../../src/hooks/mod.ts";
import { bytes, readText, using } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const COPIES: readonly Row[] = point(14, (row) => {
  row(
    "nobody's bytes are changed by writing into somebody else's",
    "gives one copy to all hooks and the provider",
    async (maker) => {
      const kept: Uint8Array[] = [];
      const replacement = bytes("REPLACE");
      const { files, inner } = await behind(
        maker,
        hook({
          ops: ["write"],
          before: ({ data }) => {
            kept.push(data!);
            data!.fill(0x21);
          },
        }),
        hook({ ops: ["write"], before: ({ data }) => void kept.push(data!) }),
        hook({
          ops: ["write"],
          before: () => Promise.resolve(change({ data: replacement })),
        }),
        hook({
          ops: ["write"],
          before: async () => {
            await null;
            replacement.fill(0x3f);
          },
        }),
        hook({ ops: ["write"], after: ({ data }) => void kept.push(data!) }),
      );
      const original = bytes("content");
      await using(files.open("/w/a", O_RDWR), (handle) => handle.writeAt(original, 0));
      assert.equal(await readText(inner, "/w/a"), "REPLACE");
      assert.equal(new TextDecoder().decode(original), "content");
      const [first, second, last] = kept.map((data) => new TextDecoder().decode(data));
      assert.deepEqual([first, second, last], ["!!!!!!!", "content", "REPLACE"]);
    },
  );
});
