/** What the model makes of what guests ask: who must hear what, and whether they did. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { cleanPath, ERRNO, parentPath, toVfsError } from "../../src/fs/mod.ts";
import { OP, operationOf } from "../../src/protocol/mod.ts";
import type { MemoryProvider } from "../../src/providers/mod.ts";
import { answerFrame } from "./_answers.ts";
import { changesOf, heardOf, type Told } from "./_changes.ts";
import { check, count, type Tally } from "./_conversation.ts";
import { type Guest, isDoneOnce, type Unanswered, type Waiting } from "./_guest.ts";
import type { Expected } from "./_model.ts";
import type { Request } from "./_requests.ts";
import { contentOf } from "./_talk.ts";

/** How many requests may be unanswered: few, so that some are too many. */
export const INFLIGHT = 2;
/** How many subscriptions there may be. */
export const SUBSCRIPTIONS = 3;

/** The file that all lock. */
export const LOCKED = "/locked";

/** What a session sees to itself: it never takes a place among those in flight. */
const SESSION_OPS: readonly number[] = [
  OP.hello,
  OP.subscribe,
  OP.unsubscribe,
  OP.cancel,
  OP.ping,
];

/** What may have done a part of what it could not do. */
const SEVERAL_STEPS: readonly number[] = [OP.setattr, OP.mkdirall, OP.removeall, OP.copyrange];

/** The guests of a server, and what is owed to them. */
export class Ledger {
  /** Those who are there, or may come back. */
  guests: Guest[] = [];
  readonly #twin: MemoryProvider;
  readonly #tally: Tally;

  constructor(twin: MemoryProvider, tally: Tally) {
    this.#twin = twin;
    this.#tally = tally;
  }

  /** The model does what the server was asked for, and notes what has to be heard of it. */
  async executed(guest: Guest, asked: Unanswered): Promise<void> {
    const { request } = asked;
    if (request.op === OP.lock && request.wait === true) return await this.#locked(guest, asked);
    const before = this.#standing(request);
    const expected = await this.#expected(guest, request);
    // A lock that ends because of this is answered before it.
    if (request.op === OP.release || request.op === OP.cancel) await this.#absorb(guest);
    this.answered(guest, asked, expected);
    if (expected.err === ERRNO.EAGAIN && this.#isFull(guest, request)) return;
    const isCertain = expected.err === 0 || this.#standing(request) !== before;
    const isPossible = request.plus === true || SEVERAL_STEPS.includes(request.op);
    if (!isCertain && !isPossible) return;
    const changes = changesOf(request, (handle) => guest.model.pathOf(handle));
    for (const other of this.guests) {
      if (other === guest || other.isAway || !other.isNotified) continue;
      const heard = heardOf(changes, other.subscriptions);
      if (isCertain) other.toHear.push(...heard);
      else other.mayHear = heard;
    }
  }

  async #expected(guest: Guest, request: Request): Promise<Expected> {
    if (guest.version === 1) return await guest.model.ask(request);
    if (this.#isFull(guest, request)) return failed(ERRNO.EAGAIN);
    if (request.op === OP.subscribe) return subscribed(guest, request);
    const expected = await guest.model.ask(request);
    if (request.op === OP.unsubscribe && expected.err === 0) {
      guest.subscriptions.delete(cleanPath(request.path ?? ""));
    }
    if (request.op === OP.cancel) {
      const found = guest.waiting.find(({ id }) => id === request.target);
      if (found === undefined) return expected;
      found.end.abort();
      return { err: 0, fields: {} };
    }
    return expected;
  }

  #isFull(guest: Guest, { op }: Request): boolean {
    return guest.version === 2 && guest.waiting.length >= INFLIGHT && !SESSION_OPS.includes(op) &&
      operationOf(op) !== undefined;
  }

