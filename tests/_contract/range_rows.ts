import assert from "node:assert/strict";
import {
  BaseHandle,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  type FileInfo,
  type Handle,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type Provider,
} from "../../src/fs/mod.ts";
import { bytes, fails, get, put, readBytes, readText, using } from "./kit.ts";
import type { Row } from "./row.ts";

const MIB = 1 << 20;
const PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

/** Opens a new file for reading and writing, with some content. */
async function fresh(fs: Provider, content: Uint8Array | string): Promise<Handle> {
  await put(fs, "/a", content);
  return await fs.open("/a", O_RDWR);
}

/** `seekData`, `seekHole` and `allocate`. */
export const rangeRows: readonly Row[] = [
  {
    name: "seekData and seekHole: a dense file is data up to its end",
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        assert.equal(await file.seekData(0), 0);
        assert.equal(await file.seekData(3), 3);
        assert.equal(await file.seekHole(0), 5);
        assert.equal(await file.seekHole(4), 5);
      });
    },
    needs: ["handleStat"],
  },
  {
    name: "seekData and seekHole at the end and behind it fail with ENXIO",
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        for (const offset of [5, 6, 2 ** 40]) {
          await fails("ENXIO", () => file.seekData(offset));
          await fails("ENXIO", () => file.seekHole(offset));
        }
      });
    },
    needs: ["handleStat"],
  },
  {
    name: "seekData skips a hole, and seekHole finds it",
    needs: ["holes"],
    async run(fs) {
      await using(fresh(fs, ""), async (file) => {
        await file.writeAt(bytes("x"), 8 * MIB);
        const data = await file.seekData(0);
        assert.ok(data > 0 && data <= 8 * MIB, `data at ${data}`);
        assert.equal(await file.seekHole(0), 0);
        assert.equal(await file.seekHole(8 * MIB), 8 * MIB + 1);
      });
    },
  },
  {
    name: "seekData in a hole that reaches the end fails with ENXIO",
    needs: ["holes"],
    async run(fs) {
      await using(fresh(fs, "x"), async (file) => {
        await file.truncate(8 * MIB);
        assert.ok(await file.seekHole(0) <= MIB);
        await fails("ENXIO", () => file.seekData(4 * MIB));
      });
    },
  },
  {
    name: "allocate with PUNCH_HOLE makes a range read as zeros and keeps the size",
    needs: ["holes"],
    async run(fs) {
      await using(fresh(fs, "0123456789"), async (file) => {
        await file.allocate(PUNCH, 2, 5);
        assert.equal(await readText(file), "01\0\0\0\0\x00789");
        await file.allocate(PUNCH, 8, 100);
        assert.equal(await readText(file), "01\0\0\0\0\x007\0\0");
      });
    },
  },
  {
    name: "allocate with PUNCH_HOLE gives space back",
    needs: ["holes"],
    async run(fs) {
      await using(fresh(fs, new Uint8Array(4 * MIB).fill(1)), async (file) => {
        await file.sync();
        const before = (await file.stat()).blocks;
        await file.allocate(PUNCH, MIB, 2 * MIB);
        assert.ok((await file.stat()).blocks <= before - 2 * MIB / 512);
        assert.equal(await file.seekHole(0), MIB);
        assert.equal(await file.seekData(MIB), 3 * MIB);
      });
    },
  },
  {
    name: "allocate with PUNCH_HOLE alone, or unknown flags, fails with EOPNOTSUPP",
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await fails("EOPNOTSUPP", () => file.allocate(FALLOC_FL_PUNCH_HOLE, 0, 1));
        await fails("EOPNOTSUPP", () => file.allocate(0x4000, 0, 1));
        assert.equal(await readText(file), "hello");
      });
    },
  },
  {
    name: "allocate extends a file with zeros",
    needs: ["allocate"],
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await file.allocate(0, 2, 6);
        assert.equal(await readText(file), "hello\0\0\0");
        await file.allocate(0, 0, 3);
        assert.equal((await file.stat()).size, 8);
      });
    },
  },
  {
    name: "allocate with KEEP_SIZE keeps the size",
    needs: ["allocate"],
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await file.allocate(FALLOC_FL_KEEP_SIZE, 0, MIB);
        assert.equal(await readText(file), "hello");
      });
    },
  },
  {
    name: "allocate with ZERO_RANGE makes a range read as zeros, and extends",
    needs: ["allocate", "zeroRange"],
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await file.allocate(FALLOC_FL_ZERO_RANGE, 1, 2);
        assert.equal(await readText(file), "h\0\0lo");
        await file.allocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 4, 4);
        assert.equal(await readText(file), "h\0\0l\0");
        await file.allocate(FALLOC_FL_ZERO_RANGE, 4, 4);
        assert.equal(await readText(file), "h\0\0l\0\0\0\0");
      });
    },
  },
  {
    name: "allocate of nothing fails with EINVAL",
    needs: ["allocate"],
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await fails("EINVAL", () => file.allocate(0, 0, 0));
      });
    },
  },
  {
    name: "allocate through a handle opened for reading only fails with EBADF",
    needs: ["allocate"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        await fails("EBADF", () => file.allocate(0, 0, 10));
      });
    },
  },
];

