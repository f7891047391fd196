/** Point 9. A hook has a deadline: see also hooks_failures_test.ts. */
import { strict as assert } from "node:assert";
import { hook } from "../../../src/hooks/mod.ts";
import { outcome } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const DEADLINE: readonly Row[] = point(9, (row) => {
  row(
    "a policy that is late fails the one operation, with the errno that it chose",
    "waits for ever",
    async (maker) => {
      const { files, engine } = await behind(
        maker,
        hook({ ops: ["mkdir"], timeout: 5, before: () => new Promise<never>(() => {}) }),
        hook({
          ops: ["chmod"],
          timeout: 5,
          errno: "EAGAIN",
          before: () => new Promise<never>(() => {}),
        }),
      );
      // Whoever has no deadline is not waited for: this comes long after both.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const never = new Promise((resolve) => timer = setTimeout(resolve, 60_000, "never"));
      const [made, changed, info] = await Promise.all([
        Promise.race([never, outcome(() => files.mkdir("/w/x", 0o755))]),
        Promise.race([never, outcome(() => files.chmod("/w/a", 0o600))]),
        outcome(() => files.stat("/w/a")),
      ]);
      clearTimeout(timer);
      assert.equal(made, "EIO");
      assert.equal(changed, "EAGAIN");
      assert.equal((info as { size: number }).size, 7);
      assert.equal(engine.stats().timeouts, 2);
    },
  );
});
