import assert from "node:assert/strict";
import { test } from "node:test";
import {
  O_CREAT,
  O_NOATIME,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  type Timespec,
} from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import { bytes, errnoOf, TestClock } from "./_memory_kit.ts";

const DAY = 24 * 60 * 60;

/** Which of the times an action sets, of some paths. */
function changes(action: (files: MemoryProvider) => void, ...paths: string[]): string[] {
  const clock = new TestClock();
  const files = MemoryProvider.from(
    { d: { f: "one", g: "two", e: {} }, other: {} },
    { clock: clock.now, atime: "strict" },
  );
  files.symlink("f", "/d/l");
  files.link("/d/f", "/d/hard");
  const handle = files.open("/d/g", O_RDONLY);
  const time = clock.tick();
  action(files);
  const isNow = (stamp: Timespec) => stamp.sec === time.sec && stamp.nsec === time.nsec;
  const found = paths.map((path) => {
    const info = path === "handle" ? handle.stat() : files.stat(path);
    return (isNow(info.atime) ? "a" : "") + (isNow(info.mtime) ? "m" : "") +
      (isNow(info.ctime) ? "c" : "");
  });
  handle.close();
  return found;
}

function opened(
  path: string,
  flags: number,
  action: (handle: ReturnType<MemoryProvider["open"]>) => void,
) {
  return (files: MemoryProvider) => {
    const handle = files.open(path, flags, 0o644);
    action(handle);
    handle.close();
  };
}

test("creating sets all times of the new object, and mtime and ctime of its directory", () => {
  assert.deepEqual(changes(opened("/d/n", O_RDWR | O_CREAT, () => {}), "/d/n", "/d"), [
    "amc",
    "mc",
  ]);
  assert.deepEqual(changes((files) => files.mkdir("/d/n", 0o755), "/d/n", "/d"), ["amc", "mc"]);
  assert.deepEqual(changes((files) => files.symlink("x", "/d/n"), "/d/n", "/d"), ["amc", "mc"]);
});

test("opening an existing file with O_CREAT sets nothing", () => {
  assert.deepEqual(changes(opened("/d/f", O_RDWR | O_CREAT, () => {}), "/d/f", "/d"), ["", ""]);
});

test("O_TRUNC sets mtime and ctime, also of an empty file", () => {
  const emptied = opened("/d/f", O_WRONLY | O_TRUNC, () => {});
  assert.deepEqual(changes(emptied, "/d/f"), ["mc"]);
  assert.deepEqual(changes((files) => (emptied(files), emptied(files)), "/d/f"), ["mc"]);
});

test("reading sets atime, writing mtime and ctime", () => {
  const read = opened("/d/f", O_RDONLY, (handle) => handle.readAt(new Uint8Array(1), 0));
  assert.deepEqual(changes(read, "/d/f"), ["a"]);
  const readAtEnd = opened("/d/f", O_RDONLY, (handle) => handle.readAt(new Uint8Array(1), 99));
  assert.deepEqual(changes(readAtEnd, "/d/f"), ["a"]);
  const readNothing = opened("/d/f", O_RDONLY, (handle) => handle.readAt(new Uint8Array(0), 0));
  assert.deepEqual(changes(readNothing, "/d/f"), [""]);
  const write = opened("/d/f", O_WRONLY, (handle) => handle.writeAt(bytes("x"), 0));
  assert.deepEqual(changes(write, "/d/f"), ["mc"]);
});

test("O_NOATIME keeps reading from setting atime", () => {
  const read = opened(
    "/d/f",
    O_RDONLY | O_NOATIME,
    (handle) => handle.readAt(new Uint8Array(1), 0),
  );
  assert.deepEqual(changes(read, "/d/f"), [""]);
});

test("listing and readlink set atime", () => {
  assert.deepEqual(changes((files) => files.readDir("/d"), "/d"), ["a"]);
  assert.deepEqual(changes(opened("/d", O_RDONLY, (handle) => handle.readDir(0, 1)), "/d"), ["a"]);
  assert.deepEqual(changes((files) => files.readlink("/d/l"), "/d/l"), ["a"]);
});

test("truncate() by path sets mtime and ctime if the size changes, by handle always", () => {
  assert.deepEqual(changes((files) => files.truncate("/d/f", 1), "/d/f"), ["mc"]);
  assert.deepEqual(changes((files) => files.truncate("/d/f", 3), "/d/f"), [""]);
  assert.deepEqual(changes(opened("/d/f", O_WRONLY, (handle) => handle.truncate(3)), "/d/f"), [
    "mc",
  ]);
});

