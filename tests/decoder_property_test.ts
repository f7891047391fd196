import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import { decode as cborgDecode, encode as cborgEncode } from "cborg";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { fromHex, RECORDING, type Vector } from "./_vectors.ts";
import { Random } from "./_random.ts";
import {
  BufferPool,
  Decoder,
  decodeRequest,
  decodeRequest2,
  FrameSplitter,
  newRequest,
  newRequest2,
  newResponse,
  newResponse2,
  ProtocolError,
  REQUEST,
  RESPONSE,
  RESPONSE_2,
  type WireRequest,
} from "../src/protocol/mod.ts";

/** How many frames; `VFS_FRAMES` asks for more. */
const FRAMES = Number(process.env["VFS_FRAMES"] ?? 1_000_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 0x7fff_ffff);

const FAULTS = [undefined, "EINVAL", "EILSEQ", "ENAMETOOLONG"];

const VERSION_2: { readonly codec: readonly Vector[] } = JSON.parse(
  readFileSync(new URL("./vectors/v2.json", import.meta.url), "utf8"),
);

/** Bodies to start from: every recorded message, and some with what the wire does not use. */
const BODIES: readonly Uint8Array[] = [
  ...[...RECORDING.codec, ...VERSION_2.codec].map(({ hex }) => fromHex(hex).subarray(4))
    .filter((body) => body.length < 2000),
  ...RECORDING.session.map(({ request_hex }) => fromHex(request_hex).subarray(4)),
  cborgEncode({ op: 1, path: "/ü", extra: { a: [1, 2.5, null, "x"], b: new Uint8Array(9) } }),
  cborgEncode({ op: 3, fh: 2n ** 64n - 1n, off: -(2n ** 63n), sz: 2 ** 32 - 1 }),
];

/** First bytes that begin something, with lengths that promise too much among them. */
const HEADS = [
  0x00,
  0x17,
  0x18,
  0x19,
  0x1a,
  0x1b,
  0x1c,
  0x1f,
  0x20,
  0x3b,
  0x40,
  0x58,
  0x5a,
  0x5b,
  0x5f,
  0x60,
  0x78,
  0x7a,
  0x7b,
  0x7f,
  0x80,
  0x81,
  0x98,
  0x9a,
  0x9b,
  0x9f,
  0xa0,
  0xa1,
  0xb8,
  0xba,
  0xbb,
  0xbf,
  0xc0,
  0xc2,
  0xd8,
  0xdb,
  0xe0,
  0xf4,
  0xf5,
  0xf6,
  0xf7,
  0xf8,
  0xf9,
  0xfa,
  0xfb,
  0xfc,
  0xff,
];

const scratch = new Uint8Array(8192);

/** Puts a hostile body into the scratch buffer, and returns its length. */
function hostile(random: Random): number {
  if (random.below(8) === 0) {
    const length = random.below(40);
    for (let i = 0; i < length; i++) scratch[i] = random.below(256);
    if (random.below(2) === 0) scratch[0] = 0xa0 | random.below(8);
    return length;
  }
  const body = random.pick(BODIES);
  scratch.set(body);
  let length = body.length;
  for (let times = random.below(4); times > 0; times--) {
    const at = random.below(length + 1);
    switch (random.below(6)) {
      case 0:
        scratch[at] = random.below(256);
        break;
      case 1:
        scratch[at] = random.pick(HEADS);
        break;
      case 2:
        scratch[at] = scratch[at]! ^ 1 << random.below(8);
        break;
      case 3:
        length = at;
        break;
      case 4: // Something is inserted.
        scratch.copyWithin(at + 1, at, length);
        scratch[at] = random.pick(HEADS);
        length++;
        break;
      default: { // A piece of another message is put over it.
        const other = random.pick(BODIES);
        const from = random.below(other.length);
        const piece = other.subarray(from, from + random.below(20));
        scratch.set(piece, at);
        length = Math.max(length, at + piece.length);
      }
    }
  }
  return length;
}

