import assert from "node:assert/strict";
import { OP } from "../../src/protocol/mod.ts";
import { MemoryProvider } from "../../src/providers/mod.ts";
import { type ServerEvent, VfsServer } from "../../src/server/mod.ts";
import type { Random } from "../_random.ts";
import { answerFrame } from "./_answers.ts";
import { fateOf, mangled, saysGoodbye } from "./_mangle.ts";
import { Model } from "./_model.ts";
import { nameOf, type Request, RequestMaker } from "./_requests.ts";
import { contentOf, Talk } from "./_talk.ts";

/** A tree that is never larger than this: what is fuzzed is the protocol. */
export const TREE: Readonly<Record<"limit" | "inodes" | "locks", number>> = {
  limit: 4 << 20,
  inodes: 300,
  locks: 50,
};

/** The most that is read at a time. */
export const MAX_READ = 100_000;

/** What was done. */
export interface Tally {
  frames: number;
  conversations: number;
  spoilt: number;
  resumed: number;
  notices: number;
  errnos: Map<number, number>;
}

/** Nothing yet. */
export function newTally(): Tally {
  return { frames: 0, conversations: 0, spoilt: 0, resumed: 0, notices: 0, errnos: new Map() };
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
  const faults: unknown[] = [];
  const server = new VfsServer(new MemoryProvider({ ...TREE, clock }), {
    limits: { readBytes: MAX_READ },
    onEvent: (event) => faultIn(event, faults),
  });
  const talk = new Talk(version);
  const over = server.handleConnection(talk.pipe);
  const model = new Model(new MemoryProvider({ ...TREE, clock }), version, MAX_READ);
  tally.conversations++;
  try {
    await hold(random, version, frames, tally, talk, model);
  } finally {
    talk.pipe.destroy();
    await over;
    await model.end();
    await server.stop();
  }
  assert.deepEqual(faults, []);
  assert.equal(server.stats().handles, 0);
}

/** Keeps what the server could not explain: it says so in an event, and answers EIO. */
export function faultIn(event: ServerEvent, faults: unknown[]): void {
  if (event.type === "fault") faults.push(event);
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
  if (version === 2) {
    const hello = await talk.ask({ op: OP.hello, version: 2, features: [] });
    assert.equal(contentOf(hello)["version"], 2);
  }
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
    const { err, fields } = await model.ask(request);
    const id = version === 1 ? 0 : talk.lastId;
    check(request, answer, answerFrame(version, { ...fields, id, err: -err }));
    if (fields["fh"] !== undefined) maker.handles.push(fields["fh"] as number);
    if (request.op === OP.release) {
      maker.handles.splice(0, Math.max(0, maker.handles.length - 20));
    }
    count(tally, err);
  }
}

/** Counts an answer by its errno. */
export function count(tally: Tally, err: number): void {
  tally.errnos.set(err, (tally.errnos.get(err) ?? 0) + 1);
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
  const err = Number(contentOf(answers[0]!)["err"]);
  assert.ok(err <= 0 && err > -134, `an errno that there is not: ${err}`);
}

/** Holds an answer against what it must be, byte by byte. */
export function check(request: Request, answer: Uint8Array, expected: Uint8Array): void {
  if (isSame(answer, expected)) return;
  const { op, ...fields } = request;
  throw new assert.AssertionError({
    message: `${nameOf(op)} ${said(fields)}: ${said(bodyOf(answer))} instead of ` +
      said(bodyOf(expected)),
  });
}

function bodyOf(frame: Uint8Array): unknown {
  return contentOf(frame);
}

function said(value: unknown): string {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === "bigint") return String(each);
    return each instanceof Uint8Array && each.length > 40 ? `${each.length} bytes` : each;
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
