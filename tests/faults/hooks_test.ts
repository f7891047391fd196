/** What a hook does wrong harms the request that it was asked about: seen from the wire. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ERRNO, O_CREAT, O_WRONLY } from "../../src/fs/mod.ts";
import {
  type CheckedHook,
  hook,
  HookEngine,
  type HookEngineOptions,
  InterceptProvider,
} from "../../src/hooks/mod.ts";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import type { ServerLimits } from "../../src/server/mod.ts";
import { outcome, readText, writeText } from "../hooks/kit.ts";
import { frameOf, joined } from "../_peer.ts";
import { Peer2 } from "../_peer2.ts";
import { connectTo } from "../_remote_kit.ts";
import { errnoOf, type Serving, serving } from "../_serving.ts";

const never = () => new Promise<never>(() => {});

/** Serves a tree whose operations are asked about. */
async function servingHooks(
  hooks: readonly CheckedHook[],
  body: (
    context: Serving & { readonly inner: MemoryProvider; readonly engine: HookEngine },
  ) => Promise<void>,
  options: HookEngineOptions = {},
  limits: Partial<ServerLimits> = {},
): Promise<void> {
  const inner = new MemoryProvider();
  const engine = new HookEngine(hooks, options);
  const tree = new InterceptProvider(new MountRouter({ "/w": inner }), engine);
  await serving((context) => body({ ...context, inner, engine }), limits, tree);
}

const FAILING: readonly (() => Promise<never>)[] = [
  () => {
    throw new Error("oops");
  },
  () => Promise.reject(new Error("oops")),
  async () => {
    await new Promise((resolve) => setTimeout(resolve));
    throw "no error";
  },
];

test("fault 108: a hook that throws, at once or later, is an EIO for that request alone", async () => {
  for (const before of FAILING) {
    const bad = hook({ ops: ["mkdir"], pathPattern: "/w/bad", before });
    await servingHooks([bad], async ({ connect, inner, engine, server }) => {
      const peer = connect();
      const paths = ["/w/a", "/w/bad", "/w/b"];
      await peer.raw(joined(paths.map((path) => frameOf("mkdir", { path, mode: 0o755 }))));
      const answers = [await peer.answer(), await peer.answer(), await peer.answer()];
      assert.deepEqual(answers.map(({ err }) => err), [0, -ERRNO.EIO, 0]);
      assert.deepEqual(inner.readDir("/").map(({ name }) => name).sort(), ["a", "b"]);
      assert.equal(engine.stats().failures, 1);
      assert.equal(server.stats().errors, 1);
    });
  }
});

test("fault 109: a hook that never answers is an EIO at its deadline, and its slot is free", async () => {
  const silent = hook({ ops: ["mkdir"], pathPattern: "/w/bad*", timeout: 20, before: never });
  await servingHooks(
    [silent],
    async ({ server, engine }) => {
      const { peer } = await Peer2.open(connectTo(server));
      const mkdir = (name: string) => peer.send("mkdir", { path: `/w/${name}`, mode: 0o755 });
      const ids = [mkdir("bad1"), mkdir("bad2"), mkdir("good")];
      const answers = await Promise.all(ids.map((id) => peer.answer(id)));
      assert.deepEqual(answers.map(({ err }) => err), [-ERRNO.EIO, -ERRNO.EIO, -ERRNO.EAGAIN]);
      // The two that it could have at a time are over.
      const after = await Promise.all([mkdir("a"), mkdir("b")].map((id) => peer.answer(id)));
      assert.deepEqual(after.map(({ err }) => err), [0, 0]);
      assert.equal(engine.stats().timeouts, 2);
      peer.transport.destroy();
    },
    {},
    { inflight: 2 },
  );
});

test("fault 110: a hook that uses its own tree waits for nobody, and not deeper than it may", async () => {
  const ends: unknown[] = [];
  const nesting = hook({
    ops: ["mkdir"],
    before: async ({ path }, { fs }) => {
      ends.push(await outcome(() => fs.mkdir(`${path}x`, 0o755)));
    },
  });
  await servingHooks([nesting], async ({ connect, inner }) => {
    assert.equal(await errnoOf(connect(), "mkdir", { path: "/w/a", mode: 0o755 }), 0);
    assert.deepEqual(ends, ["EDEADLK", undefined, undefined]);
    assert.deepEqual(inner.readDir("/").map(({ name }) => name).sort(), ["a", "ax", "axx"]);
  }, { maxDepth: 2 });
});

test("fault 110: a hook that asks its own server over another connection is answered", async () => {
  let ask: () => Promise<number>;
  const asking = hook({
    ops: ["unlink"],
    before: async () => assert.equal(await ask(), 0),
  });
  await servingHooks([asking], async ({ connect, inner }) => {
    await writeText(inner, "/f", "x");
    const other = connect();
    ask = () => errnoOf(other, "rename", { path: "/w/f", new_path: "/w/g" });
    assert.equal(await errnoOf(connect(), "unlink", { path: "/w/f" }), ERRNO.ENOENT);
    assert.equal(await errnoOf(connect(), "getattr", { path: "/w/g" }), 0);
  });
});

test("fault 111: what a hook does to the bytes that it was given reaches nobody", async () => {
  const kept: Uint8Array[] = [];
  const meddle = ({ data }: { readonly data?: Uint8Array | undefined }) => {
    if (data === undefined) return;
    data.fill(0x21);
    kept.push(data);
  };
  const hooks = [
    hook({ ops: ["write"], before: meddle }),
    hook({ ops: ["write"], before: (request) => Promise.resolve(meddle(request)) }),
    hook({ ops: ["read", "write"], after: meddle }),
  ];
  await servingHooks(hooks, async ({ connect, inner }) => {
    const peer = connect();
    const flags = O_CREAT | O_WRONLY;
    const { fh } = await peer.ask("open", { path: "/w/f", flags, mode: 0o644 });
    // All in one read of the server's: they lie beside each other in one buffer.
    const texts = Array.from({ length: 20 }, (_, i) => `number ${i}\n`.padStart(12));
    await peer.raw(joined(texts.map((text, i) => {
      return frameOf("write", { fh, off: i * 12, data: new TextEncoder().encode(text) });
    })));
    for (const text of texts) assert.equal((await peer.answer()).written, text.length);
    assert.equal(kept.length >= 2 * texts.length, true);
    for (const data of kept) data.fill(0x3f);
    assert.equal(await readText(inner, "/f"), texts.join(""));
  });
});
