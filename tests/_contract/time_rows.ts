import assert from "node:assert/strict";
import { O_RDWR, type Provider, type Timespec } from "../../src/fs/mod.ts";
import { age, bytes, fails, nextStamp, PAST, put, readText, using } from "./kit.ts";
import type { Row } from "./row.ts";

const NEEDS = ["times", "utimes"] as const;

async function timesOf(fs: Provider, path: string): Promise<[atime: Timespec, mtime: Timespec]> {
  const { atime, mtime } = await fs.stat(path);
  return [atime, mtime];
}

/** What updates the ctime of `a` in a directory of its own, which holds `b` and `c` too. */
const CTIME_UPDATES: Readonly<Record<string, (fs: Provider, directory: string) => unknown>> = {
  chmod: (fs, d) => fs.chmod(`${d}/a`, 0o600),
  writeAt: (fs, d) => using(fs.open(`${d}/a`, O_RDWR), (file) => file.writeAt(bytes("J"), 0)),
  truncate: (fs, d) => fs.truncate(`${d}/a`, 1),
  utimes: (fs, d) => age(fs, `${d}/a`),
  link: (fs, d) => fs.link(`${d}/a`, `${d}/d`),
  "unlink of another name": (fs, d) => fs.unlink(`${d}/b`),
  "rename of another name": (fs, d) => fs.rename(`${d}/b`, `${d}/d`),
  "rename over another name": (fs, d) => fs.rename(`${d}/c`, `${d}/b`),
};

/** A row that shows that an action in `/d` updates the times of that directory. */
function directoryTimeRow(what: string, action: (fs: Provider) => unknown): Row {
  return {
    name: `${what} updates the mtime of the directory`,
    needs: NEEDS,
    async run(fs) {
      await fs.mkdirAll("/d/sub", 0o755);
      await put(fs, "/d/a", "hello");
      await put(fs, "/outside", "hello");
      await age(fs, "/d");
      await action(fs);
      const info = await fs.stat("/d");
      assert.ok(info.mtime.sec > PAST.sec);
      assert.deepEqual(info.atime, PAST);
    },
  };
}

