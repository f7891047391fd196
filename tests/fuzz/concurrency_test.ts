/**
 * Many requests of version 2 at a time, before a tree whose answers come when they like: each is
 * answered once, and no handle is asked two things at a time or in another order.
 *
 * `FUZZ_FRAMES` and `FUZZ_SEED` as in `conversation_test.ts`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Handle, Provider } from "../../src/fs/mod.ts";
import {
  BufferPool,
  Decoder,
  FrameSplitter,
  newResponse2,
  OP,
  RESPONSE_2,
} from "../../src/protocol/mod.ts";
import { MemoryProvider } from "../../src/providers/mod.ts";
import { VfsServer } from "../../src/server/mod.ts";
import { frame2 } from "../_peer2.ts";
import { Random } from "../_random.ts";
import { faultIn } from "./_conversation.ts";
import { Pipe } from "./_pipe.ts";
import { RequestMaker } from "./_requests.ts";
import { fuzzOptions } from "./_run.ts";

const BATCH = 100;

test("many requests at a time are answered once each, those on a handle in their order", async () => {
  const { seed, frames } = fuzzOptions();
  const random = new Random(seed);
  const tree = new CapriciousProvider(random);
  const server = new VfsServer(tree.provider, {
    onEvent: (event) => faultIn(event, tree.faults),
  });
  const pipe = new Pipe();
  const over = server.handleConnection(pipe);
  const maker = new RequestMaker(random, 2);
  const splitter = new FrameSplitter(64 << 20, new BufferPool());
  const decoder = new Decoder();
  let id = 1;
  pipe.deliver(frame2("hello", { id, version: 2 }));
  pipe.sent.length = 0;
  let asked = 0;
  try {
    for (; asked < Math.min(frames, 20_000); asked += BATCH) {
      const waiting = new Set<number>();
      for (let i = 0; i < BATCH; i++) {
        const request = maker.next();
        id++;
        if (request.op === OP.write) request.data = numbered(id);
        if (request.op === OP.cancel) request.target = Math.max(1, id - random.below(BATCH));
        waiting.add(id);
        pipe.deliver(frame2(request.op, { ...request, id }));
      }
      for (let turn = 0; waiting.size > 0 && turn < 10_000; turn++) {
        await new Promise((resolve) => setTimeout(resolve));
        for (const bytes of pipe.sent.splice(0)) {
          splitter.push(bytes);
          while (splitter.next()) {
            const answer = newResponse2();
            decoder.decode(splitter.bytes, splitter.start, splitter.end, RESPONSE_2, answer);
            assert.ok(waiting.delete(Number(answer.id)), `a second answer to ${answer.id}`);
            if (answer.fh !== 0) maker.handles.push(Number(answer.fh));
          }
        }
      }
      assert.equal(waiting.size, 0, `FUZZ_SEED=${seed}: no answer to ${[...waiting]}`);
      maker.handles.splice(0, Math.max(0, maker.handles.length - 10));
    }
  } finally {
    pipe.destroy();
    await over;
    await server.stop();
  }
  assert.deepEqual(tree.faults, [], `FUZZ_SEED=${seed}`);
  assert.ok(tree.overlapping > 100);
  assert.equal(server.stats().handles, 0);
  assert.equal(tree.open, 0);
});

function numbered(number: number): Uint8Array {
  return new Uint8Array(new Uint32Array([number]).buffer);
}

/** A tree in memory that answers some things at once, and others after a while. */
class CapriciousProvider {
  readonly provider: Provider;
  /** What the server did that it must not. */
  readonly faults: unknown[] = [];
  /** How often an operation began while others were under way. */
  overlapping = 0;
  /** How many handles are open. */
  open = 0;
  readonly #random: Random;
  #underWay = 0;

  constructor(random: Random) {
    this.#random = random;
    this.provider = this.#wrapped(new MemoryProvider({ inodes: 300 }), () => {});
  }

  #wrapped<T extends object>(
    target: T,
    begin: (name: string, args: unknown[]) => (() => void) | void,
  ): T {
    return new Proxy(target, {
      get: (_, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          const end = begin(String(property), args) ?? (() => {});
          const run = (): unknown => {
            try {
              return this.#taken(value.apply(target, args.map(unwrapped)));
            } finally {
              end();
            }
          };
          if (this.#random.below(3) === 0) return run();
          return this.#later(run);
        };
      },
    });
  }

  async #later(run: () => unknown): Promise<unknown> {
    if (this.#underWay++ > 0) this.overlapping++;
    try {
      for (let i = this.#random.below(20); i > 0; i--) await undefined;
      if (this.#random.below(10) === 0) await new Promise((resolve) => setTimeout(resolve));
      return await run();
    } finally {
      this.#underWay--;
    }
  }

  #taken(value: unknown): unknown {
    if (typeof (value as Partial<Handle> | undefined)?.readAt !== "function") return value;
    this.open++;
    let isBusy = false;
    let isClosed = false;
    let last = 0;
    const handle = this.#wrapped(value as Handle, (name, args) => {
      if (isBusy) this.faults.push(`${name} while another operation was under way`);
      if (name === "close") {
        if (isClosed) this.faults.push("closed twice");
        else this.open--;
        isClosed = true;
      } else if (isClosed) this.faults.push(`${name} after close`);
      if (name === "writeAt") {
        const [data] = args as [Uint8Array];
        const number = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
        if (number <= last) this.faults.push(`write ${number} after ${last}`);
        last = number;
      }
      isBusy = true;
      return () => isBusy = false;
    });
    INNER.set(handle, value as object);
    return handle;
  }
}

/** What is behind a handle: `copyRange` wants that of its target. */
const INNER = new WeakMap<object, object>();

function unwrapped(arg: unknown): unknown {
  return typeof arg === "object" && arg !== null ? INNER.get(arg) ?? arg : arg;
}
