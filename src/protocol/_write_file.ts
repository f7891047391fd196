import { type DirEntry, type FileInfo, goFileType, isDirectory, toGoFileMode } from "../fs/mod.ts";
import { encodedText, FALSE, MAJOR_MAP, MAJOR_TEXT, putHead, TRUE } from "./_cbor.ts";
import type { FrameWriter } from "./frame_writer.ts";

/*
 * Attributes and names are what servers write most, thousands in one answer. These two write what
 * their tables say, but with the keys in their places and the room asked for once. They write what is
 * ordinary; what is not, they leave to the table, which also knows what is wrong with it.
 */

const NAME = /* @__PURE__ */ encodedText("name");
const IS_DIR = /* @__PURE__ */ encodedText("is_dir");
const MODE = /* @__PURE__ */ encodedText("mode");
const SIZE = /* @__PURE__ */ encodedText("size");
const MTIME = /* @__PURE__ */ encodedText("mtime");
const INO = /* @__PURE__ */ encodedText("ino");

/** More than all keys and numbers take. */
const MOST_BYTES = 80;
const UNSIGNED = 0;

/** Writes the attributes of version 1. False if that is work for the table. */
export function writeStat(writer: FrameWriter, info: FileInfo): boolean {
  const { mode, size } = info;
  const mtime = info.mtime.sec;
  const ino = numberOf(info.ino);
  if (!isOrdinary(mode, size, ino) || !isCount(mtime)) return false;
  const bytes = writer.room(MOST_BYTES);
  if (bytes === undefined) return false;
  let at = writer.length;
  bytes[at++] = MAJOR_MAP << 5 | (ino === 0 ? 4 : 5);
  at = putHead(bytes, putKey(bytes, at, SIZE), UNSIGNED, size);
  at = putHead(bytes, putKey(bytes, at, MODE), UNSIGNED, toGoFileMode(mode));
  at = putHead(bytes, putKey(bytes, at, MTIME), UNSIGNED, mtime);
  at = putKey(bytes, at, IS_DIR);
  bytes[at++] = isDirectory(mode) ? TRUE : FALSE;
  if (ino !== 0) at = putHead(bytes, putKey(bytes, at, INO), UNSIGNED, ino);
  writer.wrote(at);
  return true;
}

/** Writes a name of a listing of version 1. False if that is work for the table. */
export function writeEntry(writer: FrameWriter, entry: DirEntry): boolean {
  const { name, mode } = entry;
  const size = entry.info === undefined ? 0 : entry.info.size;
  const ino = numberOf(entry.ino);
  if (typeof name !== "string" || !isOrdinary(mode, size, ino)) return false;
  const bytes = writer.room(MOST_BYTES + name.length);
  if (bytes === undefined) return false;
  let at = writer.length;
  bytes[at++] = MAJOR_MAP << 5 | (ino === 0 ? 4 : 5);
  at = putHead(bytes, putKey(bytes, at, NAME), MAJOR_TEXT, name.length);
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit >= 0x80) return false;
    bytes[at++] = unit;
  }
  at = putKey(bytes, at, IS_DIR);
  bytes[at++] = isDirectory(mode) ? TRUE : FALSE;
  at = putHead(bytes, putKey(bytes, at, MODE), UNSIGNED, goFileType(mode));
  at = putHead(bytes, putKey(bytes, at, SIZE), UNSIGNED, size);
  if (ino !== 0) at = putHead(bytes, putKey(bytes, at, INO), UNSIGNED, ino);
  writer.wrote(at);
  return true;
}

/** A number, which is inexact and so not ordinary beyond 2^53; -1 for what is none. */
function numberOf(value: unknown): number {
  return typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : -1;
}

function isOrdinary(mode: unknown, size: unknown, ino: number): boolean {
  return Number.isInteger(mode) && isCount(size) && isCount(ino);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number >= 0;
}

function putKey(bytes: Uint8Array, at: number, key: Uint8Array): number {
  // For a few bytes a loop is cheaper than a call into the engine.
  for (let i = 0; i < key.length; i++) bytes[at++] = key[i]!;
  return at;
}