function checkRequest(request: WireRequest, length: number): void {
  assert.ok(Number.isInteger(request.op) && request.op >= -1 && request.op <= 0xffff_ffff);
  assert.ok(typeof request.path === "string" && request.path.length <= length);
  assert.ok(typeof request.new_path === "string" && request.new_path.length <= length);
  assert.ok(request.data instanceof Uint8Array && request.data.length <= length);
  for (const wide of [request.fh, request.off]) {
    assert.ok(typeof wide === "bigint" || Number.isSafeInteger(wide));
  }
  for (const number of [request.sz, request.flags, request.mode, request.uid, request.gid]) {
    assert.ok(Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff);
  }
}

const REQUESTS = [newRequest(), newRequest2()] as const;

/** Takes what is in the scratch buffer for one of the four kinds of messages, in turn. */
function decodeAs(turn: number, decoder: Decoder, length: number): WireRequest | undefined {
  switch (turn % 4) {
    case 0:
      decodeRequest(decoder, scratch, 0, length, REQUESTS[0]);
      return REQUESTS[0];
    case 1:
      decodeRequest2(decoder, scratch, 0, length, REQUESTS[1]);
      return REQUESTS[1];
    case 2:
      decoder.decode(scratch, 0, length, RESPONSE, newResponse());
      return undefined;
    default:
      decoder.decode(scratch, 0, length, RESPONSE_2, newResponse2());
      return undefined;
  }
}

test("Decoder meets a million hostile frames with its own error and no other", () => {
  console.log(`seed ${SEED}, ${FRAMES} frames`);
  const random = new Random(SEED);
  const decoder = new Decoder();
  let refused = 0;
  let faults = 0;
  for (let i = 0; i < FRAMES; i++) {
    const length = hostile(random);
    try {
      const request = decodeAs(i, decoder, length);
      if (request !== undefined) checkRequest(request, length);
      if (decoder.fault !== undefined) faults++;
      assert.ok(FAULTS.includes(decoder.fault));
    } catch (error) {
      if (!(error instanceof ProtocolError)) {
        throw new Error(`Seed ${SEED}, frame ${i}: ${[...scratch.subarray(0, length)]}`, {
          cause: error,
        });
      }
      refused++;
    }
  }
  // The generator must be near enough to the truth to reach every branch.
  assert.ok(refused > FRAMES / 10 && refused < FRAMES * 0.9, `${refused} were refused`);
  assert.ok(faults > FRAMES / 100, `${faults} had faults`);
});

/** Has what constructs buffers and arrays report the size of each, as long as something runs. */
function watchingSizes(report: (size: number) => void, run: () => void): void {
  const { Uint8Array: bytes, ArrayBuffer: buffer, Array: array } = globalThis;
  const watched = <T extends object>(constructor: T): T =>
    new Proxy(constructor, {
      construct(target, args, newTarget) {
        report(Number(args[0]));
        return Reflect.construct(target as typeof Array, args, newTarget);
      },
    });
  Object.assign(globalThis, {
    Uint8Array: watched(bytes),
    ArrayBuffer: watched(buffer),
    Array: watched(array),
  });
  try {
    run();
  } finally {
    Object.assign(globalThis, { Uint8Array: bytes, ArrayBuffer: buffer, Array: array });
  }
}

