import { OP, operationOf } from "../../src/protocol/mod.ts";
import type { Expected, Model } from "./_model.ts";
import type { Told } from "./_changes.ts";
import { type Request, RequestMaker } from "./_requests.ts";
import type { Random } from "../_random.ts";
import type { Talk } from "./_talk.ts";

/** A request that was sent and whose answer did not arrive. */
export interface Unanswered {
  readonly request: Request;
  readonly id: number;
}

/** A lock that is waited for. */
export interface Waiting extends Unanswered {
  readonly end: AbortController;
  /** What comes of it; not there as long as it waits. */
  result?: Expected;
}

/** An answer that has to come. */
export interface Answered extends Unanswered {
  readonly expected: Expected;
}

/** One session as the model sees it, with or without a connection. */
export class Guest {
  readonly model: Model;
  readonly maker: RequestMaker;
  talk: Talk;
  readonly version: 1 | 2;
  /** The name and the secret of the session, where it can be resumed. */
  session: { readonly name: Uint8Array; readonly token: Uint8Array } | undefined;
  /** Whether notices are agreed on. */
  isNotified = false;
  /** Whether there is no connection. */
  isAway = false;
  /** What it subscribed to, in that order. */
  readonly subscriptions: Set<string> = new Set();
  /** What it must be told. */
  toHear: Told[] = [];
  /** What it may be told instead of nothing: changes of what failed. */
  mayHear: Told[] = [];
  /** Handles of the file that all lock. */
  readonly locking: number[] = [];
  /** Locks that are waited for, in the order in which they were asked for. */
  waiting: Waiting[] = [];
  /** Whose answers were lost with the connection. */
  unanswered: Unanswered[] = [];
  /** Those of them that the server has seen. */
  readonly seen: Set<number> = new Set();
  /** What was answered since the session went on. */
  readonly answered: Set<number> = new Set();
  /** Whether it asked something new on this connection: from then on ids must not come again. */
  mustCount = false;
  /** The answers that must have come. */
  expected: Answered[] = [];
  /** What has come and was not looked at. */
  #frames: Uint8Array[] = [];
  /** The last answers to what must not be done twice, by the ids. */
  readonly kept: Map<number, Expected> = new Map();

  constructor(talk: Talk, model: Model, random: Random) {
    this.talk = talk;
    this.version = talk.version;
    this.model = model;
    this.maker = new RequestMaker(random, talk.version);
  }

  /** The frames that came since they were taken. */
  frames(): readonly Uint8Array[] {
    this.#frames.push(...this.talk.take());
    return this.#frames;
  }

  /** Takes them. */
  takeFrames(): readonly Uint8Array[] {
    const frames = this.frames();
    this.#frames = [];
    return frames;
  }

  /** Remembers an answer as long as the protocol promises to. */
  keep({ request, id }: Unanswered, expected: Expected, most: number): void {
    if (this.session === undefined || !isDoneOnce(request)) return;
    this.kept.set(id, expected);
    if (this.kept.size > most) this.kept.delete(this.kept.keys().next().value!);
  }
}

/** What only asks, by the table in the specification: nothing changes, and no handle is given. */
const ONLY_ASKS: readonly number[] = [
  OP.lookup,
  OP.getattr,
  OP.read,
  OP.readdir,
  OP.fsync,
  OP.readlink,
  OP.fsyncpath,
  OP.hello,
  OP.getxattr,
  OP.listxattr,
  OP.statfs,
  OP.datasync,
  OP.seek,
  OP.getlock,
  OP.subscribe,
  OP.unsubscribe,
  OP.cancel,
  OP.ping,
];

/** Whether a request must not be executed twice. */
export function isDoneOnce({ op }: Request): boolean {
  return operationOf(op) !== undefined && !ONLY_ASKS.includes(op);
}
