import { readFileSync } from "node:fs";
import type { DirEntry, FileInfo } from "../src/fs/mod.ts";
import { fromGoFileMode } from "../src/fs/mod.ts";
import {
  newRequest,
  newResponse,
  toInt64,
  type WireEntry,
  type WireRequest,
  type WireResponse,
  type WireStat,
} from "../src/protocol/mod.ts";

/** A message as the recording spells it: 64-bit integers in decimal, bytes in hexadecimal. */
type Spelled = Record<string, unknown>;

/** One frame of the recording. */
export interface Vector {
  readonly name: string;
  readonly kind: "request" | "response";
  readonly hex: string;
  readonly value: Spelled;
}

/** One exchange of the recorded session. */
export interface Recorded {
  readonly name: string;
  readonly request_hex: string;
  readonly response_hex: string;
  readonly response: Spelled;
}

/** The recording. */
export const RECORDING: { readonly codec: Vector[]; readonly session: Recorded[] } = JSON.parse(
  readFileSync(new URL("./vectors/matchlock-v1.json", import.meta.url), "utf8"),
);

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const WIDE = new Set(["fh", "off", "ino", "size", "mtime"]);

function valueOf(key: string, value: unknown): unknown {
  if (WIDE.has(key)) return toInt64(BigInt(value as string));
  if (key === "stat") return { ino: 0, ...wireOf(value as Spelled) };
  if (key === "entries") return (value as Spelled[]).map((entry) => ({ ino: 0, ...wireOf(entry) }));
  return value;
}

function wireOf(spelled: Spelled): object {
  return Object.fromEntries(
    Object.entries(spelled).map(([key, value]) =>
      key === "data_hex" ? ["data", fromHex(value as string)] : [key, valueOf(key, value)]
    ),
  );
}

/** The request that a vector stands for. */
export function requestOf(value: Spelled): WireRequest {
  return { ...newRequest(), ...wireOf(value) };
}

/** The response that a vector stands for. */
export function responseOf(value: Spelled): WireResponse {
  return { ...newResponse(), ...wireOf(value) };
}

/** The response with what the encoder takes in place of its own `stat` and `entries`. */
export function encodable(response: WireResponse): object {
  return {
    ...response,
    stat: response.stat === undefined ? undefined : infoOf(response.stat),
    entries: response.entries.map(entryOf),
  };
}

function infoOf(stat: WireStat): FileInfo {
  const time = { sec: Number(stat.mtime), nsec: 0 };
  return {
    ino: BigInt(stat.ino),
    mode: fromGoFileMode(stat.mode),
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: stat.size as number,
    blocks: 0,
    blksize: 4096,
    atime: time,
    mtime: time,
    ctime: time,
  };
}

function entryOf(entry: WireEntry): DirEntry {
  const info = infoOf({ ...entry, mtime: 0 });
  return { name: entry.name, ino: info.ino, mode: info.mode, info };
}
