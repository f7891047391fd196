import { strict as assert } from "node:assert";
import { fromHex, RECORDING, toHex } from "./_vectors.ts";
import type { Peer } from "./_peer.ts";

/** The requests of the recorded session, as frames. */
export const RECORDED_REQUESTS: readonly Uint8Array[] = RECORDING.session.map((exchange) =>
  fromHex(exchange.request_hex)
);

/** Takes an answer for each recorded request from a peer, and compares them byte by byte. */
export async function checkRecordedAnswers(peer: Peer, ask = false): Promise<void> {
  for (const exchange of RECORDING.session) {
    if (ask) await peer.raw(fromHex(exchange.request_hex));
    const body = await peer.body();
    assert.ok(body !== undefined, `${exchange.name}: there is no answer`);
    const recorded = fromHex(exchange.response_hex).subarray(4);
    assert.equal(toHex(fixedPart(body)), toHex(fixedPart(recorded)), exchange.name);
  }
}

const VARYING = ["mtime", "ino"].map((key) =>
  toHex(Uint8Array.of(0x60 | key.length, ...new TextEncoder().encode(key)))
);

/** A body with the values that differ from run to run, and only those, set to 0. */
function fixedPart(body: Uint8Array): Uint8Array {
  const fixed: number[] = [];
  for (let at = 0; at < body.length;) {
    const key = VARYING.find((key) => toHex(body.subarray(at, at + key.length / 2)) === key);
    if (key === undefined) {
      fixed.push(body[at++]!);
      continue;
    }
    fixed.push(...body.subarray(at, at + key.length / 2), 0);
    at += key.length / 2;
    const info = body[at]! & 31;
    at += info < 24 ? 1 : 1 + (1 << (info - 24));
  }
  return Uint8Array.from(fixed);
}
