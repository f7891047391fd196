/** The vectors of version 2, and the tables of the specification, against what the code does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decode, encode, type EncodeOptions } from "cborg";
import { playConversation } from "../scripts/_protocol_player.ts";
import { fromHex } from "../scripts/_protocol_player.ts";
import { BAD_FRAMES, CONVERSATION, MESSAGES } from "../scripts/_protocol_samples.ts";
import { withTables } from "../scripts/_protocol_tables.ts";
import { frameOf, hex, valueIn, type Vectors } from "../scripts/_protocol_vectors.ts";
import {
  Decoder,
  encodeFrame,
  FrameWriter,
  newRequest2,
  newResponse2,
  REQUEST_2,
  REQUEST_FIELDS,
  RESPONSE_2,
  RESPONSE_FIELDS,
} from "../src/protocol/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { Peer2 } from "./_peer2.ts";

const FILE = new URL("./vectors/v2.json", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(FILE, "utf8"));

/** Keys in the order in which the object has them, as the wire wants. */
const AS_WRITTEN: EncodeOptions = { mapSorter: () => 0 };

test("the vectors are those of the samples: if not, run scripts/vectors.ts", () => {
  assert.deepEqual(vectors.codec.map(({ name }) => name), MESSAGES.map(({ name }) => name));
  assert.deepEqual(vectors.bad, BAD_FRAMES);
  assert.deepEqual(
    vectors.conversation.map(({ name }) => name),
    CONVERSATION.map(({ name }) => name),
  );
});

for (const [index, { name, kind, value }] of MESSAGES.entries()) {
  const table = kind === "request" ? REQUEST_2 : RESPONSE_2;

  test(`the frame of "${name}" is the one of the vectors, and means what they say`, () => {
    const frame = frameOf(table, value);
    const vector = vectors.codec[index]!;
    assert.equal(hex(frame), vector.hex);
    assert.deepEqual(valueIn(frame), vector.value);
    // Another encoder makes the same bytes of it.
    assert.equal(hex(encode(decode(frame.subarray(4)), AS_WRITTEN)), vector.hex.slice(8));
  });

  test(`the frame of "${name}" is read as it was written`, () => {
    const frame = fromHex(vectors.codec[index]!.hex);
    const message = kind === "request" ? newRequest2() : newResponse2();
    const decoder = new Decoder();
    decoder.decode(frame, 4, frame.length, table, message);
    assert.equal(decoder.fault, undefined);
    const writer = new FrameWriter();
    encodeFrame(writer, table, writable(message));
    assert.equal(hex(writer.lend()), hex(frame));
  });
}

test("the samples have every field of version 2", () => {
  for (
    const [kind, fields] of [["request", REQUEST_FIELDS], ["answer", RESPONSE_FIELDS]] as const
  ) {
    const seen = new Set(
      MESSAGES.filter((sample) => sample.kind === kind)
        .flatMap(({ value }) => Object.keys(value)),
    );
    const missing = fields.filter((field) => field.until === undefined && !seen.has(field.name));
    assert.deepEqual(missing.map((field) => field.name), []);
  }
});

for (const { name, hex: frame, outcome } of vectors.bad) {
  test(`the frame with ${name} ends in ${outcome}`, async () => {
    const server = new VfsServer(new MemoryProvider());
    const [here, there] = MemoryTransport.pair();
    void server.handleConnection(there);
    const { peer } = await Peer2.open(here);
    peer.raw(fromHex(frame));
    if (outcome === "close") {
      await peer.gone;
      assert.equal(peer.answers.length, 1);
    } else {
      assert.equal((await peer.answer(99)).err, outcome);
      assert.equal((await peer.ask("ping", { id: 100 })).err, 0);
    }
    await server.stop();
  });
}

test("the conversation goes as the vectors say", async () => {
  assert.deepEqual(await playConversation(CONVERSATION), vectors.conversation);
});

test("the specification has the tables of the code: if not, run scripts/vectors.ts", () => {
  const text = readFileSync(new URL("../docs/PROTOCOL.md", import.meta.url), "utf8");
  const bare = (table: string) => table.replaceAll(/[ -]+/g, " ");
  assert.equal(bare(text), bare(withTables(text)));
});

/** A message as it was read, in the form in which it is written. */
function writable(message: object): object {
  const attr = (wire: Record<string, unknown> | undefined) =>
    wire === undefined ? undefined : {
      ...wire,
      ...Object.fromEntries(["atime", "mtime", "ctime"].map((name) => [
        name,
        { sec: wire[`${name}_sec`], nsec: wire[`${name}_nsec`] },
      ])),
    };
  const fields = message as Record<string, unknown>;
  const page = fields["page"] as Record<string, unknown>[] | undefined;
  return {
    ...fields,
    attr: attr(fields["attr"] as Record<string, unknown> | undefined),
    page: page?.map((entry) => ({
      ...entry,
      info: attr(entry["info"] as Record<string, unknown> | undefined),
    })),
    changes: (fields["changes"] as { ino: unknown }[] | undefined)?.map((change) => ({
      ...change,
      ino: change.ino === 0 ? undefined : change.ino,
    })),
  };
}
