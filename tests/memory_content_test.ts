import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import {
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  isLending,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from "../src/fs/mod.ts";
import { type MemoryHandle, MemoryProvider } from "../src/providers/memory/mod.ts";
import { bytes, errnoOf, text } from "./_memory_kit.ts";

const RUNS = Number(process.env["MEMORY_RUNS"] ?? 150);
const PAGE = 4096;
const PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

function newFile(files: MemoryProvider = new MemoryProvider(), flags = O_RDWR): MemoryHandle {
  return files.open("/f", flags | O_CREAT, 0o644);
}

function contentOf(handle: MemoryHandle): Uint8Array {
  const { size } = handle.stat();
  const data = new Uint8Array(size + 10).fill(0xee);
  assert.equal(handle.readAt(data, 0), size);
  return data.subarray(0, size);
}

/** Something that is done to a file and to a plain array of bytes alike. */
type Step =
  | { do: "write"; at: number; length: number; fill: number }
  | { do: "truncate"; size: number }
  | { do: "punch" | "zero" | "reserve" | "keep"; at: number; length: number }
  | { do: "copy"; from: number; to: number; length: number };

const SPAN = 300_000;
// Near the borders of pages and chunks is where mistakes live.
const place = fc.oneof(
  fc.nat(SPAN),
  fc.tuple(fc.nat(Math.floor(SPAN / PAGE)), fc.integer({ min: -2, max: 2 }))
    .map(([page, by]) => Math.max(0, page * PAGE + by)),
  fc.tuple(fc.nat(4), fc.integer({ min: -2, max: 2 }))
    .map(([chunk, by]) => Math.max(0, chunk * 65536 + by)),
  fc.nat(200),
);
const length = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 150_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), at: place, length, fill: fc.nat(255) }),
  fc.record({ do: fc.constant("truncate" as const), size: place }),
  fc.record({
    do: fc.constantFrom("punch" as const, "zero" as const, "reserve" as const, "keep" as const),
    at: place,
    length,
  }),
  fc.record({ do: fc.constant("copy" as const), from: place, to: place, length }),
);

const MODES = {
  punch: PUNCH,
  zero: FALLOC_FL_ZERO_RANGE,
  reserve: 0,
  keep: FALLOC_FL_KEEP_SIZE | FALLOC_FL_ZERO_RANGE,
};

function resized(model: Uint8Array, size: number): Uint8Array {
  const next = new Uint8Array(size);
  next.set(model.subarray(0, size));
  return next;
}

/** Does the step to the array; the array it returns is what the file should hold. */
function applyToModel(model: Uint8Array, step: Step): Uint8Array {
  switch (step.do) {
    case "write": {
      const next = resized(model, Math.max(model.length, step.at + step.length));
      return next.fill(step.fill, step.at, step.at + step.length);
    }
    case "truncate":
      return resized(model, step.size);
    case "copy": {
      const part = model.slice(step.from, step.from + step.length);
      const overlaps = Math.abs(step.from - step.to) < part.length;
      if (part.length === 0 || overlaps) return model;
      const next = resized(model, Math.max(model.length, step.to + part.length));
      next.set(part, step.to);
      return next;
    }
    default: {
      const end = step.at + step.length;
      const grows = step.do === "zero" || step.do === "reserve";
      const next = resized(model, grows ? Math.max(model.length, end) : model.length);
      return step.do === "reserve" ? next : next.fill(0, step.at, end);
    }
  }
}

function applyToFile(handle: MemoryHandle, step: Step): void {
  switch (step.do) {
    case "write": {
      const data = new Uint8Array(step.length).fill(step.fill);
      assert.equal(handle.writeAt(data, step.at), step.length);
      break;
    }
    case "truncate":
      handle.truncate(step.size);
      break;
    case "copy": {
      const count = Math.min(step.length, handle.stat().size - step.from);
      const isRefused = count > 0 && Math.abs(step.from - step.to) < count;
      const copy = () => handle.copyRange(step.from, handle, step.to, step.length);
      if (isRefused) assert.equal(errnoOf(copy), "EINVAL");
      else assert.equal(copy(), Math.max(0, count));
      break;
    }
    default:
      handle.allocate(MODES[step.do], step.at, step.length);
  }
}

/** Checks what seekData and seekHole say: pages in turn, and nothing but zeros in the holes. */
function checkHoles(handle: MemoryHandle, model: Uint8Array): void {
  for (let at = 0; at < model.length;) {
    const hole = handle.seekHole(at);
    assert.ok(hole >= at && hole <= model.length);
    const isPage = hole === at || hole % PAGE === 0 || hole === model.length;
    assert.ok(isPage, `A hole begins at ${hole}`);
    let data = model.length;
    if (hole < model.length) {
      if (errnoOf(() => data = handle.seekData(hole)) !== undefined) data = model.length;
    }
    assert.ok(model.subarray(hole, data).every((byte) => byte === 0), "A hole holds data");
    assert.ok(data > at || hole > at, "No progress");
    at = Math.max(hole, data);
  }
}

