/** Point 15. No price for what is not used: bench/hooks.ts measures it. */
import { strict as assert } from "node:assert";
import { O_RDWR } from "../../../src/fs/mod.ts";
import { hook } from "../../../src/hooks/mod.ts";
import type { MemoryHandle, MemoryProvider } from "../../../src/providers/mod.ts";
import { bytes, using } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

/** What is called of an open file. */
function spyOn(inner: MemoryProvider, calls: unknown[]): void {
  const open = inner.open.bind(inner);
  inner.open = (...values) =>
    new Proxy(open(...values) as MemoryHandle, {
      get(handle, name) {
        const member: unknown = Reflect.get(handle, name, handle);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => {
          calls.push(name, ...values.filter((value) => value instanceof Uint8Array));
          return member.apply(handle, values);
        };
      },
    });
}

export const PRICE: readonly Row[] = point(15, (row) => {
  row(
    "an operation that no rule is about is the provider's own answer, at once",
    "makes a request of everything, for a list of hooks to be gone through",
    async (maker) => {
      const { files, inner, engine } = await behind(maker, { ops: ["unlink"], action: "block" }, {
        pathPattern: "/elsewhere/**",
        action: "block",
      }, hook({ ops: ["mkdir"], before: () => {} }));
      const info = inner.stat("/w/a");
      assert.deepEqual(files.stat("/w/a"), info);
      assert.equal(files.mkdir("/w/now", 0o755), undefined);
      const handle = files.open("/w/a", O_RDWR);
      assert.ok(!(handle instanceof Promise));
      assert.equal(engine.stats().operations, 1);
    },
  );

  row(
    "a write that no rule is about is one call of the provider, with the guest's own bytes",
    "describes the file before and after every write, and copies what is written",
    async (maker) => {
      const { files, inner } = await behind(
        maker,
        { ops: ["write"], pathPattern: "/elsewhere/**", action: "block" },
        hook({ ops: ["write"], pathPattern: "/elsewhere/**", after: () => {} }),
      );
      const calls: unknown[] = [];
      spyOn(inner, calls);
      const data = bytes("x");
      await using(files.open("/w/a", O_RDWR), async (handle) => {
        // The first time its other names are looked for.
        await handle.writeAt(data, 0);
        calls.splice(0);
        await handle.writeAt(data, 1);
        assert.deepEqual(calls, ["writeAt", data]);
        assert.equal(calls[1], data);
      });
    },
  );
});