/** Heads of bytes, text, lists, maps and tags that promise what no frame has. */
const PROMISES = [0x5a, 0x7a, 0x9a, 0xba, 0xda].flatMap((head) => [
  [head, 0x3f, 0xff, 0xff, 0xff],
  [head + 1, 0x00, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
]);

test("Decoder makes nothing that is larger than the frame, whatever a frame promises", () => {
  const decoder = new Decoder();
  const sizes: number[] = [];
  let refused = 0;
  watchingSizes((size) => void sizes.push(size), () => {
    new Uint8Array(5);
    assert.deepEqual(sizes.splice(0), [5]);
    for (const body of BODIES.filter(({ length }) => length < 300)) {
      for (let at = 0; at <= body.length; at++) {
        scratch.set(body.subarray(0, at));
        for (const promise of PROMISES) {
          const after = at + promise.length;
          scratch.set(promise, at);
          scratch.set(body.subarray(at), after);
          for (let kind = 0; kind < 4; kind++) {
            try {
              decodeAs(kind, decoder, after + body.length - at);
            } catch (error) {
              assert.ok(error instanceof ProtocolError);
              refused++;
            }
          }
        }
        for (const size of sizes.splice(0)) assert.ok(size <= 310, `${size}: ${body}, at ${at}`);
      }
    }
  });
  assert.ok(refused > 100_000, `${refused} were refused`);
});

test("Decoder agrees with cborg about whatever it accepts of hostile frames", () => {
  const random = new Random(SEED);
  const decoder = new Decoder();
  let agreed = 0;
  for (let i = 0; i < 50_000; i++) {
    const body = scratch.slice(0, hostile(random));
    const request = newRequest();
    try {
      decodeRequest(decoder, body, 0, body.length, request);
    } catch {
      continue;
    }
    if (decoder.fault !== undefined) continue;
    let theirs: Map<unknown, unknown>;
    try {
      theirs = cborgDecode(body, { useMaps: true });
    } catch {
      continue; // It knows fewer simple values than we skip.
    }
    for (const { name } of REQUEST.fields) {
      const value = theirs.get(name);
      if (value !== undefined) {
        assert.deepEqual((request as unknown as Record<string, unknown>)[name], value);
      }
    }
    agreed++;
  }
  assert.ok(agreed > 1000, `${agreed} were compared`);
});

const ANY_VALUE = fc.oneof(
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.integer(),
  fc.constantFrom(0, 23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.constantFrom(
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 63n - 1n,
    2n ** 63n,
    -(2n ** 63n),
    -(2n ** 63n) - 1n,
  ),
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.uint8Array({ maxLength: 300 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant([[null]])), { maxLength: 5 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 5 }),
);

/** What a field of a type makes of a value: the value as it should be kept, or `undefined`. */
function expected(type: string, value: unknown): unknown {
  if (type === "text") return typeof value === "string" ? value : undefined;
  if (type === "bytes") return value instanceof Uint8Array ? value : undefined;
  // cborg writes a double that is a whole number as an integer.
  const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!isWhole) return undefined;
  const exact = BigInt(value as number | bigint);
  const [low, high] = {
    u32: [0n, 2n ** 32n - 1n],
    u64: [0n, 2n ** 64n - 1n],
    i64: [-(2n ** 63n), 2n ** 63n - 1n],
  }[type]!;
  return exact >= low! && exact <= high! ? exact : undefined;
}

test("Decoder takes any value in any field as the type of the field says", () => {
  const fields = REQUEST.fields.slice(0, 11);
  const decoder = new Decoder();
  const message = fc.dictionary(fc.constantFrom(...fields.map(({ name }) => name)), ANY_VALUE);
  fc.assert(
    fc.property(message, (message) => {
      const body = Uint8Array.from(cborgEncode(message)); // On Node it is a Buffer.
      const request = newRequest();
      decodeRequest(decoder, body, 0, body.length, request);
      let fault: string | undefined;
      for (const [name, value] of Object.entries(message)) {
        const type = fields.find((field) => field.name === name)!.type;
        const kept = expected(type, value);
        if (kept === undefined) {
          fault = "EINVAL";
          continue;
        }
        const ours = (request as unknown as Record<string, unknown>)[name];
        assert.deepEqual(typeof kept === "bigint" ? BigInt(ours as number) : ours, kept);
      }
      assert.equal(decoder.fault, fault);
    }),
    { numRuns: 5000, seed: SEED },
  );
});

class WatchedPool extends BufferPool {
  largest = 0;

  override take(bytes: number): Uint8Array {
    const buffer = super.take(bytes);
    this.largest = Math.max(this.largest, buffer.length);
    return buffer;
  }
}

test("FrameSplitter allocates no more than the limit, whatever length a peer announces", () => {
  const random = new Random(SEED);
  const limit = 65_536;
  const pool = new WatchedPool();
  for (let i = 0; i < 20_000; i++) {
    const splitter = new FrameSplitter(limit, pool);
    const chunk = new Uint8Array(random.below(40));
    for (let at = 0; at < chunk.length; at++) chunk[at] = random.below(random.pick([2, 256]));
    splitter.push(chunk);
    try {
      while (splitter.next()) assert.ok(splitter.end - splitter.start <= chunk.length - 4);
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
    }
  }
  assert.equal(pool.largest, limit);
});

test("FrameSplitter cuts the same frames out of any pieces", () => {
  const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(frames, cuts, (bodies, sizes) => {
      const stream = Uint8Array.from(
        bodies.flatMap((body) => [0, 0, body.length >> 8, body.length & 255, ...body]),
      );
      const splitter = new FrameSplitter(300, new BufferPool());
      const found: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length]!;
        splitter.push(stream.slice(at, at + size));
        at += size;
        while (splitter.next()) found.push(splitter.bytes.slice(splitter.start, splitter.end));
        assert.equal(splitter.holding, false);
      }
      assert.deepEqual(found, bodies);
      assert.equal(splitter.midFrame, false);
    }),
    { numRuns: 300, seed: SEED },
  );
});

