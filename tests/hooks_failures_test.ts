/** Hooks that throw, hang, call themselves, meddle and answer nonsense harm their operation alone. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { HOST_CONTEXT, O_RDWR, VfsError } from "../src/fs/mod.ts";
import {
  allow,
  answer,
  approve,
  block,
  change,
  type CheckedHook,
  type Decision,
  delay,
  hook,
  HookEngine,
  type HookOp,
  type HookRequest,
  InterceptProvider,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { bytes, outcome, readText, using, writeText } from "./hooks/kit.ts";

/** A tree behind a hook on `unlink` and `write` of `/bad`; all else is none of its business. */
async function behind(...hooks: CheckedHook[]) {
  const inner = new MemoryProvider();
  await writeText(inner, "/bad", "content");
  await writeText(inner, "/good", "content");
  const errors: string[] = [];
  const engine = new HookEngine(hooks, {
    timeout: 10,
    onError: (error, hook) => void errors.push(`${hook}: ${error}`),
  });
  return { inner, engine, errors, files: new InterceptProvider(inner, engine) };
}

function policy(before: (request: HookRequest) => unknown, op: HookOp = "unlink"): CheckedHook {
  return hook({
    name: "it",
    ops: [op],
    pathPattern: "/bad",
    before: before as (request: HookRequest) => Decision<HookOp>,
  });
}

const hostile = {
  get kind(): string {
    throw new Error("a getter");
  },
};

// Cases 108, 109 and 113 of the fault list, and what an engine must not take for a decision.
const FAILING: Readonly<Record<string, () => unknown>> = {
  "throws": () => {
    throw new Error("oops");
  },
  "throws no error": () => {
    throw null;
  },
  "throws something hostile": () => {
    throw new Proxy({}, {
      get: () => {
        throw new Error("a trap");
      },
    });
  },
  "rejects": () => Promise.reject(new Error("oops")),
  "rejects with nothing": () => Promise.reject(),
  "never answers": () => new Promise(() => {}),
  "answers after its time": () => new Promise((resolve) => setTimeout(resolve, 30, allow())),
  "rejects after its time": () =>
    new Promise((_, reject) => setTimeout(reject, 30, new Error("late"))),
  "has a then that throws": () => ({
    then: () => {
      throw new Error("then");
    },
  }),
  "says null": () => null,
  "says true": () => true,
  "says a number": () => 5,
  "says a text": () => "allow",
  "says an empty object": () => ({}),
  "says an unknown kind": () => ({ kind: "alow" }),
  "says something hostile": () => hostile,
  "blocks with no errno": () => ({ kind: "block", errno: "EWHATEVER" }),
  "blocks with a number": () => ({ kind: "block", errno: 1 }),
  "delays for no time": () => delay(NaN),
  "delays backwards": () => delay(-1),
  "delays forever": () => delay(Infinity),
  "answers with a result where there is none": () => answer(5),
  "changes a field that there is not": () => change({ data: bytes("x") }),
  "changes a path to nothing": () => change({ path: "" }),
  "changes a path to no text": () => change({ path: 5 }),
  "changes a path to something with NUL": () => change({ path: "/a\0b" }),
  "changes nothing at all": () => ({ kind: "change", fields: null }),
};

for (const [label, before] of Object.entries(FAILING)) {
  test(`a policy that ${label} fails its own operation`, async () => {
    const { files, inner, engine } = await behind(policy(before));
    const [bad, good] = await Promise.all([
      outcome(() => files.unlink("/bad")),
      outcome(() => readText(files, "/good")),
    ]);
    assert.ok(bad === "EIO" || (bad === "ENOENT" || bad === "EINVAL"), String(bad));
    assert.equal(good, "content");
    assert.equal(await readText(inner, "/bad"), "content");
    assert.ok(engine.stats().failures === 1 || bad !== "EIO");
    // Whatever comes late goes nowhere, and is no unhandled rejection.
    if (label.includes("time")) await new Promise((resolve) => setTimeout(resolve, 40));
  });

  test(`an after-hook that ${label} changes nothing`, async () => {
    const { files, inner, errors } = await behind(
      hook({ ops: ["unlink"], after: before as () => void }),
      hook({ ops: ["unlink"], async: true, after: before as () => void }),
    );
    assert.equal(await outcome(() => files.unlink("/bad")), undefined);
    assert.equal(inner.lookup("/bad"), undefined);
    assert.ok(errors.length <= 1);
  });
}