test("a file holds what an array of bytes would, whatever is done to it", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const files = new MemoryProvider();
      const handle = newFile(files);
      let model: Uint8Array = new Uint8Array(0);
      for (const step of steps) {
        applyToFile(handle, step);
        model = applyToModel(model, step);
        assert.equal(handle.stat().size, model.length);
      }
      assert.ok(Buffer.from(contentOf(handle)).equals(model), "The content differs");
      assert.ok(isLending(handle));
      const [from, length] = [Math.floor(model.length / 3), model.length];
      const lent = Buffer.concat(handle.lendAt(from, length));
      assert.ok(lent.equals(model.subarray(from)), "What is lent differs");
      checkHoles(handle, model);
      handle.truncate(0);
      assert.equal(handle.stat().blocks, 0);
      assert.equal(files.statfs("/").bfree, files.statfs("/").blocks);
      handle.close();
    }),
    { numRuns: RUNS },
  );
});

test("a byte at 2^40 costs one page", () => {
  const files = new MemoryProvider({ limit: 64 * 1024 });
  const handle = newFile(files);
  handle.writeAt(bytes("x"), 2 ** 40);
  const { size, blocks } = handle.stat();
  assert.deepEqual([size, blocks], [2 ** 40 + 1, 8]);
  assert.equal(handle.seekData(0), 2 ** 40);
  assert.equal(handle.seekHole(0), 0);
  assert.equal(handle.seekHole(2 ** 40), 2 ** 40 + 1);
  const buffer = new Uint8Array(4).fill(9);
  assert.equal(handle.readAt(buffer, 2 ** 40 - 3), 4);
  assert.deepEqual([...buffer], [0, 0, 0, 120]);
  assert.equal(handle.readAt(buffer, 12345), 4);
  assert.deepEqual([...buffer], [0, 0, 0, 0]);
  handle.close();
});

test("a file can end at the largest safe number", () => {
  const handle = newFile();
  const end = Number.MAX_SAFE_INTEGER;
  assert.equal(handle.writeAt(bytes("xyz"), end - 2), 2);
  assert.equal(handle.stat().size, end);
  assert.equal(errnoOf(() => handle.writeAt(bytes("x"), end)), "EFBIG");
  assert.equal(handle.seekHole(end - 1), end);
  handle.close();
});

test("appending makes no more memory than twice the content", () => {
  const files = new MemoryProvider();
  const handle = newFile(files, O_WRONLY | O_APPEND);
  const line = bytes("a line of a log, as programs write them\n");
  for (let i = 0; i < 20_000; i++) handle.writeAt(line, 0);
  const { size } = handle.stat();
  const { blocks, bfree, bsize } = files.statfs("/");
  assert.equal(size, 20_000 * line.length);
  assert.ok((blocks - bfree) * bsize <= 2 * size);
  handle.close();
});

test("files written from their end to their start are read from start to end", () => {
  const handle = newFile();
  const count = 400;
  for (let i = count - 1; i >= 0; i--) {
    handle.writeAt(Uint8Array.of(i & 255, i >> 8), i * 70_000);
  }
  const buffer = new Uint8Array(2);
  for (let i = 0; i < count; i++) {
    handle.readAt(buffer, i * 70_000);
    assert.equal(buffer[0]! | buffer[1]! << 8, i);
  }
  handle.close();
});

test("what was cut off reads as zeros when the file grows again", () => {
  for (const [size, cut] of [[100, 10], [5000, 4095], [200_000, 70_000], [65536, 65535]] as const) {
    const handle = newFile();
    handle.writeAt(new Uint8Array(size).fill(1), 0);
    handle.truncate(cut);
    handle.truncate(size);
    const content = contentOf(handle);
    assert.ok(content.subarray(0, cut).every((byte) => byte === 1));
    assert.ok(content.subarray(cut).every((byte) => byte === 0));
    handle.close();
  }
});

test("a slot that is used again holds nothing of its last owner", () => {
  const files = new MemoryProvider();
  for (const size of [64, 1000, 4096, 65536]) {
    files.writeFile("/secret", new Uint8Array(size).fill(7));
    files.unlink("/secret");
    const handle = newFile(files);
    handle.writeAt(Uint8Array.of(1), size - 1);
    assert.ok(contentOf(handle).subarray(0, size - 1).every((byte) => byte === 0));
    handle.close();
    files.unlink("/f");
  }
});

test("punching gives whole pages back, and all memory with the last one", () => {
  const files = new MemoryProvider();
  const handle = newFile(files);
  handle.writeAt(new Uint8Array(3 * PAGE).fill(1), 0);
  handle.allocate(PUNCH, PAGE - 1, PAGE + 2);
  assert.equal(handle.stat().size, 3 * PAGE);
  assert.equal(handle.stat().blocks, 2 * 8);
  assert.equal(handle.seekHole(0), PAGE);
  assert.equal(handle.seekData(PAGE), 2 * PAGE);
  assert.deepEqual([...contentOf(handle).subarray(PAGE - 2, PAGE)], [1, 0]);
  handle.allocate(PUNCH, 0, 2 ** 50);
  assert.equal(handle.stat().blocks, 0);
  assert.equal(files.statfs("/").bfree, files.statfs("/").blocks);
  assert.equal(errnoOf(() => handle.seekData(0)), "ENXIO");
  handle.close();
});

