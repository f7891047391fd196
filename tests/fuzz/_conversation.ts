import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import {
  BufferPool,
  Decoder,
  encodeFrame,
  FrameSplitter,
  FrameWriter,
  newResponse,
  newResponse2,
  OP,
  REQUEST,
  REQUEST_2,
  RESPONSE,
  RESPONSE_2,
  type WireResponse,
  type WireResponse2,
} from "../../src/protocol/mod.ts";
import { MemoryProvider } from "../../src/providers/mod.ts";
import { VfsServer } from "../../src/server/mod.ts";
import type { Random } from "../_random.ts";
import { fateOf, mangled, saysGoodbye } from "./_mangle.ts";
import { type Expected, Model } from "./_model.ts";
import { Pipe } from "./_pipe.ts";
import { nameOf, type Request, RequestMaker } from "./_requests.ts";

type Answer = WireResponse & WireResponse2;

/** A tree that is never larger than this: what is fuzzed is the protocol. */
const TREE = { limit: 4 << 20, inodes: 300, locks: 50 };

const MAX_READ = 100_000;

/** What was done. */
export interface Tally {
  frames: number;
  conversations: number;
  spoilt: number;
  errnos: Map<number, number>;
}

/**
 * Holds one conversation with a server: requests whose answers are those of the model, until a frame
 * is spoilt so badly that the server ends it.
 *
 * @param frames The most frames.
 */
export async function converse(
  random: Random,
  version: 1 | 2,
  frames: number,
  tally: Tally,
): Promise<void> {
  const time = { sec: 1_700_000_000, nsec: 0 };
  const clock = () => time;
  const server = new VfsServer(new MemoryProvider({ ...TREE, clock }), {
    limits: { readBytes: MAX_READ },
    onEvent: (event) => assert.notEqual(event.type, "fault", `a fault: ${JSON.stringify(event)}`),
  });
  const pipe = new Pipe();
  const over = server.handleConnection(pipe);
  const talk = new Talk(pipe, version);
  const model = new Model(new MemoryProvider({ ...TREE, clock }), version, MAX_READ);
  tally.conversations++;
  try {
    await hold(random, version, frames, tally, talk, model);
  } finally {
    pipe.destroy();
    await over;
    await model.end();
    await server.stop();
  }
  assert.equal(server.stats().handles, 0);
}

async function hold(
  random: Random,
  version: 1 | 2,
  frames: number,
  tally: Tally,
  talk: Talk,
  model: Model,
): Promise<void> {
  const maker = new RequestMaker(random, version);
  if (version === 2) await talk.hello();
  for (let i = 0; i < frames && !talk.isClosed; i++) {
    tally.frames++;
    const request = maker.next();
    if (random.below(100) === 0) {
      tally.spoilt++;
      await spoil(random, talk, request);
      // The tree and its twin are no longer the same: whatever was executed, was executed here only.
      break;
    }
    const answer = await talk.ask(
      request,
      random.below(20) === 0 ? 1 + random.below(7) : undefined,
    );
    const expected = await model.ask(request);
    check(request, answer, expected);
    if (expected.fh !== undefined) maker.handles.push(expected.fh);
    if (request.op === OP.release) {
      maker.handles.splice(0, Math.max(0, maker.handles.length - 20));
    }
    tally.errnos.set(answer.err, (tally.errnos.get(answer.err) ?? 0) + 1);
  }
}

