/** Point 6. A blocked operation is an event too. */
import { strict as assert } from "node:assert";
import { O_CREAT, O_RDWR, O_WRONLY } from "../../../src/fs/mod.ts";
import { change, hook, type HookRequest, type HookResult } from "../../../src/hooks/mod.ts";
import { bytes, outcome, using } from "../kit.ts";
import { behind, GUEST, point, record, type Row } from "./_row.ts";

export const EVENTS: readonly Row[] = point(6, (row) => {
  row(
    "every event says what, by whom, how it ended and how long it took",
    "makes no event of what is blocked, and says not how it ended",
    async (maker) => {
      const { files, engine } = await behind(maker, {
        name: "no-b",
        pathPattern: "/w/b",
        action: "block",
        errno: "EACCES",
      }, hook({ name: "masked", ops: ["mkdir"], before: () => change({ mode: 0o700 }) }));
      const recorded = record(engine);
      await outcome(() => files.open("/w/b", O_WRONLY | O_CREAT, 0o644, GUEST));
      await files.mkdir("/w/new", 0o777, GUEST);
      await outcome(() => files.readlink("/w/missing", GUEST));
      await using(
        files.open("/w/a", O_RDWR, 0, GUEST),
        (handle) => handle.writeAt(bytes("xyz"), 0, GUEST),
      );
      await files.rename("/w/a", "/w/c", 0, GUEST);
      files.lookup("/w/missing", GUEST);
      await engine.close();
      const events = await recorded;
      assert.deepEqual(
        events.map(({ seq, op, path, newPath, outcome, errno, rule, bytes }) =>
          [seq, op, path, newPath, outcome, errno, rule, bytes] as const
        ),
        [
          [1, "create", "/w/b", undefined, "blocked", "EACCES", "no-b", 0],
          [2, "mkdir", "/w/new", undefined, "mutated", undefined, "masked", 0],
          [3, "readlink", "/w/missing", undefined, "failed", "ENOENT", undefined, 0],
          [4, "open", "/w/a", undefined, "allowed", undefined, undefined, 0],
          [5, "write", "/w/a", undefined, "allowed", undefined, undefined, 3],
          [6, "close", "/w/a", undefined, "allowed", undefined, undefined, 0],
          [7, "rename", "/w/a", "/w/c", "allowed", undefined, undefined, 0],
          [8, "stat", "/w/missing", undefined, "failed", "ENOENT", undefined, 0],
        ],
      );
      for (const { uid, gid, pid, origin, duration, time, op } of events) {
        assert.ok(duration >= 0 && time > 1_600_000_000_000);
        // A handle's close was not given the context of its opener.
        if (op !== "close") assert.deepEqual([uid, gid, pid, origin], [1000, 100, 42, "wire:7"]);
      }
    },
  );

  row(
    "an after-hook is told of blocked operations if it wants to be",
    "ends with the first hook that blocks",
    async (maker) => {
      const told: string[] = [];
      const tell = (label: string) => (request: HookRequest, result: HookResult) => {
        told.push(`${label} ${request.op} ${result.outcome} ${result.err?.code} ${result.rule}`);
      };
      const { files } = await behind(
        maker,
        { name: "no", ops: ["mkdir"], action: "block" },
        hook({ ops: ["mkdir", "unlink"], blocked: true, after: tell("all") }),
        hook({ ops: ["mkdir", "unlink"], after: tell("done") }),
      );
      await outcome(() => files.mkdir("/w/x", 0o755));
      await outcome(() => files.unlink("/w/missing"));
      assert.deepEqual(told, [
        "all mkdir blocked EPERM no",
        "all unlink failed ENOENT undefined",
        "done unlink failed ENOENT undefined",
      ]);
    },
  );
});