test("a matcher that throws has its hook refuse", async () => {
  const { files, engine } = await behind(hook({
    ops: ["unlink"],
    matcher: {
      match: () => {
        throw new Error("oops");
      },
    },
    before: () => {},
  }));
  assert.equal(await outcome(() => files.unlink("/bad")), "EIO");
  assert.equal(engine.stats().failures, 1);
});

test("what is told of failures may fail as well", async () => {
  const inner = new MemoryProvider();
  const engine = new HookEngine(
    [hook({ ops: ["mkdir"], before: FAILING["throws"] as () => void })],
    {
      onError: () => {
        throw new Error("me too");
      },
    },
  );
  assert.equal(await outcome(() => new InterceptProvider(inner, engine).mkdir("/x", 0)), "EIO");
});

for (
  const [label, before] of Object.entries<(request: HookRequest) => unknown>({
    "more bytes than it was asked for": () => answer(new Uint8Array(5000)),
    "text for bytes": () => answer("text"),
    "an offset that is none": () => change({ offset: -1 }),
    "an offset that is no number": () => change({ offset: "1" }),
  })
) {
  test(`a policy on read that gives ${label} fails the read`, async () => {
    const { files } = await behind(policy(before, "read"));
    assert.equal(await outcome(() => readText(files, "/bad")), "EIO");
  });
}

for (
  const [label, result] of Object.entries({
    "no handle": {},
    "no object": 5,
    "nothing": undefined,
  })
) {
  test(`a policy on open that gives ${label} fails the open`, async () => {
    const { files } = await behind(policy(() => answer(result), "open"));
    assert.equal(await outcome(() => files.open("/bad", O_RDWR)), "EIO");
  });
}

test("a write that a policy says was longer than it was fails", async () => {
  const { files } = await behind(policy(() => answer(100), "write"));
  assert.equal(await outcome(() => writeText(files, "/bad", "x", O_RDWR)), "EIO");
});

// Case 110: a hook that calls back into the same tree.

test("a hook can use the tree that it is called for, also the same file", async () => {
  const { files, engine } = await behind();
  engine.add(hook({
    ops: ["write"],
    pathPattern: "/bad",
    before: async (_, { fs }) => {
      await writeText(fs, "/good", `saw ${await readText(fs, "/bad")}`);
    },
  }));
  await writeText(files, "/bad", "changed", O_RDWR);
  assert.equal(await readText(files, "/good"), "saw content");
  assert.equal(await readText(files, "/bad"), "changed");
});

test("a hook that calls itself through its own tree ends with EDEADLK, and nothing hangs", async () => {
  const { files, engine } = await behind();
  const ends: unknown[] = [];
  engine.add(hook({
    ops: ["write"],
    before: async (_, { fs }) => {
      ends.push(await outcome(() => writeText(fs, "/bad", "again", O_RDWR)));
    },
  }));
  await writeText(files, "/bad", "changed", O_RDWR);
  assert.equal(ends.filter((end) => end === "EDEADLK").length, 1);
  assert.equal(await readText(files, "/bad"), "changed");
});

test("a hook that renames what it is asked about leaves the operation to the old name", async () => {
  const { files, engine } = await behind();
  engine.add(hook({
    ops: ["unlink"],
    before: (_, { fs }) => void fs.rename("/bad", "/renamed"),
  }));
  assert.equal(await outcome(() => files.unlink("/bad")), "ENOENT");
  assert.equal(await readText(files, "/renamed"), "content");
});

test("a hook that waits for another operation of the tree does not block it", async () => {
  const { files, engine } = await behind();
  engine.add(hook({
    ops: ["unlink"],
    timeout: 1000,
    before: async () => {
      await writeText(files, "/good", "meanwhile", O_RDWR);
    },
  }));
  await files.unlink("/bad");
  assert.equal(await readText(files, "/good"), "meanwhilet".slice(0, 9));
});

// Case 111: a hook that meddles with what it was given.

