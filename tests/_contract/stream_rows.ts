import assert from "node:assert/strict";
import { O_APPEND, O_RDWR, O_WRONLY, SEEK_CUR, SEEK_END, SEEK_SET } from "../../src/fs/mod.ts";
import type { Handle, Provider } from "../../src/fs/mod.ts";
import { bytes, fails, get, put, textOf, using } from "./kit.ts";
import type { Row } from "./row.ts";

/** Reads from the position. */
async function next(file: Handle, length: number): Promise<string> {
  const buffer = new Uint8Array(length);
  return textOf(buffer.subarray(0, await file.read(buffer)));
}

/** A row about a handle on a file that says "hello world". */
function row(
  name: string,
  action: (file: Handle, fs: Provider) => Promise<void>,
  flags = O_RDWR,
): Row {
  return {
    name,
    needs: ["handleStat"],
    async run(fs) {
      await put(fs, "/a", "hello world");
      await using(fs.open("/a", flags), (file) => action(file, fs));
    },
  };
}

/** The operations of a handle that have a position. */
export const streamRows: readonly Row[] = [
  row("read goes on where the last read ended", async (file) => {
    assert.equal(await next(file, 6), "hello ");
    assert.equal(await next(file, 100), "world");
    assert.equal(await next(file, 100), "");
  }),
  row("write goes on where the last operation ended", async (file, fs) => {
    await next(file, 6);
    assert.equal(await file.write(bytes("there")), 5);
    assert.equal(await file.write(bytes("!")), 1);
    assert.equal(await get(fs, "/a"), "hello there!");
  }),
  row("seek moves from the start, from the position and from the end", async (file) => {
    assert.equal(await file.seek(6, SEEK_SET), 6);
    assert.equal(await next(file, 2), "wo");
    assert.equal(await file.seek(-4, SEEK_CUR), 4);
    assert.equal(await next(file, 2), "o ");
    assert.equal(await file.seek(-1, SEEK_END), 10);
    assert.equal(await next(file, 2), "d");
    assert.equal(await file.seek(0, SEEK_CUR), 11);
  }),
  row("seek before the start, or by an unknown rule, fails with EINVAL", async (file) => {
    await file.seek(3, SEEK_SET);
    await fails("EINVAL", () => file.seek(-1, SEEK_SET));
    await fails("EINVAL", () => file.seek(-4, SEEK_CUR));
    await fails("EINVAL", () => file.seek(-12, SEEK_END));
    await fails("EINVAL", () => file.seek(0, 9));
    assert.equal(await next(file, 2), "lo");
  }),
  row("seek behind the end and write leaves zeros between", async (file, fs) => {
    assert.equal(await file.seek(2, SEEK_END), 13);
    assert.equal(await next(file, 5), "");
    await file.write(bytes("x"));
    assert.equal(await get(fs, "/a"), "hello world\0\0x");
  }),
  row("readAt and writeAt leave the position alone", async (file) => {
    await next(file, 6);
    await file.readAt(new Uint8Array(3), 0);
    await file.writeAt(bytes("W"), 6);
    assert.equal(await next(file, 5), "World");
  }),
  row("truncate leaves the position alone", async (file, fs) => {
    await next(file, 6);
    await file.truncate(2);
    assert.equal(await next(file, 5), "");
    await file.write(bytes("x"));
    assert.equal(await get(fs, "/a"), "he\0\0\0\0x");
  }),
  row("each handle has its own position", async (file, fs) => {
    await using(fs.open("/a", O_RDWR), async (other) => {
      await next(file, 6);
      assert.equal(await next(other, 5), "hello");
      assert.equal(await next(file, 5), "world");
    });
  }),
  row("write with O_APPEND goes to the end and leaves the position there", async (file, fs) => {
    await file.write(bytes("!"));
    assert.equal(await next(file, 5), "");
    assert.equal(await file.seek(0, SEEK_CUR), 12);
    assert.equal(await get(fs, "/a"), "hello world!");
  }, O_RDWR | O_APPEND),
  row("read through a handle opened for writing only fails with EBADF", async (file) => {
    await fails("EBADF", () => file.read(new Uint8Array(1)));
    assert.equal(await file.write(bytes("J")), 1);
  }, O_WRONLY),
];