/** Sends a spoilt frame, and looks at what comes of it. */
async function spoil(random: Random, talk: Talk, request: Request): Promise<void> {
  const frame = mangled(random, talk.frameOf(request));
  const fate = fateOf(frame);
  const answers = await talk.send(frame);
  const what = `${Array.from(frame, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if (talk.isClosed) {
    // By chance it may have become a goodbye, which is answered.
    const said = answers.length === 1 && saysGoodbye(frame) ? 1 : 0;
    assert.equal(answers.length, said, `the connection ended, with answers: ${what}`);
    return;
  }
  assert.equal(answers.length, 1, `${answers.length} answers to ${what}`);
  assert.notEqual(fate, "close", `an answer to what is no request: ${what}`);
  const { err } = answers[0]!;
  assert.ok(err <= 0 && err > -134, `an errno that there is not: ${err}`);
}

function check(request: Request, answer: Answer, expected: Expected): void {
  const wrong = firstDifference(answer, expected);
  if (wrong === undefined) return;
  const { op, ...fields } = request;
  const said = JSON.stringify(
    fields,
    (_, value) => value instanceof Uint8Array ? `${value.length} bytes` : value,
  );
  throw new assert.AssertionError({ message: `${nameOf(op)} ${said}: ${wrong}` });
}

/** What is not as it should be, if anything. */
function firstDifference(answer: Answer, expected: Expected): string | undefined {
  const err = expected.err === 0 ? 0 : -expected.err;
  if (answer.err !== err) return `err ${answer.err} instead of ${err}`;
  for (const name of ["fh", "written", "off"] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && answer[name] !== wanted) {
      return `${name} ${answer[name]} instead of ${wanted}`;
    }
  }
  const attr = answer.attr ?? answer.stat;
  if (expected.size !== undefined && attr?.size !== expected.size) return `size ${attr?.size}`;
  if (expected.ino !== undefined && BigInt(attr!.ino) !== expected.ino) return `ino ${attr!.ino}`;
  if (expected.data !== undefined && !same(answer.data, expected.data)) return "other data";
  if (expected.names !== undefined) {
    const names = answer.names?.length > 0
      ? answer.names
      : (answer.page ?? answer.entries).map(({ name }) => name);
    if (names.join("/") !== expected.names.join("/")) return `names ${names.join("/")}`;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** The client's end: writes frames and reads answers, all at once. */
class Talk {
  readonly #pipe: Pipe;
  readonly #version: 1 | 2;
  readonly #splitter = new FrameSplitter(64 << 20, new BufferPool());
  readonly #writer = new FrameWriter();
  readonly #decoder = new Decoder();
  #id = 0;

  constructor(pipe: Pipe, version: 1 | 2) {
    this.#pipe = pipe;
    this.#version = version;
  }

  get isClosed(): boolean {
    return this.#pipe.isClosed;
  }

  async hello(): Promise<void> {
    const [answer] = await this.send(this.frameOf({ op: OP.hello, version: 2, features: [] }));
    assert.equal(answer?.version, 2);
  }

  frameOf(request: Request): Uint8Array {
    const kind = this.#version === 1 ? REQUEST : REQUEST_2;
    encodeFrame(this.#writer, kind, { ...request, id: ++this.#id });
    const frame = this.#writer.lend().slice();
    this.#writer.settle();
    return frame;
  }

  async ask(request: Request, piece?: number): Promise<Answer> {
    const answers = await this.send(this.frameOf(request), piece);
    const [answer] = answers;
    if (answer === undefined || answers.length !== 1) {
      throw new assert.AssertionError({
        message: `${answers.length} answers to ${nameOf(request.op)}`,
      });
    }
    if (this.#version === 2) assert.equal(answer.id, this.#id);
    return answer;
  }

  async send(frame: Uint8Array, piece?: number): Promise<Answer[]> {
    this.#pipe.deliver(frame, piece);
    // Most answers are there at once, some after a few turns of promises, none after that.
    for (let i = 0; i < 100 && this.#pipe.sent.length === 0 && !this.#pipe.isClosed; i++) {
      await undefined;
    }
    if (this.#pipe.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const answers: Answer[] = [];
    for (const bytes of this.#pipe.sent.splice(0)) {
      this.#splitter.push(bytes);
      while (this.#splitter.next()) {
        const answer = this.#version === 1 ? newResponse() : newResponse2();
        const kind = this.#version === 1 ? RESPONSE : RESPONSE_2;
        const { start, end } = this.#splitter;
        this.#decoder.decode(this.#splitter.bytes, start, end, kind, answer);
        assert.equal(this.#decoder.fault, undefined, "an answer that is none");
        answers.push(answer as Answer);
      }
    }
    return answers;
  }
}
