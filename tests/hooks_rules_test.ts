/** Rules as a configuration has them. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  type Hook,
  hook,
  HookEngine,
  HookMatcherFunc,
  HookRuleError,
  type HookSource,
  InterceptProvider,
  isHookOp,
  OpPathMatcher,
  parseRules,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { outcome } from "./hooks/kit.ts";

test("parseRules() gives back what JSON says, and it works", async () => {
  const text = `[
    { "name": "example", "pathPattern": "/w/.env.example", "action": "allow" },
    { "pathPattern": ["/w/.env*", "/w/**/*.pem"], "action": "hide" },
    { "ops": ["mkdir", "rmdir"], "action": "block", "errno": "EACCES" },
    { "phase": "before", "ops": ["unlink"], "action": "delay", "delay": 1, "timeout": 100 },
    { "ops": ["write"], "pathPattern": "/w/v", "action": "mutate_write", "mutateWrite": "1" }
  ]`;
  const rules = parseRules(JSON.parse(text));
  assert.deepEqual(rules, JSON.parse(text));
  const files = new InterceptProvider(new MemoryProvider(), new HookEngine(rules));
  assert.equal(await outcome(() => files.mkdir("/w", 0o755)), "EACCES");
});

test("parseRules() names the rule and the field of what it refuses", () => {
  for (
    const [rules, rule, field] of [
      [{}, "rules", "the list"],
      [[5], "rule 1", "the rule"],
      [[null], "rule 1", "the rule"],
      [[{ action: "allow" }, { action: "alow" }], "rule 2", "action"],
      [[{ name: "n", action: "block", errno: 13 }], "n", "errno"],
      [[{ name: "n", action: "block", pathPattern: "/a[" }], "n", "pathPattern"],
      [[{ name: "n", action: "block", pathPattern: [5] }], "n", "pathPattern"],
      [[{ name: "", action: "block" }], "rule 1", "name"],
      [[{ action: "block", ops: ["write", "Write"] }], "rule 1", "ops"],
      [[{ action: "block", openHandles: "no" }], "rule 1", "openHandles"],
      [[{ action: "block", timeout: 0 }], "rule 1", "timeout"],
      [[{ action: "block", comment: "why" }], "rule 1", "comment"],
      [[{ phase: "after", hook: () => {} }], "rule 1", "hook"],
      [[{ actionFunc: () => "allow" }], "rule 1", "actionFunc"],
    ] as const
  ) {
    assert.throws(
      () => parseRules(rules),
      (error) => error instanceof HookRuleError && error.rule === rule && error.field === field,
      JSON.stringify(rules),
    );
  }
});

test("parseRules() refuses or accepts any value, and never anything else", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record({
      name: fc.oneof(fc.string(), fc.integer()),
      ops: fc.array(fc.oneof(fc.constantFrom("write", "read", "close"), fc.string())),
      action: fc.oneof(fc.constantFrom("allow", "block", "hide", "delay"), fc.string()),
      pathPattern: fc.oneof(fc.constantFrom("/w/**", "/[", "**"), fc.string()),
      delay: fc.oneof(fc.nat(), fc.string()),
    }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3 }), (rules) => {
      let parsed;
      try {
        parsed = parseRules(rules);
      } catch (error) {
        assert.ok(error instanceof HookRuleError, String(error));
        return;
      }
      // What was accepted can be used.
      assert.equal(new HookEngine(parsed).size, rules.length);
    }),
    { numRuns: 2000 },
  );
});

test("HookEngine() refuses hooks that cannot mean anything", () => {
  const before = () => {};
  for (
    const [spec, field] of [
      [{}, "before"],
      [{ before, after: before }, "after"],
      [{ phase: "after", before }, "phase"],
      [{ before, async: true }, "async"],
      [{ before, sideEffect: true }, "sideEffect"],
      [{ before, blocked: true }, "blocked"],
      [{ before: 5 }, "before"],
      [{ before, matcher: {} }, "matcher"],
      [{ before, action: "block" }, "action"],
      [{ before, pathPattern: "" }, "pathPattern"],
    ] as const
  ) {
    assert.throws(
      () => new HookEngine([hook(spec as unknown as Hook)]),
      (error) => error instanceof HookRuleError && error.field === field,
      JSON.stringify(spec),
    );
  }
  for (const source of [null, 5, "deny", undefined]) {
    assert.throws(() => new HookEngine([source as unknown as HookSource]), HookRuleError);
  }
  assert.throws(() => new HookEngine([], { timeout: 0 }), RangeError);
  assert.throws(() => new HookEngine([], { queueLimit: 1.5 }), RangeError);
});

test("rules from functions: actionFunc decides, hook is told", async () => {
  const told: string[] = [];
  const engine = new HookEngine([
    {
      ops: ["mkdir"],
      actionFunc: ({ path }) => path.endsWith("no") ? "block" : undefined,
    },
    { ops: ["mkdir"], pathPattern: "/hidden", actionFunc: () => Promise.resolve("hide") },
    { ops: ["mkdir"], pathPattern: "/odd", actionFunc: () => "perhaps" as "allow" },
    {
      phase: "after",
      ops: ["mkdir"],
      hook: ({ path }, { meta }) => void told.push(`${path} ${meta?.mode.toString(8)}`),
    },
  ]);
  const files = new InterceptProvider(new MemoryProvider(), engine);
  assert.equal(await outcome(() => files.mkdir("/no", 0o755)), "EPERM");
  assert.equal(await outcome(() => files.mkdir("/hidden", 0o755)), "EACCES");
  assert.equal(await outcome(() => files.mkdir("/odd", 0o755)), "EIO");
  await files.mkdir("/yes", 0o755);
  assert.deepEqual(told, ["/yes 40755"]);
});

test("OpPathMatcher and HookMatcherFunc choose what a hook is for", async () => {
  const seen: string[] = [];
  const note = (label: string) => ({ op, path }: { op: string; path: string }) => {
    seen.push(`${label} ${op} ${path}`);
  };
  const files = new InterceptProvider(
    new MemoryProvider(),
    new HookEngine([
      hook({
        matcher: new OpPathMatcher({ ops: ["mkdir"], pathPattern: "/a*" }),
        before: note("both"),
      }),
      hook({ matcher: new OpPathMatcher({ ops: ["rename"] }), before: note("op") }),
      hook({ matcher: new HookMatcherFunc(({ op }) => op === "rmdir"), after: note("function") }),
    ]),
  );
  await files.mkdir("/a", 0o755);
  await files.mkdir("/b", 0o755);
  await files.rename("/b", "/c");
  await files.rmdir("/c");
  assert.deepEqual(seen, ["both mkdir /a", "op rename /b", "function rmdir /c"]);
  const matcher = new OpPathMatcher({ ops: ["rename"], pathPattern: "/x/**" });
  const request = { op: "rename", path: "/a", newPath: "/x/b" } as Parameters<
    typeof matcher.match
  >[0];
  assert.equal(matcher.match(request), true);
  assert.equal(matcher.match({ ...request, op: "link" }), false);
  assert.equal(matcher.match({ ...request, newPath: "/y" }), false);
});

test("isHookOp() knows the operations of the reference and the new ones", () => {
  const reference =
    "stat readdir open create mkdir chmod remove remove_all rename symlink readlink " +
    "read write close sync truncate";
  const more = "unlink rmdir link mknod chown utimes statfs getxattr setxattr listxattr " +
    "removexattr allocate copy lock";
  for (const op of `${reference} ${more}`.split(" ")) assert.ok(isHookOp(op), op);
  assert.ok(!isHookOp("exec"));
});
