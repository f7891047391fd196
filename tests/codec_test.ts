import { strict as assert } from "node:assert";
import { test } from "node:test";
import { decode as cborgDecode, encode as cborgEncode } from "cborg";
import { Encoder as CborX } from "cbor-x/index-no-eval";
import fc from "fast-check";
import { encodable, fromHex, RECORDING, requestOf, responseOf, toHex } from "./_vectors.ts";
import {
  Decoder,
  decodeRequest,
  encodeFrame,
  ENTRY,
  FrameWriter,
  MessageKind,
  newRequest,
  newResponse,
  NO_OP,
  ProtocolError,
  REQUEST,
  RESPONSE,
  STAT,
  type WireRequest,
} from "../src/protocol/mod.ts";

const cborX = new CborX({ mapsAsObjects: true, useRecords: false, tagUint8Array: false });

function encoded(kind: typeof REQUEST, message: object): Uint8Array {
  const writer = new FrameWriter();
  encodeFrame(writer, kind, message);
  return writer.lend().slice();
}

function body(...parts: (number[] | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part),
  );
}

/** A CBOR text item. */
function text(value: string): number[] {
  return [0x60 | value.length, ...new TextEncoder().encode(value)];
}

function decoded(bytes: Uint8Array): WireRequest & { fault: string | undefined } {
  const decoder = new Decoder();
  const request = newRequest();
  decodeRequest(decoder, bytes, 0, bytes.length, request);
  return { ...request, fault: decoder.fault };
}

function refused(bytes: Uint8Array): void {
  assert.throws(() => decoded(bytes), ProtocolError);
}

for (const vector of RECORDING.codec) {
  test(`Decoder reads the recorded ${vector.kind}: ${vector.name}`, () => {
    const frame = fromHex(vector.hex);
    const decoder = new Decoder();
    const [kind, message, expected] = vector.kind === "request"
      ? [REQUEST, newRequest(), requestOf(vector.value)]
      : [RESPONSE, newResponse(), responseOf(vector.value)];
    decoder.decode(frame, 4, frame.length, kind, message);
    assert.deepEqual({ ...message, data: toHex(message.data) }, {
      ...expected,
      data: toHex(expected.data),
    });
    assert.equal(decoder.fault, undefined);
  });

  test(`encodeFrame() writes the recorded ${vector.kind}: ${vector.name}`, () => {
    const frame = vector.kind === "request"
      ? encoded(REQUEST, requestOf(vector.value))
      : encoded(RESPONSE, encodable(responseOf(vector.value)));
    assert.equal(toHex(frame), vector.hex);
  });

  test(`cborg and cbor-x read what encodeFrame() writes: ${vector.name}`, () => {
    const frame = vector.kind === "request"
      ? encoded(REQUEST, requestOf(vector.value))
      : encoded(RESPONSE, encodable(responseOf(vector.value)));
    const wanted = cborgDecode(fromHex(vector.hex).subarray(4));
    assert.deepEqual(cborgDecode(frame.subarray(4), { strict: true }), wanted);
    assert.deepEqual(plain(cborX.decode(frame.subarray(4))), plain(wanted));
  });
}

