import { S_IFREG } from "../src/fs/mod.ts";
import {
  Decoder,
  decodeRequest,
  encodeFrame,
  FRAME_HEADER,
  FrameWriter,
  type MessageKind,
  newRequest,
  REQUEST,
  RESPONSE,
} from "../src/protocol/mod.ts";

/** A message of version 1. */
export interface Message {
  readonly name: string;
  readonly kind: MessageKind;
  readonly value: Record<string, unknown>;
  /** The same as a provider has it, where ours is written from that. */
  readonly provided?: Record<string, unknown>;
}

/** What turns messages into bytes and back. */
export interface Codec {
  /** The bytes of a message; valid until the next call. */
  encode(message: Message): Uint8Array;
  decode(message: Message, bytes: Uint8Array): unknown;
}

const DATA = Uint8Array.from({ length: 4096 }, (_, i) => i & 255);
const STAT = { size: 1234, mode: 0o644, mtime: 1_700_000_000, is_dir: false, ino: 123_456 };
const ENTRIES = Array.from({ length: 100 }, (_, i) => ({
  name: `file-${i}.ts`,
  is_dir: false,
  mode: 0,
  size: 100 + i,
  ino: 1000 + i,
}));

const TIME = { sec: STAT.mtime, nsec: 0 };
const INFO = {
  ino: BigInt(STAT.ino),
  mode: S_IFREG | STAT.mode,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: STAT.size,
  blksize: 4096,
  blocks: 8,
  atime: TIME,
  mtime: TIME,
  ctime: TIME,
  birthtime: TIME,
};
const NAMES = ENTRIES.map(({ name, size, ino }) => {
  return { name, mode: S_IFREG, ino: BigInt(ino), info: { ...INFO, size } };
});

/** The messages that a guest and a server exchange most. */
export const MESSAGES: readonly Message[] = [
  { name: "a getattr", kind: REQUEST, value: { op: 1, path: "/workspace/src/index.ts" } },
  {
    name: "attributes",
    kind: RESPONSE,
    value: { err: 0, stat: STAT },
    provided: { err: 0, stat: INFO },
  },
  { name: "a read", kind: REQUEST, value: { op: 3, fh: 7, off: 8192, sz: 4096 } },
  { name: "4 KiB that were read", kind: RESPONSE, value: { err: 0, data: DATA } },
  { name: "a write of 4 KiB", kind: REQUEST, value: { op: 4, fh: 7, off: 8192, data: DATA } },
  {
    name: "100 entries",
    kind: RESPONSE,
    value: { err: 0, entries: ENTRIES },
    provided: { err: 0, entries: NAMES },
  },
];

/** What is compared, by name. */
export const CODECS: Readonly<Record<string, () => Codec | Promise<Codec>>> = {
  "ours": ours,
  "cbor-x": async () => {
    const { Encoder } = await import("cbor-x");
    const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
    return {
      encode: ({ value }) => encoder.encode(value),
      decode: (_, bytes) => encoder.decode(bytes),
    };
  },
  "cborg": async () => {
    const { decode, encode } = await import("cborg");
    return { encode: ({ value }) => encode(value), decode: (_, bytes) => decode(bytes) };
  },
  "@std/cbor": async () => {
    // It lives on JSR only, and not everybody reaches that.
    const { decodeCbor, encodeCbor } = await import(["jsr:", "@std/cbor@^0.1"].join("")) as {
      decodeCbor(bytes: Uint8Array): unknown;
      encodeCbor(value: unknown): Uint8Array;
    };
    return { encode: ({ value }) => encodeCbor(value), decode: (_, bytes) => decodeCbor(bytes) };
  },
};

function ours(): Codec {
  const writer = new FrameWriter();
  const decoder = new Decoder();
  const request = newRequest();
  return {
    encode({ kind, value, provided }) {
      encodeFrame(writer, kind, provided ?? value);
      const bytes = writer.lend().subarray(FRAME_HEADER);
      writer.settle();
      return bytes;
    },
    decode({ kind }, bytes) {
      if (kind === REQUEST) {
        decodeRequest(decoder, bytes, 0, bytes.length, request);
        return request;
      }
      const response = {};
      decoder.decode(bytes, 0, bytes.length, kind, response);
      return response;
    },
  };
}