test("chmod, chown and extended attributes set ctime alone", () => {
  assert.deepEqual(changes((files) => files.chmod("/d/f", 0o600), "/d/f"), ["c"]);
  assert.deepEqual(changes((files) => files.chown("/d/f", 1, 1), "/d/f"), ["c"]);
  assert.deepEqual(changes((files) => files.setxattr("/d/f", "user.a", bytes("x")), "/d/f"), ["c"]);
});

test("link() sets ctime of the file, and mtime and ctime of the directory", () => {
  assert.deepEqual(
    changes((files) => files.link("/d/f", "/other/n"), "/d/f", "/d", "/other"),
    ["c", "", "mc"],
  );
});

test("unlink() sets ctime of what is left, and mtime and ctime of the directory", () => {
  assert.deepEqual(changes((files) => files.unlink("/d/hard"), "/d/f", "/d"), ["c", "mc"]);
  assert.deepEqual(changes((files) => files.unlink("/d/g"), "handle", "/d"), ["c", "mc"]);
  assert.deepEqual(changes((files) => files.rmdir("/d/e"), "/d"), ["mc"]);
});

test("rename() sets ctime of what is moved and what is replaced, mtime and ctime of directories", () => {
  assert.deepEqual(
    changes((files) => files.rename("/d/f", "/other/n"), "/other/n", "/d", "/other"),
    ["c", "mc", "mc"],
  );
  assert.deepEqual(changes((files) => files.rename("/d/f", "/d/g"), "/d/g", "handle"), ["c", "c"]);
  assert.deepEqual(changes((files) => files.rename("/d/f", "/d/g", 2), "/d/f", "/d/g"), ["c", "c"]);
});

test("rename() between two names of one file sets nothing", () => {
  assert.deepEqual(changes((files) => files.rename("/d/f", "/d/hard"), "/d/f", "/d"), ["", ""]);
});

test("utimes() sets what it is told to and ctime, and nothing for two omits", () => {
  const clock = new TestClock();
  const files = MemoryProvider.from({ f: "" }, { clock: clock.now });
  const before = files.stat("/f");
  clock.tick();
  files.utimes("/f", "omit", "omit");
  assert.deepEqual(files.stat("/f"), before);
  const past = { sec: -5, nsec: 999_999_999 };
  files.utimes("/f", past, "omit");
  assert.deepEqual(files.stat("/f").atime, past);
  assert.deepEqual(files.stat("/f").mtime, before.mtime);
  assert.deepEqual(files.stat("/f").ctime, clock.now());
  files.utimes("/f", "omit", "now");
  assert.deepEqual(files.stat("/f").atime, past);
  assert.deepEqual(files.stat("/f").mtime, clock.now());
});

test("utimes() keeps a copy, and refuses what is no time", () => {
  const files = MemoryProvider.from({ f: "" });
  const time = { sec: 1, nsec: 2 };
  files.utimes("/f", time, time);
  time.sec = 9;
  assert.deepEqual(files.stat("/f").atime, { sec: 1, nsec: 2 });
  for (const wrong of [{ sec: 0, nsec: 1e9 }, { sec: 0, nsec: -1 }, { sec: 0.5, nsec: 0 }]) {
    assert.equal(errnoOf(() => files.utimes("/f", "now", wrong)), "EINVAL");
  }
  assert.deepEqual(files.stat("/f").atime, { sec: 1, nsec: 2 });
});

test("relatime sets atime when it is not later than the last change, or after a day", () => {
  const clock = new TestClock();
  const files = MemoryProvider.from({ f: "content" }, { clock: clock.now });
  const read = () => {
    files.readFile("/f");
    return files.stat("/f").atime;
  };
  const first = clock.tick();
  assert.deepEqual(read(), first);
  clock.tick();
  assert.deepEqual(read(), first);
  files.chmod("/f", 0o600);
  const afterChange = clock.tick();
  assert.deepEqual(read(), afterChange);
  clock.tick(DAY - 1);
  assert.deepEqual(read(), afterChange);
  const nextDay = clock.tick();
  assert.deepEqual(read(), nextDay);
});

test("atime none never sets atime by reading", () => {
  const clock = new TestClock();
  const files = MemoryProvider.from({ f: "content" }, { clock: clock.now, atime: "none" });
  const { atime } = files.stat("/f");
  clock.tick(2 * DAY);
  files.readFile("/f");
  files.readDir("/");
  assert.deepEqual(files.stat("/f").atime, atime);
});
