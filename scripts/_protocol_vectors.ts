import { decode } from "cborg";
import {
  encodeFrame,
  FrameWriter,
  type MessageKind,
  REQUEST_2,
  RESPONSE_2,
} from "../src/protocol/mod.ts";
import { BAD_FRAMES, CONVERSATION, MESSAGES } from "./_protocol_samples.ts";
import { playConversation } from "./_protocol_player.ts";

/** A message and its frame. */
export interface CodecVector {
  readonly name: string;
  readonly kind: "request" | "answer";
  readonly hex: string;
  /** Integers above 2^53 in decimal, bytes in hexadecimal. */
  readonly value: object;
}

/** Everything that `tests/vectors/v2.json` holds. */
export interface Vectors {
  readonly about: string;
  readonly codec: readonly CodecVector[];
  readonly bad: typeof BAD_FRAMES;
  readonly conversation: Awaited<ReturnType<typeof playConversation>>;
}

/** Makes the vectors. */
export async function vectors(): Promise<Vectors> {
  return {
    about: "Version 2 of the protocol: messages with their frames, frames that are none, and one " +
      "conversation with a server whose tree is empty at first. Integers above 2^53 are decimal " +
      "strings, bytes are {hex}. In the conversation the value of a field that varies from run to " +
      'run is "*"; frames of such answers are left out.',
    codec: MESSAGES.map(({ name, kind, value }) => {
      const frame = frameOf(kind === "request" ? REQUEST_2 : RESPONSE_2, value);
      return { name, kind, hex: hex(frame), value: valueIn(frame) };
    }),
    bad: BAD_FRAMES,
    conversation: await playConversation(CONVERSATION),
  };
}

/** The frame of a message. */
export function frameOf(kind: MessageKind, value: object): Uint8Array {
  const writer = new FrameWriter();
  encodeFrame(writer, kind, value);
  return writer.lend().slice();
}

/** What a frame holds, as a decoder that is not ours reads it. */
export function valueIn(frame: Uint8Array): Readonly<Record<string, unknown>> {
  return spelled(decode(frame.subarray(4))) as Record<string, unknown>;
}

/** Bytes in hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Spells a value so that JSON can carry it. */
export function spelled(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return { hex: hex(value) };
  if (Array.isArray(value)) return value.map(spelled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spelled(item)]));
}