test("a request cannot be changed", async () => {
  const { files, inner } = await behind(policy((request) => {
    assert.throws(() => {
      (request as { path: string }).path = "/good";
    }, TypeError);
    request.data?.fill(0);
    assert.equal(request.path, "/bad");
  }, "write"));
  await writeText(files, "/bad", "changed", O_RDWR);
  assert.equal(await readText(inner, "/bad"), "changed");
});

test("what a hook gives is copied before anybody else can change it", async () => {
  const given = bytes("1234567");
  const { files, inner } = await behind(
    policy(() => change({ data: given }), "write"),
    policy(() => void given.fill(0), "write"),
  );
  await writeText(files, "/bad", "changed", O_RDWR);
  assert.equal(await readText(inner, "/bad"), "1234567");
});

// Cases 109 and the server's part of it: who gives up frees the slot.

test("an operation that nobody waits for any more ends its hook with EINTR", async () => {
  const controller = new AbortController();
  let isTold = false;
  const { files, engine } = await behind();
  engine.add(hook({
    ops: ["unlink"],
    timeout: 10_000,
    before: (_, { signal }) =>
      new Promise<never>(() => signal.addEventListener("abort", () => isTold = true)),
  }));
  const context = { ...HOST_CONTEXT, signal: controller.signal, origin: "wire:1" };
  const unlinked = outcome(() => files.unlink("/bad", context));
  controller.abort();
  assert.equal(await unlinked, "EINTR");
  assert.ok(isTold);
});

test("an operation that waits can be given up as well", async () => {
  const controller = new AbortController();
  const { files } = await behind(policy(() => delay(60_000)));
  const context = { ...HOST_CONTEXT, signal: controller.signal, origin: "wire:1" };
  const unlinked = outcome(() => files.unlink("/bad", context));
  controller.abort();
  assert.equal(await unlinked, "EINTR");
});

test("a hook has its time from its own beginning, and one that is in time is in time", async () => {
  const { files, engine } = await behind();
  for (let i = 0; i < 5; i++) {
    engine.add(hook({
      ops: ["unlink"],
      timeout: 2000,
      before: () => new Promise<void>((resolve) => setTimeout(resolve, 2)),
    }));
  }
  await files.unlink("/bad");
  assert.equal(engine.stats().timeouts, 0);
});

test("an asynchronous hook that hangs is given up, and the next one is called", async () => {
  const called: string[] = [];
  const { files, engine } = await behind(
    hook({ ops: ["unlink"], async: true, after: () => new Promise<never>(() => {}) }),
    hook({ ops: ["unlink"], async: true, after: ({ path }) => void called.push(path) }),
  );
  files.unlink("/bad");
  await engine.wait();
  assert.deepEqual(called, ["/bad"]);
  assert.equal(engine.stats().timeouts, 1);
});

test("no answer to approve() is no, and an answer is asked for once", async () => {
  let asked = 0;
  const { files, inner } = await behind(
    approve("/bad", () => {
      asked++;
      return new Promise<never>(() => {});
    }, { timeout: 5 }),
    approve("/good", ({ op }) => {
      asked++;
      return op === "open";
    }),
  );
  assert.equal(await outcome(() => files.unlink("/bad")), "EACCES");
  assert.equal(asked, 1);
  await using(files.open("/good", O_RDWR), () => {});
  assert.equal(asked, 2);
  assert.equal(await outcome(() => files.create("/good", 0o644)), "EACCES");
  assert.equal(asked, 3);
  assert.equal(await readText(inner, "/good"), "content");
});

test("the provider's own failures stay what they are", async () => {
  const inner = new MemoryProvider();
  const strange = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name === "unlink") return () => Promise.reject(5);
      if (name === "rmdir") {
        return () => {
          throw new TypeError("a bug");
        };
      }
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const engine = new HookEngine([hook({ before: () => {} }), hook({ after: () => {} })]);
  const files = new InterceptProvider(strange, engine);
  assert.equal(await outcome(() => files.unlink("/x")), "EIO");
  assert.equal(await outcome(() => files.rmdir("/x")), "EIO");
});

test("block() with an unknown errno is found when it is used", async () => {
  const { files } = await behind(policy(() => block("ENOPE" as "EPERM")));
  assert.equal(await outcome(() => files.unlink("/bad")), "EIO");
  assert.ok(new VfsError("EIO").errno === 5);
});