test("allocate() takes the space beforehand, and with KEEP_SIZE behind the end too", () => {
  const files = new MemoryProvider({ limit: 10 * PAGE });
  const handle = newFile(files);
  handle.allocate(FALLOC_FL_KEEP_SIZE, 0, 4 * PAGE);
  assert.deepEqual([handle.stat().size, handle.stat().blocks], [0, 32]);
  files.writeFile("/greedy", new Uint8Array(6 * PAGE));
  assert.equal(files.statfs("/").bfree, 0);
  assert.equal(handle.writeAt(new Uint8Array(4 * PAGE), 0), 4 * PAGE);
  handle.close();
});

test("allocate() of more than there is fails with ENOSPC before it takes anything", () => {
  const files = new MemoryProvider({ limit: 10 * PAGE });
  const handle = newFile(files);
  assert.equal(errnoOf(() => handle.allocate(0, 0, 2 ** 45)), "ENOSPC");
  assert.equal(files.statfs("/").bfree, 10);
  assert.equal(handle.stat().size, 0);
  handle.close();
});

test("allocate() refuses modes that it lacks, empty ranges and handles for reading", () => {
  const files = new MemoryProvider();
  const handle = newFile(files);
  assert.equal(errnoOf(() => handle.allocate(FALLOC_FL_COLLAPSE_RANGE, 0, PAGE)), "EOPNOTSUPP");
  assert.equal(errnoOf(() => handle.allocate(FALLOC_FL_PUNCH_HOLE, 0, PAGE)), "EOPNOTSUPP");
  assert.equal(errnoOf(() => handle.allocate(0, 0, 0)), "EINVAL");
  assert.equal(errnoOf(() => handle.allocate(0, -1, 5)), "EINVAL");
  const reader = files.open("/f", O_RDONLY);
  assert.equal(errnoOf(() => reader.allocate(0, 0, 1)), "EBADF");
  reader.close();
  handle.close();
});

test("copyRange() keeps holes, and stops short after 16 MiB of data", () => {
  const files = new MemoryProvider();
  const source = newFile(files);
  source.writeAt(bytes("start"), 0);
  source.writeAt(bytes("end"), 2 ** 40);
  const target = files.open("/copy", O_RDWR | O_CREAT, 0o644);
  assert.equal(source.copyRange(0, target, 0, Infinity), 2 ** 40 + 3);
  assert.deepEqual([target.stat().size, target.stat().blocks], [2 ** 40 + 3, 16]);
  assert.equal(target.seekData(PAGE), 2 ** 40);
  source.truncate(0);
  source.writeAt(new Uint8Array(17 * 2 ** 20), 0);
  assert.equal(source.copyRange(0, target, 0, 17 * 2 ** 20), 16 * 2 ** 20);
  source.close();
  target.close();
});

test("copyRange() refuses handles that cannot take part", () => {
  const files = new MemoryProvider();
  const file = newFile(files);
  file.writeAt(bytes("abc"), 0);
  const other = newFile();
  const reader = files.open("/f", O_RDONLY);
  const appender = files.open("/f", O_WRONLY | O_APPEND);
  const directory = files.openDir("/");
  assert.equal(errnoOf(() => file.copyRange(0, other, 0, 1)), "EXDEV");
  assert.equal(errnoOf(() => file.copyRange(0, reader, 0, 1)), "EBADF");
  assert.equal(errnoOf(() => appender.copyRange(0, file, 0, 1)), "EBADF");
  assert.equal(errnoOf(() => reader.copyRange(0, appender, 9, 1)), "EBADF");
  assert.equal(errnoOf(() => file.copyRange(0, directory, 0, 1)), "EISDIR");
  assert.equal(errnoOf(() => directory.copyRange(0, file, 0, 1)), "EISDIR");
  for (const handle of [file, other, reader, appender, directory]) handle.close();
});

test("read(), write() and seek() keep a position, which appending moves to the end", () => {
  const files = MemoryProvider.from({ f: "hello" });
  const handle = files.open("/f", O_RDWR);
  const buffer = new Uint8Array(3);
  assert.equal(handle.read(buffer), 3);
  assert.equal(handle.seek(0, SEEK_CUR), 3);
  assert.equal(handle.write(bytes("LO!")), 3);
  assert.equal(handle.seek(-1, SEEK_END), 5);
  assert.equal(errnoOf(() => handle.seek(-1, SEEK_SET)), "EINVAL");
  assert.equal(errnoOf(() => handle.seek(0, 9)), "EINVAL");
  handle.close();
  const appender = files.open("/f", O_RDWR | O_APPEND);
  appender.write(bytes("?"));
  assert.equal(appender.seek(0, SEEK_CUR), 7);
  assert.equal(text(files.readFile("/f")), "helLO!?");
  appender.close();
});