/** A handle that no provider knows. */
class Foreign extends BaseHandle {
  override stat(): FileInfo {
    throw new Error("Nobody should ask a foreign handle");
  }
}

async function two(
  fs: Provider,
  flags: [source: number, target: number],
  action: (source: Handle, target: Handle) => Promise<void>,
): Promise<void> {
  await put(fs, "/from", "0123456789");
  await put(fs, "/to", "abc");
  await using(fs.open("/from", flags[0]), async (source) => {
    await using(fs.open("/to", flags[1]), (target) => action(source, target));
  });
}

export const copyRows: readonly Row[] = [
  {
    name: "copyRange copies bytes from one file to another",
    needs: ["copyRange"],
    async run(fs) {
      await two(fs, [O_RDONLY, O_WRONLY], async (source, target) => {
        assert.equal(await source.copyRange(2, target, 1, 4), 4);
      });
      assert.equal(await get(fs, "/to"), "a2345");
      assert.equal(await get(fs, "/from"), "0123456789");
    },
  },
  {
    name: "copyRange stops at the end, and answers 0 there",
    needs: ["copyRange"],
    async run(fs) {
      await two(fs, [O_RDONLY, O_WRONLY], async (source, target) => {
        assert.equal(await source.copyRange(7, target, 0, 100), 3);
        assert.equal(await source.copyRange(10, target, 0, 100), 0);
        assert.equal(await source.copyRange(50, target, 0, 100), 0);
      });
      assert.equal(await get(fs, "/to"), "789");
    },
  },
  {
    name: "copyRange behind the end of the target leaves zeros between",
    needs: ["copyRange"],
    async run(fs) {
      await two(fs, [O_RDONLY, O_WRONLY], async (source, target) => {
        assert.equal(await source.copyRange(0, target, 5, 2), 2);
      });
      assert.equal(await get(fs, "/to"), "abc\0\x0001");
    },
  },
  {
    name: "copyRange within one file works where the ranges do not overlap",
    needs: ["copyRange"],
    async run(fs) {
      await using(fresh(fs, "0123456789"), async (file) => {
        assert.equal(await file.copyRange(0, file, 5, 5), 5);
        assert.equal(await readText(file), "0123401234");
        await fails("EINVAL", () => file.copyRange(0, file, 2, 5));
        await fails("EINVAL", () => file.copyRange(2, file, 0, 5));
      });
    },
  },
  {
    name: "copyRange fails with EBADF without read access here or write access there",
    needs: ["copyRange"],
    async run(fs) {
      await two(fs, [O_WRONLY, O_WRONLY], async (source, target) => {
        await fails("EBADF", () => source.copyRange(0, target, 0, 1));
      });
      await two(fs, [O_RDONLY, O_RDONLY], async (source, target) => {
        await fails("EBADF", () => source.copyRange(0, target, 0, 1));
      });
      await two(fs, [O_RDONLY, O_WRONLY | O_APPEND], async (source, target) => {
        await fails("EBADF", () => source.copyRange(0, target, 0, 1));
      });
    },
  },
  {
    name: "copyRange copies a megabyte and a bit",
    needs: ["copyRange"],
    async run(fs) {
      const data = Uint8Array.from({ length: MIB + 77 }, (_, i) => (i * 31) >> 3);
      await using(fresh(fs, data), async (source) => {
        await using(fs.open("/b", O_RDWR | O_CREAT, 0o644), async (target) => {
          for (let done = 0; done < data.length;) {
            const count = await source.copyRange(done, target, done, data.length - done);
            assert.ok(count > 0);
            done += count;
          }
          assert.equal(Buffer.compare(await readBytes(target, 0, data.length + 1), data), 0);
        });
      });
    },
  },
  {
    name: "copyRange into a handle of another provider fails with EXDEV",
    async run(fs) {
      await using(fresh(fs, "hello"), async (file) => {
        await fails("EXDEV", () => file.copyRange(0, new Foreign(), 0, 5));
      });
    },
  },
];
