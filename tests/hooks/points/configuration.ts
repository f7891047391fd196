/** Point 4. Configuration fails closed. */
import { strict as assert } from "node:assert";
import { HookRuleError, type HookSource } from "../../../src/hooks/mod.ts";
import { outcome, readText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const CONFIGURATION: readonly Row[] = point(4, (row) => {
  const WRONG: readonly (readonly [field: string, rule: object])[] = [
    ["ops", { ops: ["wirte"], action: "block" }],
    ["ops", { ops: [], action: "block" }],
    ["ops", { ops: "write", action: "block" }],
    ["action", { ops: ["write"], action: "blok" }],
    ["action", { ops: ["write"] }],
    ["action", { action: "exec_after" }],
    ["phase", { phase: "beforre", action: "block" }],
    ["pathPattern", { pathPattern: "/w/[a", action: "block" }],
    ["pathPattern", { pathPattern: [], action: "block" }],
    ["pathPattern", { pathPattern: ["/ok", "/w/a**"], action: "allow" }],
    ["action", { phase: "after", action: "block" }],
    ["hook", { phase: "after" }],
    ["ops", { ops: ["close"], action: "block" }],
    ["errno", { action: "block", errno: "EOOPS" }],
    ["errno", { action: "allow", errno: "EPERM" }],
    ["delay", { action: "delay" }],
    ["delay", { action: "delay", delay: -1 }],
    ["mutateWrite", { action: "mutate_write" }],
    ["mutateWrite", { action: "block", mutateWrite: "x" }],
    ["ops", { action: "mutate_write", mutateWrite: "x", ops: ["read"] }],
    ["sideEffect", { action: "block", sideEffect: true }],
    ["pathPatern", { action: "block", pathPatern: "/w" }],
  ];

  row(
    "a rule that cannot be used is an error that names it and the field",
    "drops a rule with an unknown action or a bad glob, and takes an unknown operation as it is",
    (maker) => {
      for (const [field, rule] of WRONG) {
        const rules = [{ action: "allow" }, { name: "the wrong one", ...rule }] as HookSource[];
        assert.throws(
          () => maker.engine(rules),
          (error) =>
            error instanceof HookRuleError && error.rule === "the wrong one" &&
            error.field === field,
          JSON.stringify(rule),
        );
      }
    },
  );

  row(
    "an engine that cannot be changed as it should stays as it was",
    "checks nothing, before or later",
    async (maker) => {
      const { files, engine } = await behind(maker, { pathPattern: "/w/a", action: "block" });
      assert.throws(() =>
        engine.add({ action: "allow" }, { ops: ["nope"] } as unknown as HookSource)
      );
      assert.equal(engine.size, 1);
      assert.equal(await outcome(() => readText(files, "/w/a")), "EPERM");
    },
  );
});
