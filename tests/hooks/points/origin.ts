/** Point 8. Suppression is by origin. */
import { strict as assert } from "node:assert";
import { O_CREAT, O_WRONLY } from "../../../src/fs/mod.ts";
import { hook } from "../../../src/hooks/mod.ts";
import { MemoryProvider } from "../../../src/providers/mod.ts";
import { names, outcome, readText, writeText } from "../kit.ts";
import { behind, GUEST, point, type Row } from "./_row.ts";

export const ORIGIN: readonly Row[] = point(8, (row) => {
  for (const async of [true, false]) {
    row(
      `only what a hook causes is suppressed for ${async ? "a" : ""}synchronous side effects`,
      async ? undefined : "sets no flag for hooks that are not asynchronous",
      async (maker) => {
        const seen: string[] = [];
        const { files, engine } = await behind(
          maker,
          hook({
            ops: ["write"],
            async,
            sideEffect: true,
            after: async ({ path }, _, { fs }) => {
              seen.push(path);
              await writeText(fs, "/w/log", "hook");
            },
          }),
        );
        const write = (path: string) => writeText(files, path, "x", O_WRONLY | O_CREAT, GUEST);
        // The guest's own operations happen while side effects are under way.
        await Promise.all([write("/w/1"), write("/w/2"), write("/w/3")]);
        await engine.wait();
        assert.deepEqual(seen.toSorted(), ["/w/1", "/w/2", "/w/3"]);
        assert.equal(await readText(files, "/w/log"), "hook");
      },
    );
  }

  row(
    "what a guest does while a hook is at work is told of",
    "has one flag for everybody",
    async (maker) => {
      const seen: string[] = [];
      const atWork = Promise.withResolvers<void>();
      const guestIsDone = Promise.withResolvers<void>();
      const { files, engine } = await behind(
        maker,
        hook({
          ops: ["mkdir"],
          async: true,
          sideEffect: true,
          after: async ({ path }) => {
            seen.push(path);
            atWork.resolve();
            await guestIsDone.promise;
          },
        }),
      );
      await files.mkdir("/w/1", 0o755, GUEST);
      await atWork.promise;
      await files.mkdir("/w/2", 0o755, GUEST);
      guestIsDone.resolve();
      await engine.wait();
      assert.deepEqual(seen, ["/w/1", "/w/2"]);
    },
  );

  row(
    "what a hook does at once is its own, also without its tools",
    "sets no flag for hooks that are not asynchronous",
    async (maker) => {
      let calls = 0;
      const { files } = await behind(
        maker,
        hook({
          ops: ["mkdir"],
          sideEffect: true,
          after: () => {
            calls++;
            files.mkdir(`/w/${calls}`, 0o755);
          },
        }),
      );
      files.mkdir("/w/x", 0o755);
      assert.equal(calls, 1);
    },
  );

  row(
    "hooks in hooks end at a depth, with an errno",
    "goes on until the stack is full",
    async (maker) => {
      const depths: unknown[] = [];
      const inner = new MemoryProvider();
      const engine = maker.engine([hook({
        ops: ["mkdir"],
        before: async ({ path }, { fs }) => {
          depths.push(await outcome(() => fs.mkdir(`${path}x`, 0o755)));
        },
      })], { maxDepth: 4 });
      const files = maker.provider(inner, engine);
      await files.mkdir("/a", 0o755);
      assert.deepEqual(depths, ["EDEADLK", undefined, undefined, undefined, undefined]);
      assert.deepEqual(await names(inner, "/"), ["a", "ax", "axx", "axxx", "axxxx"]);
    },
  );
});
