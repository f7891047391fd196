import { decode } from "cborg";
import { OP } from "../../src/protocol/mod.ts";
import type { Random } from "../_random.ts";

/** What a frame that was spoilt may lead to. */
export type Fate =
  /** The connection ends, and nothing is answered. */
  | "close"
  /** Exactly one answer, whatever it says, or the end of the connection. */
  | "answer or close";

/** Spoils a frame in one of many ways: flips, cuts, repeats, inserts, lengthens. */
export function mangled(random: Random, frame: Uint8Array): Uint8Array {
  const bytes = frame.slice();
  const body = bytes.length - 4;
  switch (random.below(6)) {
    case 0:
      bytes[4 + random.below(body)]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      bytes[4 + random.below(body)] = random.below(256);
      bytes[4 + random.below(body)] = random.below(256);
      return bytes;
    case 2:
      return withBody(bytes.subarray(4, 4 + random.below(body)));
    case 3: {
      const at = 4 + random.below(body);
      return withBody(joined(bytes.subarray(4, at), bytes.subarray(4 + random.below(body), at)));
    }
    case 4: {
      const noise = new Uint8Array(1 + random.below(8)).map(() => random.below(256));
      const at = 4 + random.below(body);
      return withBody(joined(bytes.subarray(4, at), noise, bytes.subarray(at)));
    }
    default:
      return withBody(new Uint8Array(1 + random.below(40)).map(() => random.below(256)));
  }
}

/** What may happen to a frame, as a decoder sees it that is not ours. */
export function fateOf(frame: Uint8Array): Fate {
  if (frame.length === 4) return "close";
  try {
    const value = decode(frame.subarray(4), {
      allowIndefinite: false,
      allowUndefined: true,
      rejectDuplicateMapKeys: true,
      useMaps: true,
      strict: false,
    });
    return value instanceof Map ? "answer or close" : "close";
  } catch (error) {
    // Some of what it refuses is only unusual: text that is not UTF-8 is EILSEQ, for instance.
    return /UTF-8|encoded data was not valid|simple value|minor/i.test(String(error))
      ? "answer or close"
      : "close";
  }
}

/** Whether a frame is a `goodbye`. */
export function saysGoodbye(frame: Uint8Array): boolean {
  const value = decode(frame.subarray(4), { useMaps: true }) as Map<unknown, unknown>;
  return value.get("op") === OP.goodbye;
}

function withBody(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