/** Bytes as hexadecimal and small big integers as numbers: what the two libraries differ in. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

test("Decoder reads what cborg writes, in any order of the keys", () => {
  const message = { gid: 3, op: 4, data: new Uint8Array(300).fill(7), off: 2 ** 40, fh: 9 };
  const request = decoded(cborgEncode(message));
  assert.equal(request.fault, undefined);
  assert.deepEqual({ ...request, data: request.data.slice() }, {
    ...newRequest(),
    ...message,
    fault: undefined,
  });
});

test("Decoder keeps integers of 64 bits exact", () => {
  const values = [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
  for (const off of [...values, ...values.map((value) => -value), -(2n ** 63n)]) {
    const request = decoded(cborgEncode({ op: 3, off, fh: off < 0n ? -off : off }));
    assert.equal(BigInt(request.off), off);
    assert.equal(BigInt(request.fh), off < 0n ? -off : off);
    assert.equal(request.fault, undefined);
  }
});

test("Decoder answers a field of the wrong type or range with EINVAL", () => {
  const wrong: object[] = [
    { op: "read" },
    { op: -1 },
    { op: 2 ** 32 },
    { op: 1, path: 7 },
    { op: 1, path: new Uint8Array(3) },
    { op: 4, data: "text" },
    { op: 3, sz: 2 ** 32 },
    { op: 3, sz: -1 },
    { op: 3, fh: -1 },
    { op: 3, off: 1n << 63n },
    { op: 3, off: null },
    { op: 3, off: true },
    { op: 3, off: [1, { a: 1 }] },
    { op: 3, off: { a: [1, 2, "x"] } },
    { op: 10, flags: 1.5 },
    { op: 10, mode: Number.NaN },
  ];
  for (const message of wrong) {
    assert.equal(decoded(cborgEncode(message)).fault, "EINVAL", Object.keys(message).join());
  }
});

test("Decoder answers floats that stand for integers with EINVAL", () => {
  for (
    const float of [[0xf9, 0x3c, 0x00], [0xfa, 0x3f, 0x80, 0, 0], [
      0xfb,
      0x3f,
      0xf0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]]
  ) {
    const request = decoded(body([0xa2], text("op"), [1], text("sz"), float));
    assert.equal(request.fault, "EINVAL");
  }
});

test("Decoder answers an integer that is not in its shortest form with EINVAL", () => {
  for (
    const long of [[0x18, 3], [0x19, 0, 3], [0x1a, 0, 0, 0, 3], [0x1b, 0, 0, 0, 0, 0, 0, 0, 3]]
  ) {
    const request = decoded(body([0xa1], text("op"), long));
    assert.equal(request.fault, "EINVAL");
    assert.equal(request.op, 3);
  }
  assert.equal(decoded(body([0xa1, 0x78, 2], "op", [1])).fault, "EINVAL");
});

test("Decoder leaves the op open when there is none", () => {
  assert.equal(decoded(body([0xa0])).op, NO_OP);
});

test("Decoder refuses what is not one map with text keys", () => {
  refused(body([]));
  refused(body([0x01]));
  refused(body([0x80]));
  refused(body([0xa1, 0x01, 0x01]));
  refused(body([0xa1], [0x42], "op", [1]));
  refused(body([0xf6]));
});

test("Decoder refuses bytes after the map", () => {
  refused(body([0xa1], text("op"), [1, 0]));
});

test("Decoder refuses a map that ends too early, at every byte", () => {
  const whole = encoded(REQUEST, {
    op: 4,
    path: "/a",
    fh: 2n ** 60n,
    off: 300,
    data: new Uint8Array(40),
  })
    .subarray(4);
  for (let end = 0; end < whole.length; end++) refused(whole.subarray(0, end));
  assert.equal(decoded(whole).op, 4);
});

test("Decoder refuses indefinite lengths", () => {
  refused(body([0xbf], text("op"), [1, 0xff]));
  refused(body([0xa2], text("op"), [1], text("path"), [0x7f, 0x61], "/", [0xff]));
  refused(body([0xa2], text("op"), [4], text("data"), [0x5f, 0x41, 1, 0xff]));
  refused(body([0xa2], text("op"), [4], text("x"), [0x9f, 0xff]));
});

test("Decoder refuses tags, wherever they are", () => {
  refused(body([0xc1, 0xa1], text("op"), [1]));
  refused(body([0xa1], text("op"), [0xc2, 0x41, 1]));
  refused(body([0xa2], text("op"), [1], text("x"), [0xc0, 0x61, 0x31]));
  refused(body([0xa2], text("op"), [1], text("x"), [0x81, 0xd9, 0xd9, 0xf7, 0x01]));
});

test("Decoder refuses a key that is there twice, known or not", () => {
  refused(body([0xa2], text("op"), [1], text("op"), [1]));
  refused(body([0xa3], text("op"), [1], text("x"), [1], text("x"), [1]));
});

test("Decoder refuses items that are nested too deeply", () => {
  const deep = (levels: number): Uint8Array =>
    body([0xa2], text("op"), [1], text("x"), Array<number>(levels).fill(0x81), [0]);
  assert.equal(decoded(deep(8)).op, 1);
  refused(deep(9));
  refused(deep(1_000_000));
});

test("Decoder ignores unknown keys, up to a number of them", () => {
  const many = (count: number): Uint8Array =>
    cborgEncode({
      ...Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`key${i}`, [i, { a: null }, 1.5]]),
      ),
      op: 1,
      path: "/a",
    });
  assert.equal(decoded(many(16)).path, "/a");
  assert.equal(decoded(many(16)).fault, undefined);
  refused(many(17));
});

test("Decoder compares keys byte by byte", () => {
  const request = decoded(cborgEncode({ op: 1, Path: "/upper", PATH: "/more", "path\0": "/nul" }));
  assert.equal(request.path, "");
  assert.equal(request.fault, undefined);
});

test("Decoder takes __proto__ and constructor for what they are: unknown keys", () => {
  const request = decoded(
    body(
      [0xa3],
      text("op"),
      [1],
      text("__proto__"),
      [0xa1],
      text("path"),
      [0x61],
      "x",
      text("constructor"),
      [0],
    ),
  );
  assert.equal(Object.getPrototypeOf(request), Object.prototype);
  assert.equal(request.path, "");
  assert.equal(request.constructor, Object);
});

test("Decoder answers invalid UTF-8 with EILSEQ", () => {
  const invalid = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [
    0xe2,
    0x82,
  ]];
  for (const bytes of invalid) {
    const request = decoded(
      body([0xa2], text("op"), [1], text("path"), [0x60 | bytes.length], bytes),
    );
    assert.equal(request.fault, "EILSEQ");
    assert.equal(request.path, "");
  }
});

test("Decoder keeps a byte order mark", () => {
  assert.equal(decoded(cborgEncode({ op: 1, path: "\ufeff/a" })).path, "\ufeff/a");
});

test("Decoder answers a path of more than 4096 bytes with ENAMETOOLONG", () => {
  assert.equal(decoded(cborgEncode({ op: 1, path: "/".repeat(4096) })).fault, undefined);
  assert.equal(decoded(cborgEncode({ op: 1, path: "/".repeat(4097) })).fault, "ENAMETOOLONG");
  assert.equal(decoded(cborgEncode({ op: 1, path: "ü".repeat(2049) })).fault, "ENAMETOOLONG");
});

test("Decoder answers data over the limit with EINVAL", () => {
  const data = new Uint8Array((1 << 20) + 1);
  assert.equal(decoded(cborgEncode({ op: 4, data: data.subarray(1) })).fault, undefined);
  assert.equal(decoded(cborgEncode({ op: 4, data })).fault, "EINVAL");
});

test("Decoder gives every text its own string though it remembers them", () => {
  const decoder = new Decoder();
  const request = newRequest();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) {
      const frame = cborgEncode({ op: 1, path: `/workspace/file${i}` });
      decodeRequest(decoder, frame, 0, frame.length, request);
      assert.equal(request.path, `/workspace/file${i}`);
    }
  }
});

test("encodeFrame() refuses values that the wire cannot carry, and leaves no trace of them", () => {
  const writer = new FrameWriter();
  const wrong: object[] = [
    { op: 1.5 },
    { op: -1 },
    { op: "1" },
    { op: Number.NaN },
    { op: 1, path: 5 },
    { op: 1, path: "\ud800" },
    { op: 1, fh: -1n },
    { op: 1, fh: 2n ** 64n },
    { op: 1, off: 2n ** 63n },
    { op: 1, off: 2 ** 53 },
    { op: 1, data: "x" },
    { op: 1, data: { length: 2 ** 40 } },
  ];
  for (const message of wrong) {
    assert.throws(() => encodeFrame(writer, REQUEST, message), TypeError);
    assert.equal(writer.unsent, 0);
  }
  encodeFrame(writer, REQUEST, { op: 1 });
  assert.equal(toHex(writer.lend()), "00000005a1626f7001");
});

test("encodeFrame() answers a frame over the limit with EOVERFLOW", () => {
  const writer = new FrameWriter(1000);
  encodeFrame(writer, RESPONSE, { err: 0, data: new Uint8Array(986) });
  assert.equal(writer.unsent, 1004);
  assert.throws(
    () => encodeFrame(writer, RESPONSE, { err: 0, data: new Uint8Array(987) }),
    { code: "EOVERFLOW" },
  );
  assert.throws(
    () => encodeFrame(writer, RESPONSE, { err: 0, data: new Uint8Array(1 << 20) }),
    { code: "EOVERFLOW" },
  );
  assert.equal(writer.unsent, 1004);
});

test("FrameWriter.fill() closes the gap that a short read leaves", () => {
  for (
    const [size, used] of [[10, 10], [300, 300], [300, 20], [70_000, 70_000], [70_000, 0], [
      70_000,
      200,
    ]]
  ) {
    const writer = new FrameWriter();
    writer.begin();
    const hole = writer.hole(size!);
    assert.equal(hole.length, size);
    for (let i = 0; i < used!; i++) hole[i] = i;
    writer.fill(size!, used!);
    writer.finish();
    assert.deepEqual(
      cborgDecode(writer.lend().subarray(4)),
      Uint8Array.from({ length: used! }, (_, i) => i),
    );
  }
});

test("FrameWriter leaves lent bytes alone while it grows", () => {
  const writer = new FrameWriter();
  encodeFrame(writer, REQUEST, { op: 7 });
  const lent = writer.lend();
  const before = toHex(lent);
  encodeFrame(writer, REQUEST, { op: 4, data: new Uint8Array(100_000).fill(1) });
  assert.equal(toHex(lent), before);
  writer.settle();
  const rest = writer.lend();
  assert.deepEqual(cborgDecode(rest.subarray(4)), { op: 4, data: new Uint8Array(100_000).fill(1) });
});

/** A value of a field, now and then one that no wire can carry. */
function oddly(usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(-1, 0.5, NaN, Infinity, 2 ** 53, 2n ** 64n - 1n, -1n, "7", null);
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const MODES = fc.constantFrom(0o100644, 0o040755, 0o120777, 0o104755, 0o020600, 0o060600, 0o1, 0);
const INFOS = fc.record({
  mode: oddly(MODES),
  size: oddly(fc.nat(2 ** 40)),
  ino: oddly(fc.bigInt(0n, 2n ** 54n)),
  mtime: fc.record({ sec: oddly(fc.integer()), nsec: fc.constant(0) }),
});
const NAMED = fc.record({
  name: oddly(fc.oneof(fc.string(), fc.string({ unit: "binary" }))),
  mode: oddly(MODES),
  ino: oddly(fc.bigInt(0n, 2n ** 54n)),
  info: fc.option(INFOS, { nil: undefined }),
});

for (const [kind, messages] of [[STAT, INFOS], [ENTRY, NAMED]] as const) {
  test(`the shortcut of the ${kind.name} writes what its table says, and fails as that does`, () => {
    const table = new MessageKind(kind.name, kind.fields);
    let shortcuts = 0;
    const outcome = (kind: MessageKind, message: object, limit: number): unknown => {
      const writer = new FrameWriter(limit);
      try {
        encodeFrame(writer, kind, message);
        return toHex(writer.lend());
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(messages, fc.constantFrom(1 << 20, 60), (message, limit) => {
        const writer = new FrameWriter(limit);
        writer.begin();
        try {
          if (kind.shortcut!(writer, message)) shortcuts++;
        } catch {
          // A message that is nothing like one.
        }
        assert.equal(outcome(kind, message, limit), outcome(table, message, limit));
      }),
      { numRuns: 2000 },
    );
    assert.ok(shortcuts > 100);
  });
}
