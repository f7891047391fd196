/** Point 13. Close cannot be blocked. */
import { strict as assert } from "node:assert";
import { O_RDWR, VfsError } from "../../../src/fs/mod.ts";
import { block, deny, hook } from "../../../src/hooks/mod.ts";
import { outcome } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const CLOSE: readonly Row[] = point(13, (row) => {
  row(
    "a close closes, whatever a hook says, throws or does not answer",
    "leaves the file open for ever",
    async (maker) => {
      const refuse = () => block("EPERM") as never;
      const { files, engine, inner } = await behind(
        maker,
        hook({ ops: ["close"], before: refuse }),
        hook({
          ops: ["close"],
          before: () => {
            throw new VfsError("EPERM");
          },
        }),
        hook({ ops: ["close"], timeout: 5, before: () => new Promise<never>(() => {}) }),
        { pathPattern: "/w/a", ops: ["close"], action: "allow" },
        deny("/w/dir"),
      );
      const handle = await files.open("/w/a", O_RDWR);
      await files.rename("/w/a", "/w/b");
      await handle.close();
      assert.equal(await outcome(() => handle.readAt(new Uint8Array(1), 0)), "EBADF");
      assert.ok(engine.stats().failures >= 2);
      await inner.unlink("/w/b");
    },
  );
});
