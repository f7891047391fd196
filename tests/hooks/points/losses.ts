/** Point 7. No silent loss: see also hooks_events_test.ts. */
import { strict as assert } from "node:assert";
import { hook } from "../../../src/hooks/mod.ts";
import { MemoryProvider } from "../../../src/providers/mod.ts";
import { behind, point, type Row } from "./_row.ts";

export const LOSSES: readonly Row[] = point(7, (row) => {
  row(
    "of 1000 calls at once each is made, or recorded as lost",
    "makes 129 of them, and says nothing of the others",
    async (maker) => {
      let made = 0;
      const { files, engine } = await behind(
        maker,
        hook({ ops: ["stat"], async: true, after: () => void made++ }),
      );
      let recorded = 0;
      const events = engine.events({ limit: 10_000 });
      const reader = (async () => {
        for await (const record of events) {
          if (record.type === "loss") recorded += record.count;
        }
      })();
      for (let i = 0; i < 1000; i++) files.lookup("/w/a");
      await engine.wait();
      await engine.close();
      await reader;
      assert.equal(made + recorded, 1000);
    },
  );

  row("with overflow wait none of 1000 calls is lost", "never waits", async (maker) => {
    let made = 0;
    const engine = maker.engine(
      [hook({ ops: ["stat"], async: true, after: () => void made++ })],
      { queueLimit: 128, overflow: "wait" },
    );
    const files = maker.provider(new MemoryProvider(), engine);
    await Promise.all(Array.from({ length: 1000 }, () => files.lookup("/missing")));
    await engine.wait();
    assert.equal(made, 1000);
  });
});
