/**
 * Several guests of one server, in both versions, that come and go: hello in all its forms, locks
 * that wait, cancel, subscriptions and notices, lost connections and resumed sessions, and peers
 * that break the rules. The model knows what each of them must hear.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { ERRNO, O_CREAT, O_RDWR } from "../../src/fs/mod.ts";
import { OP } from "../../src/protocol/mod.ts";
import { MemoryProvider } from "../../src/providers/mod.ts";
import { VfsServer } from "../../src/server/mod.ts";
import type { Random } from "../_random.ts";
import type { Told } from "./_changes.ts";
import { faultIn, MAX_READ, type Tally, TREE } from "./_conversation.ts";
import { Guest, type Unanswered } from "./_guest.ts";
import { failed, INFLIGHT, Ledger, LOCKED, SUBSCRIPTIONS, turns } from "./_ledger.ts";
import { Model } from "./_model.ts";
import type { Request } from "./_requests.ts";
import { contentOf, Talk } from "./_talk.ts";

const RESUME_MS = 60_000;
const TTL = [1000, 500, 0];
const GUESTS = 3;
const SUBSCRIBED = ["/", "/a", "/b", "/a/b", "/c/..", "", "/\0"];

/**
 * Holds conversations with several guests at a time.
 *
 * @param frames How many frames.
 */
export async function holdSessions(random: Random, frames: number, tally: Tally): Promise<void> {
  const world = new World(random, tally);
  const most = tally.frames + frames;
  try {
    while (tally.frames < most) await world.step();
  } finally {
    await world.end();
  }
}

class World {
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #server: VfsServer;
  readonly #twin: MemoryProvider;
  readonly #ledger: Ledger;
  readonly #faults: unknown[] = [];
  readonly #talks: Talk[] = [];
  /** How many connections there were: sessions have the number of the one that they began with. */
  #connections = 0;

