import assert from "node:assert/strict";
import { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_WRONLY, type Provider } from "../../src/fs/mod.ts";
import { bytes, get, put, readBytes, readText, using, writeAll } from "./kit.ts";
import type { Row } from "./row.ts";

/** Opens a new file for reading and writing. */
const fresh = (fs: Provider) => fs.open("/a", O_RDWR | O_CREAT, 0o644);

export const dataRows: readonly Row[] = [
  {
    name: "writeAt answers how many bytes it wrote, and readAt gives them back",
    async run(fs) {
      await using(fresh(fs), async (file) => {
        assert.equal(await file.writeAt(bytes("hello"), 0), 5);
        const buffer = new Uint8Array(5);
        assert.equal(await file.readAt(buffer, 0), 5);
        assert.deepEqual(buffer, bytes("hello"));
      });
    },
  },
  {
    name: "readAt at the end and behind it answers 0",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.equal(await file.readAt(new Uint8Array(4), 5), 0);
        assert.equal(await file.readAt(new Uint8Array(4), 1000), 0);
        assert.equal(await file.readAt(new Uint8Array(4), 2 ** 40), 0);
      });
    },
  },
  {
    name: "readAt over the end answers what there is and leaves the rest of the buffer alone",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        const buffer = new Uint8Array(8).fill(7);
        assert.equal(await file.readAt(buffer, 3), 2);
        assert.deepEqual([...buffer], [0x6c, 0x6f, 7, 7, 7, 7, 7, 7]);
      });
    },
  },
  {
    name: "readAt fills a view in the middle of a larger buffer and nothing else",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        const whole = new Uint8Array(9).fill(7);
        assert.equal(await file.readAt(whole.subarray(2, 7), 0), 5);
        assert.deepEqual([...whole], [7, 7, ...bytes("hello"), 7, 7]);
      });
    },
  },
  {
    name: "readAt of nothing answers 0",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.equal(await file.readAt(new Uint8Array(0), 0), 0);
      });
    },
  },
  {
    name: "writeAt of nothing answers 0 and does not extend the file",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR), async (file) => {
        assert.equal(await file.writeAt(new Uint8Array(0), 100), 0);
      });
      assert.equal((await fs.stat("/a")).size, 5);
    },
  },
  {
    name: "writeAt in the middle replaces those bytes alone",
    async run(fs) {
      await put(fs, "/a", "hello world");
      await using(fs.open("/a", O_WRONLY), (file) => file.writeAt(bytes("XY"), 4));
      assert.equal(await get(fs, "/a"), "hellXYworld");
    },
  },
  {
    name: "writeAt over the end extends the file",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_WRONLY), (file) => file.writeAt(bytes("XYZ"), 4));
      assert.equal(await get(fs, "/a"), "hellXYZ");
    },
  },
  {
    name: "writeAt behind the end leaves zeros between",
    async run(fs) {
      await put(fs, "/a", "ab");
      await using(fs.open("/a", O_WRONLY), (file) => file.writeAt(bytes("z"), 5));
      assert.equal(await get(fs, "/a"), "ab\0\0\0z");
    },
  },
  {
    name: "writeAt at 2^40 makes a sparse file that reads as zeros before it",
    async run(fs) {
      await using(fresh(fs), async (file) => {
        assert.equal(await file.writeAt(bytes("far"), 2 ** 40), 3);
        assert.equal(await readText(file, 2 ** 40), "far");
        assert.deepEqual(await readBytes(file, 2 ** 39, 4), new Uint8Array(4));
        assert.equal(await readText(file, 2 ** 40 - 1, 2), "\0f");
      });
      assert.equal((await fs.stat("/a")).size, 2 ** 40 + 3);
    },
  },
  {
    name: "a sparse file takes little space",
    needs: ["holes"],
    async run(fs) {
      await using(fresh(fs), async (file) => {
        await file.writeAt(bytes("far"), 2 ** 40);
        await file.sync();
      });
      assert.ok((await fs.stat("/a")).blocks * 512 <= 1 << 20);
    },
  },
  {
    name: "writeAt does not keep the caller's array",
    async run(fs) {
      const data = bytes("hello");
      await using(fresh(fs), async (file) => {
        await file.writeAt(data, 0);
        data.fill(0x78);
        assert.equal(await readText(file), "hello");
      });
    },
  },
  {
    name: "readAt gives a copy that writing to leaves the file alone",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDONLY), async (file) => {
        (await readBytes(file, 0, 5)).fill(0x78);
        assert.equal(await readText(file), "hello");
      });
    },
  },
  {
    name: "every byte value survives",
    async run(fs) {
      const data = Uint8Array.from({ length: 256 }, (_, i) => i);
      await put(fs, "/a", data);
      await using(fs.open("/a", O_RDONLY), async (file) => {
        assert.deepEqual(await readBytes(file, 0, 300), data);
      });
    },
  },
  {
    name: "a file of a megabyte and a bit survives in one write and in many",
    async run(fs) {
      const data = Uint8Array.from({ length: (1 << 20) + 13 }, (_, i) => (i * 31) >> 3);
      await put(fs, "/a", data);
      await using(fs.open("/b", O_RDWR | O_CREAT, 0o644), async (file) => {
        for (let i = 0; i < data.length; i += 65_521) {
          await writeAll(file, data.subarray(i, i + 65_521), i);
        }
      });
      for (const path of ["/a", "/b"]) {
        await using(fs.open(path, O_RDONLY), async (file) => {
          assert.deepEqual(await readBytes(file, 0, data.length + 1), data);
        });
      }
    },
  },
  {
    name: "O_APPEND writes at the end whatever the offset says",
    async run(fs) {
      await put(fs, "/a", "one");
      await using(fs.open("/a", O_WRONLY | O_APPEND), async (file) => {
        assert.equal(await file.writeAt(bytes(" two"), 0), 4);
        assert.equal(await file.writeAt(bytes(" three"), 1), 6);
      });
      assert.equal(await get(fs, "/a"), "one two three");
    },
  },
  {
    name: "two O_APPEND handles never overwrite each other",
    async run(fs) {
      await put(fs, "/a");
      await using(fs.open("/a", O_WRONLY | O_APPEND), async (first) => {
        await using(fs.open("/a", O_WRONLY | O_APPEND), async (second) => {
          for (const [file, text] of [[first, "a"], [second, "b"], [first, "c"]] as const) {
            await file.writeAt(bytes(text), 0);
          }
        });
      });
      assert.equal(await get(fs, "/a"), "abc");
    },
  },
  {
    name: "O_APPEND after another handle truncated writes at the new end",
    async run(fs) {
      await put(fs, "/a", "long content");
      await using(fs.open("/a", O_WRONLY | O_APPEND), async (file) => {
        await fs.truncate("/a", 4);
        await file.writeAt(bytes("!"), 0);
      });
      assert.equal(await get(fs, "/a"), "long!");
    },
  },
  {
    name: "O_APPEND and O_RDWR reads at any offset",
    async run(fs) {
      await put(fs, "/a", "hello");
      await using(fs.open("/a", O_RDWR | O_APPEND), async (file) => {
        assert.equal(await readText(file, 1), "ello");
      });
    },
  },
  {
    name: "a thousand small appends make one whole",
    async run(fs) {
      await using(fs.open("/a", O_WRONLY | O_CREAT | O_APPEND, 0o644), async (file) => {
        for (let i = 0; i < 1000; i++) await file.writeAt(bytes(`${i % 10}`), 0);
      });
      assert.equal(await get(fs, "/a"), "0123456789".repeat(100));
    },
  },
  {
    name: "random writes and truncations leave what an array would hold",
    async run(fs) {
      let seed = 12345;
      const random = (below: number) => {
        seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
        return (seed >>> 8) % below;
      };
      const model = new Uint8Array(300_000);
      let size = 0;
      await using(fresh(fs), async (file) => {
        for (let i = 0; i < 150; i++) {
          const at = random(250_000);
          if (random(4) === 0) {
            await file.truncate(at);
            model.fill(0, Math.min(at, size));
            size = at;
          } else {
            const data = new Uint8Array(1 + random(random(2) === 0 ? 50 : 50_000)).fill(i);
            await writeAll(file, data, at);
            model.set(data, at);
            size = Math.max(size, at + data.length);
          }
        }
        const content = await readBytes(file, 0, model.length + 1);
        assert.equal(content.length, size);
        assert.equal(Buffer.compare(content, model.subarray(0, size)), 0);
      });
    },
  },
  {
    name: "sync and datasync succeed on a file that was written",
    async run(fs) {
      await using(fresh(fs), async (file) => {
        await file.writeAt(bytes("hello"), 0);
        await file.datasync();
        await file.sync();
      });
      assert.equal(await get(fs, "/a"), "hello");
    },
  },
  {
    name: "sync succeeds on a directory",
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await using(fs.openDir("/d"), (directory) => directory.sync());
    },
  },
];