test("FrameSplitter.done() gives back a chunk of which nothing is left", () => {
  const splitter = new FrameSplitter(300, new BufferPool());
  splitter.push(Uint8Array.of(0, 0, 0, 1, 7, 0, 0, 0, 1, 8));
  assert.ok(splitter.next());
  splitter.done();
  assert.equal(splitter.holding, true);
  assert.ok(splitter.next());
  assert.equal(splitter.bytes[splitter.start], 8);
  assert.equal(splitter.holding, true);
  splitter.done();
  assert.equal(splitter.holding, false);
  assert.equal(splitter.held, 0);
  splitter.push(Uint8Array.of(0, 0, 0, 1, 9));
  assert.ok(splitter.next());
  assert.equal(splitter.bytes[splitter.start], 9);
});

test("FrameSplitter.room() is where the rest of a large frame belongs", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 150_000 }), { minLength: 1, maxLength: 6 });
  const cuts = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 });
  let rooms = 0;
  fc.assert(
    fc.property(sizes, cuts, (lengths, pieces) => {
      const bodies = lengths.map((length, n) => {
        return Uint8Array.from({ length }, (_, i) => (i * 7 + n) & 255);
      });
      const stream = Buffer.concat(bodies.flatMap((body) => {
        return [Uint8Array.of(0, body.length >> 16, body.length >> 8, body.length), body];
      }));
      const splitter = new FrameSplitter(150_000, new BufferPool());
      const found: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const room = splitter.room();
        if (room !== undefined) rooms++;
        const size = Math.min(pieces[i % pieces.length]!, stream.length - at, room?.length ?? 1e9);
        const target = room ?? new Uint8Array(size);
        target.set(stream.subarray(at, at + size));
        splitter.push(target.subarray(0, size));
        at += size;
        while (splitter.next()) found.push(splitter.bytes.slice(splitter.start, splitter.end));
        assert.equal(splitter.holding, false);
      }
      assert.equal(Buffer.compare(Buffer.concat(found), Buffer.concat(bodies)), 0);
      assert.deepEqual(found.map(({ length }) => length), lengths);
      assert.equal(splitter.midFrame, false);
    }),
    { numRuns: 100, seed: SEED },
  );
  assert.ok(rooms > 0);
});