  constructor(random: Random, tally: Tally) {
    this.#random = random;
    this.#tally = tally;
    tally.conversations++;
    const time = { sec: 1_700_000_000, nsec: 0 };
    const clock = () => time;
    this.#twin = new MemoryProvider({ ...TREE, clock });
    this.#ledger = new Ledger(this.#twin, tally);
    const [entry, attr, negative] = TTL as [number, number, number];
    this.#server = new VfsServer(new MemoryProvider({ ...TREE, clock }), {
      limits: { readBytes: MAX_READ, inflight: INFLIGHT, subscriptions: SUBSCRIPTIONS },
      cache: { entry, attr, negative },
      onEvent: (event) => faultIn(event, this.#faults),
    });
  }

  /** One guest does one thing. */
  async step(): Promise<void> {
    const random = this.#random;
    const { length } = this.#ledger.guests;
    if (length === 0 || length < GUESTS && random.below(8) === 0) return await this.#greet();
    const guest = random.pick(this.#ledger.guests);
    if (guest.isAway) {
      if (random.below(3) === 0) await this.#resume(guest);
      return;
    }
    const what = random.below(100);
    if (what < 94) await this.#ask(guest, this.#requestOf(guest));
    else if (what < 97) await this.#lose(guest);
    else if (what < 98) await this.#breakRules(guest);
    else await this.#sayGoodbye(guest);
  }

  /** Everybody goes, and nothing may stay. */
  async end(): Promise<void> {
    for (const talk of this.#talks) talk.pipe.destroy();
    for (const { model } of this.#ledger.guests) await model.end();
    await this.#server.stop();
    assert.deepEqual(this.#faults, []);
    const { handles, parked, connections } = this.#server.stats();
    assert.deepEqual({ handles, parked, connections }, { handles: 0, parked: 0, connections: 0 });
  }

  #connect(version: 1 | 2): Talk {
    const talk = new Talk(version);
    this.#connections++;
    this.#talks.push(talk);
    void this.#server.handleConnection(talk.pipe);
    return talk;
  }

  // ---------------------------------------------------------------------------------------- hello

  async #greet(): Promise<void> {
    const random = this.#random;
    this.#tally.frames++;
    switch (random.below(8)) {
      case 0: {
        const talk = this.#connect(2);
        const answer = await talk.ask({ op: OP.hello, version: 1 });
        assert.deepEqual(contentOf(answer), { err: -ERRNO.ENOSYS });
        talk.version = 1;
        this.#ledger.guests.push(this.#guest(talk, MAX_READ));
        return;
      }
      case 1:
        this.#ledger.guests.push(this.#guest(this.#connect(1), MAX_READ));
        return;
      case 2: {
        const talk = this.#connect(2);
        const bad = random.pick([{ version: 0 }, { version: 2, max_frame: 100 }]);
        const answer = await talk.ask({ op: OP.hello, ...bad });
        assert.deepEqual(contentOf(answer), { id: 1, err: -ERRNO.EINVAL });
        assert.ok(talk.isClosed);
        return;
      }
      default:
        return await this.#greet2();
    }
  }

  async #greet2(): Promise<void> {
    const random = this.#random;
    const features = ["notify", "nonsense", "resume"].filter(() => random.below(3) > 0);
    const resume = random.pick([0, RESUME_MS, 0xffff_ffff]);
    const max_frame = random.pick([0, 16_384, 1 << 20]);
    const talk = this.#connect(2);
    const answer = await talk.ask({
      op: OP.hello,
      version: random.pick([2, 3, 0xffff_ffff]),
      features,
      resume,
      max_frame,
      name: "fuzz",
      ...this.#falseProof(),
    });
    const { session, token, ...said } = contentOf(answer);
    const isKept = features.includes("resume") && resume > 0;
    const isNotified = features.includes("notify");
    const agreed = [...(isNotified ? ["notify"] : []), ...(isKept ? ["resume"] : [])];
    const max_read = max_frame === 16_384 ? 16_384 - 64 : MAX_READ;
    assert.deepEqual(said, {
      id: 1,
      err: 0,
      ttl: TTL,
      version: 2,
      ...(agreed.length > 0 ? { features: agreed } : {}),
      max_frame: (1 << 20) + (64 << 10),
      max_read,
      max_write: 1 << 20,
      max_inflight: INFLIGHT,
      max_handles: 4096,
      max_path: 4096,
      ...(isKept ? { resume: RESUME_MS } : {}),
    });
    const proof = { name: session as Uint8Array, token: token as Uint8Array };
    assert.deepEqual([proof.name.length, proof.token.length], [16, 32]);
    const guest = this.#guest(talk, max_read);
    if (isKept) guest.session = proof;
    guest.isNotified = isNotified;
    this.#ledger.guests.push(guest);
    // The id of a hello does not count.
    talk.lastId = random.below(2);
  }

  /** Sometimes a session that is another's, and a token that is not its own. */
  #falseProof(): { session?: Uint8Array; token?: Uint8Array } {
    const other = this.#ledger.guests.find(({ session }) => session !== undefined)?.session;
    if (other === undefined || this.#random.below(3) > 0) return {};
    const token = other.token.slice(0, this.#random.pick([0, 31, 32]));
    if (token.length === 32) token[this.#random.below(32)]! ^= 1;
    return { session: other.name, token };
  }

  #guest(talk: Talk, maxRead: number): Guest {
    const model = new Model(this.#twin, talk.version, maxRead, this.#connections);
    return new Guest(talk, model, this.#random);
  }

  // ------------------------------------------------------------------------------------- requests

  #requestOf(guest: Guest): Request {
    const random = this.#random;
    const request = guest.maker.next();
    if (guest.version === 1) {
      return guest.mustCount && random.below(50) === 0 ? { op: OP.hello } : request;
    }
    const what = random.below(20);
    if (what < 3) return this.#lockOf(guest);
    if (what === 3) {
      const op = random.below(3) > 0 ? OP.subscribe : OP.unsubscribe;
      return { op, path: random.pick(SUBSCRIBED) };
    }
    if (what === 4 && guest.waiting.length > 0) {
      return { op: OP.cancel, target: random.pick(guest.waiting).id };
    }
    if (what === 5) return { op: OP.hello, version: 2 };
    if (what === 6) return { op: OP.open, path: LOCKED, flags: O_RDWR | O_CREAT, mode: 0o644 };
    // Some files are met by all.
    if ("path" in request && random.below(3) === 0) request.path = random.pick(["/a", "/b"]);
    return request;
  }

  #lockOf(guest: Guest): Request {
    const random = this.#random;
    const handles = random.below(8) === 0 ? guest.maker.handles : guest.locking;
    return {
      op: OP.lock,
      fh: handles.length === 0 ? 1 : random.pick(handles),
      kind: random.below(2),
      type: random.pick([0, 1, 1, 2]),
      off: random.pick([0, 0, 10]),
      len: random.pick([0, 0, 5]),
      owner: random.pick(["x", "y"]),
      wait: random.below(3) > 0,
    };
  }

  /** Asks, and looks at what everybody hears of it. */
  async #ask(guest: Guest, request: Request): Promise<void> {
    this.#tally.frames++;
    const id = guest.version === 1 ? 0 : guest.talk.lastId + 1;
    guest.talk.pipe.deliver(guest.talk.frameOf(request));
    guest.mustCount = true;
    await this.#ledger.executed(guest, { request, id });
    await this.#ledger.settle();
  }

  #checkHandles(): void {
    const { handles } = this.#server.stats();
    assert.equal(handles, this.#ledger.guests.reduce((sum, { model }) => sum + model.handles, 0));
  }

  // --------------------------------------------------------------------------- losing and resuming

  async #lose(guest: Guest): Promise<void> {
    if (guest.session === undefined) return await this.#goneFor(guest);
    const random = this.#random;
    const unanswered: Unanswered[] = guest.waiting.map(({ request, id }) => ({ request, id }));
    guest.isAway = true;
    for (const { id } of unanswered) guest.seen.add(id);
    let isLost = false;
    for (let i = random.pick([0, 1, 3, 9]); i > 0; i--) {
      const request = this.#requestOf(guest);
      const id = guest.talk.lastId + 1;
      const frame = guest.talk.frameOf(request);
      this.#tally.frames++;
      isLost ||= random.below(6) === 0;
      unanswered.push({ request, id });
      if (isLost) continue;
      guest.seen.add(id);
      guest.talk.pipe.deliver(frame);
      await this.#ledger.executed(guest, { request, id });
      await this.#ledger.settle();
    }
    guest.unanswered = unanswered;
    // Otherwise the old connection still seems alive when the guest comes back.
    if (random.below(3) > 0) guest.talk.pipe.destroy();
    await this.#ledger.settle();
  }

  async #resume(guest: Guest): Promise<void> {
    const { name, token } = guest.session!;
    const old = guest.talk;
    const talk = this.#connect(2);
    const hello: Request = { op: OP.hello, version: 2, session: name, token };
    this.#tally.frames++;
    const [answer, ...rest] = await talk.send(talk.frameOf(hello, 7));
    const said = contentOf(answer!);
    assert.deepEqual([said["id"], said["err"], said["resumed"]], [7, 0, true]);
    assert.deepEqual([said["session"], said["token"]], [name, token]);
    const forget = rest.flatMap((frame) => contentOf(frame)["changes"] as Told[]);
    assert.deepEqual(forget, [...guest.subscriptions].map((path) => [3, path]));
    assert.ok(old.isClosed);
    this.#tally.resumed++;
    talk.lastId = old.lastId;
    guest.talk = talk;
    guest.isAway = false;
    guest.mustCount = false;
    guest.answered.clear();
    for (const asked of guest.unanswered) await this.#askAgain(guest, asked);
    guest.unanswered = [];
    guest.seen.clear();
  }

  async #askAgain(guest: Guest, asked: Unanswered): Promise<void> {
    const { request, id } = asked;
    this.#tally.frames++;
    guest.talk.pipe.deliver(guest.talk.frameOf(request, id));
    // What is still waited for will be answered; what was answered since the hello has been.
    const isWaiting = guest.waiting.some((one) => one.id === id);
    if (!guest.seen.has(id)) {
      guest.mustCount = true;
      await this.#ledger.executed(guest, asked);
    } else if (!isWaiting && !guest.answered.has(id)) {
      const isKept = this.#ledger.repeated(guest, asked) !== undefined;
      if (!isKept) await this.#ledger.executed(guest, asked);
    }
    await this.#ledger.settle();
  }

  // ----------------------------------------------------------------------------------------- ends

  async #sayGoodbye(guest: Guest): Promise<void> {
    this.#tally.frames++;
    const request: Request = { op: OP.goodbye };
    if (guest.version === 1) {
      guest.talk.pipe.deliver(guest.talk.frameOf(request));
      this.#ledger.answered(guest, { request, id: 0 }, failed(ERRNO.ENOSYS));
      return await this.#ledger.settle();
    }
    const answer = await guest.talk.ask(request);
    assert.deepEqual(contentOf(answer), { id: guest.talk.lastId, err: 0 });
    assert.ok(guest.talk.isClosed);
    await this.#goneFor(guest);
  }

  /** Ends a connection by something that no client may send. */
  async #breakRules(guest: Guest): Promise<void> {
    this.#tally.frames++;
    this.#tally.spoilt++;
    const { talk } = guest;
    const ping: Request = { op: OP.ping };
    const frames: Uint8Array[] = [new Uint8Array(4), new Uint8Array([0, 0, 0, 1, 0x80])];
    if (guest.version === 2) frames.push(talk.frameOf(ping, 0));
    if (guest.version === 2 && guest.mustCount) {
      frames.push(talk.frameOf(ping, talk.lastId));
    }
    const answers = await talk.send(this.#random.pick(frames));
    assert.deepEqual([answers.length, talk.isClosed], [0, true]);
    // Who did that does not get the session back.
    await this.#goneFor(guest);
  }

  /** A guest that will not come back holds nothing any more. */
  async #goneFor(guest: Guest): Promise<void> {
    guest.talk.pipe.destroy();
    this.#ledger.guests = this.#ledger.guests.filter((other) => other !== guest);
    // Its waits end before its locks are given back: none of them is granted on the way.
    for (const { end } of guest.waiting) end.abort();
    await guest.model.end();
    await turns();
    await new Promise((resolve) => setImmediate(resolve));
    await this.#ledger.settle();
    this.#checkHandles();
  }
}