export const timeRows: readonly Row[] = [
  {
    name: "utimes sets both times",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      const atime = { sec: 1_111_111_111, nsec: 0 };
      const mtime = { sec: 1_222_222_222, nsec: 500_000_000 };
      await fs.utimes("/a", atime, mtime);
      assert.deepEqual(await timesOf(fs, "/a"), [atime, mtime]);
    },
  },
  {
    name: "utimes keeps every nanosecond",
    needs: [...NEEDS, "nanoseconds"],
    async run(fs) {
      await put(fs, "/a");
      const atime = { sec: 1_111_111_111, nsec: 123_456_789 };
      const mtime = { sec: 1_222_222_222, nsec: 999_999_999 };
      await fs.utimes("/a", atime, mtime);
      assert.deepEqual(await timesOf(fs, "/a"), [atime, mtime]);
      const early = { sec: -2, nsec: 999_999_999 };
      await fs.utimes("/a", early, early);
      assert.deepEqual(await timesOf(fs, "/a"), [early, early]);
    },
  },
  {
    name: "utimes takes moments before 1970 and after 2038",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      const early = { sec: -1_000_000, nsec: 0 };
      const late = { sec: 5_000_000_000, nsec: 0 };
      await fs.utimes("/a", early, late);
      assert.deepEqual(await timesOf(fs, "/a"), [early, late]);
    },
  },
  {
    name: "utimes takes the first moment of 1970 and the last before it",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      const zero = { sec: 0, nsec: 0 };
      const before = { sec: -1, nsec: 0 };
      await fs.utimes("/a", zero, before);
      assert.deepEqual(await timesOf(fs, "/a"), [zero, before]);
    },
  },
  {
    name: 'utimes with "omit" keeps a time',
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      await age(fs, "/a");
      const other = { sec: 1_222_222_222, nsec: 0 };
      await fs.utimes("/a", "omit", other);
      assert.deepEqual(await timesOf(fs, "/a"), [PAST, other]);
      await fs.utimes("/a", other, "omit");
      assert.deepEqual(await timesOf(fs, "/a"), [other, other]);
      await fs.utimes("/a", "omit", "omit");
      assert.deepEqual(await timesOf(fs, "/a"), [other, other]);
    },
  },
  {
    name: 'utimes with "now" sets the present',
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      await age(fs, "/a");
      await fs.utimes("/a", "now", "omit");
      const [atime, mtime] = await timesOf(fs, "/a");
      assert.ok(Math.abs(atime.sec - Date.now() / 1000) < 3600);
      assert.deepEqual(mtime, PAST);
    },
  },
  {
    name: "utimes works on a directory",
    needs: NEEDS,
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await age(fs, "/d");
      assert.deepEqual(await timesOf(fs, "/d"), [PAST, PAST]);
    },
  },
  {
    name: "utimes of a symbolic link changes the link",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a");
      await fs.symlink("a", "/l");
      await age(fs, "/l");
      assert.deepEqual((await fs.stat("/l")).mtime, PAST);
      assert.ok((await fs.stat("/a")).mtime.sec > PAST.sec);
    },
  },
  {
    name: "utimes of a missing name fails with ENOENT",
    needs: NEEDS,
    async run(fs) {
      await fails("ENOENT", () => fs.utimes("/none", PAST, PAST));
    },
  },
  {
    name: "a new file has the present as all its times",
    needs: ["times"],
    async run(fs) {
      await put(fs, "/a");
      const info = await fs.stat("/a");
      for (const time of [info.atime, info.mtime, info.ctime]) {
        assert.ok(Math.abs(time.sec - Date.now() / 1000) < 3600);
        assert.ok(time.nsec >= 0 && time.nsec < 1e9);
      }
    },
  },
  {
    name: "writeAt updates the mtime and not the atime",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a", "hello");
      await age(fs, "/a");
      await using(fs.open("/a", O_RDWR), (file) => file.writeAt(bytes("J"), 0));
      const [atime, mtime] = await timesOf(fs, "/a");
      assert.ok(mtime.sec > PAST.sec);
      assert.deepEqual(atime, PAST);
    },
  },
  {
    name: "readAt updates the atime and not the mtime",
    needs: [...NEEDS, "atime"],
    async run(fs) {
      await put(fs, "/a", "hello");
      await age(fs, "/a");
      await using(fs.open("/a", O_RDWR), (file) => readText(file));
      const [atime, mtime] = await timesOf(fs, "/a");
      assert.ok(atime.sec > PAST.sec);
      assert.deepEqual(mtime, PAST);
    },
  },
  {
    name: "truncate that changes the size updates the mtime",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a", "hello");
      await age(fs, "/a");
      await fs.truncate("/a", 2);
      assert.ok((await fs.stat("/a")).mtime.sec > PAST.sec);
    },
  },
  {
    name: "open with O_TRUNC updates the mtime",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a", "hello");
      await age(fs, "/a");
      await put(fs, "/a");
      assert.ok((await fs.stat("/a")).mtime.sec > PAST.sec);
    },
  },
  {
    name: "open, stat and chmod leave atime and mtime alone",
    needs: NEEDS,
    async run(fs) {
      await put(fs, "/a", "hello");
      await age(fs, "/a");
      await (await fs.open("/a", O_RDWR)).close();
      await fs.chmod("/a", 0o600);
      await fs.link("/a", "/b");
      await fs.rename("/b", "/c");
      assert.deepEqual(await timesOf(fs, "/a"), [PAST, PAST]);
    },
  },
  {
    name: "writing into a file leaves the times of its directory alone",
    needs: NEEDS,
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      await put(fs, "/d/a", "hello");
      await age(fs, "/d");
      await put(fs, "/d/a", "more");
      await fs.chmod("/d/a", 0o600);
      assert.deepEqual(await timesOf(fs, "/d"), [PAST, PAST]);
    },
  },
  {
    name: `the ctime is updated by ${Object.keys(CTIME_UPDATES).join(", ")}`,
    needs: NEEDS,
    async run(fs) {
      const before = new Map<string, Timespec>();
      for (const what of Object.keys(CTIME_UPDATES)) {
        await fs.mkdir(`/${what}`, 0o755);
        await put(fs, `/${what}/a`, "hello");
        await fs.link(`/${what}/a`, `/${what}/b`);
        await put(fs, `/${what}/c`);
        before.set(what, (await fs.stat(`/${what}/a`)).ctime);
      }
      await nextStamp(fs);
      for (const [what, update] of Object.entries(CTIME_UPDATES)) {
        await update(fs, `/${what}`);
        assert.notDeepEqual((await fs.stat(`/${what}/a`)).ctime, before.get(what), what);
      }
    },
  },
  {
    name: "the ctime of a directory is updated by what is made in it",
    needs: ["times"],
    async run(fs) {
      await fs.mkdir("/d", 0o755);
      const before = (await fs.stat("/d")).ctime;
      await nextStamp(fs);
      await put(fs, "/d/a");
      assert.notDeepEqual((await fs.stat("/d")).ctime, before);
    },
  },
  {
    name: "the ctime is left alone by reading, and by what happens beside the file",
    needs: ["times"],
    async run(fs) {
      await put(fs, "/a", "hello");
      const before = (await fs.stat("/a")).ctime;
      await nextStamp(fs);
      await put(fs, "/b");
      await (await fs.open("/a", O_RDWR)).close();
      assert.deepEqual((await fs.stat("/a")).ctime, before);
    },
  },
  {
    name: "the ctime is updated by chown",
    needs: ["times", "chown"],
    async run(fs) {
      await put(fs, "/a");
      const before = (await fs.stat("/a")).ctime;
      await nextStamp(fs);
      await fs.chown("/a", 1000, 1000);
      assert.notDeepEqual((await fs.stat("/a")).ctime, before);
    },
  },
  directoryTimeRow("making a file", (fs) => put(fs, "/d/new")),
  directoryTimeRow("mkdir", (fs) => fs.mkdir("/d/new", 0o755)),
  directoryTimeRow("symlink", (fs) => fs.symlink("x", "/d/new")),
  directoryTimeRow("link", (fs) => fs.link("/d/a", "/d/new")),
  directoryTimeRow("unlink", (fs) => fs.unlink("/d/a")),
  directoryTimeRow("rmdir", (fs) => fs.rmdir("/d/sub")),
  directoryTimeRow("rename away", (fs) => fs.rename("/d/a", "/new")),
  directoryTimeRow("rename into it", (fs) => fs.rename("/outside", "/d/new")),
];