  async #locked(guest: Guest, asked: Unanswered): Promise<void> {
    if (this.#isFull(guest, asked.request)) {
      return this.answered(guest, asked, failed(ERRNO.EAGAIN));
    }
    const waiting: Waiting = { ...asked, end: new AbortController() };
    void guest.model.ask(asked.request, waiting.end.signal).then((result) => {
      waiting.result = result;
    });
    await turns();
    if (waiting.result === undefined) guest.waiting.push(waiting);
    else this.answered(guest, asked, waiting.result);
  }

  /** Takes note of an answer that has to be there. */
  answered(guest: Guest, asked: Unanswered, expected: Expected): void {
    guest.keep(asked, expected, INFLIGHT);
    if (!guest.isAway) guest.answered.add(asked.id);
    guest.expected.push({ ...asked, expected });
    count(this.#tally, expected.err);
    const { fh } = expected.fields;
    if (fh !== undefined) {
      guest.maker.handles.push(fh as number);
      if (asked.request.path === LOCKED) guest.locking.push(fh as number);
    }
    const { handles } = guest.maker;
    handles.splice(0, Math.max(0, handles.length - 12));
  }

  /** Waits that are over become answers. */
  async #absorb(guest: Guest): Promise<void> {
    await turns();
    const over = guest.waiting.filter(({ result }) => result !== undefined);
    guest.waiting = guest.waiting.filter(({ result }) => result === undefined);
    for (const one of over) this.answered(guest, one, one.result!);
  }

  /** How many directories there are on the way to a path, where an operation makes them one by one. */
  #standing({ op, path = "" }: Request): number {
    if (op !== OP.mkdirall) return 0;
    let there = 0;
    try {
      for (let clean = cleanPath(path); clean !== "/"; clean = parentPath(clean)) {
        if (this.#isThere(clean)) there++;
      }
    } catch { /* What is no path leads nowhere. */ }
    return there;
  }

  #isThere(path: string): boolean {
    try {
      return this.#twin.lookup(path) !== undefined;
    } catch {
      return false;
    }
  }

  /** Everybody has heard what they had to hear, and nothing else. */
  async settle(): Promise<void> {
    await turns();
    for (const guest of this.guests) await this.#absorb(guest);
    const here = this.guests.filter(({ isAway }) => !isAway);
    const isMissing = () => here.some((guest) => guest.expected.length > guest.frames().length);
    for (let i = 0; i < 100 && isMissing(); i++) await undefined;
    if (isMissing()) await new Promise((resolve) => setImmediate(resolve));
    for (const guest of this.guests) {
      if (!guest.isAway) this.#tally.notices += hasHeard(guest);
      guest.expected = [];
      guest.toHear = [];
      guest.mayHear = [];
    }
  }

  /** What must come back for a request that was executed before its connection was lost. */
  repeated(guest: Guest, asked: Unanswered): Expected | undefined {
    if (!isDoneOnce(asked.request)) return undefined;
    const expected = guest.kept.get(asked.id) ?? failed(ERRNO.ESTALE);
    guest.expected.push({ ...asked, expected });
    count(this.#tally, expected.err);
    return expected;
  }
}

function subscribed(guest: Guest, { path = "" }: Request): Expected {
  let clean: string;
  try {
    clean = cleanPath(path);
  } catch (error) {
    return failed(toVfsError(error).errno);
  }
  const { subscriptions } = guest;
  if (!guest.isNotified) return failed(ERRNO.EOPNOTSUPP);
  if (!subscriptions.has(clean) && subscriptions.size >= SUBSCRIPTIONS) return failed(ERRNO.ENOSPC);
  subscriptions.add(clean);
  return { err: 0, fields: {} };
}

/** Holds what came against what had to; gives how many changes were told. */
function hasHeard(guest: Guest): number {
  const { version, expected } = guest;
  const told: Told[] = [];
  const answers = new Map<number, Uint8Array>();
  for (const frame of guest.takeFrames()) {
    const { id = 0, changes } = version === 1 ? {} as Record<string, unknown> : contentOf(frame);
    if (changes !== undefined) {
      assert.equal(id, 0);
      told.push(...changes as Told[]);
      continue;
    }
    assert.ok(!answers.has(Number(id)), `a second answer to ${id}`);
    answers.set(Number(id), frame);
  }
  for (const { request, id, expected: { err, fields } } of expected) {
    const answer = answers.get(id);
    assert.ok(answer !== undefined, `no answer to ${request.op}, ${id}`);
    answers.delete(id);
    check(request, answer, answerFrame(version, { ...fields, id, err: -err }));
  }
  if (answers.size > 0) assert.deepEqual([...answers.keys()], [], "answers to what was not asked");
  if (told.length === 0 && guest.toHear.length === 0) return 0;
  const isMore = told.length > guest.toHear.length;
  assert.deepEqual(told, isMore ? [...guest.toHear, ...guest.mayHear] : guest.toHear);
  return told.length;
}

/** An answer that is an errno alone. */
export function failed(err: number): Expected {
  return { err, fields: {} };
}

/** Lets promises go on that wait for nothing but each other. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}
