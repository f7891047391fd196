import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  type FileLock,
  isDirectory,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_RDWR,
  O_TMPFILE,
  O_WRONLY,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
} from "../src/fs/mod.ts";
import { code, codes, names, putFile, readText } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";
import { mountOver } from "./realfs/_mounts.ts";
import { UniqueInodes } from "../adapters/realfs/_unique_inodes.ts";

const text = (value: string) => new TextEncoder().encode(value);
const script = (name: string) => fileURLToPath(new URL(`./realfs/${name}`, import.meta.url));
const thisRuntime = [process.execPath, ...("deno" in process.versions ? ["run", "-A"] : [])];

testBoth("fault 80: a full disk gives what fits, and then ENOSPC", async ({ at, provider }) => {
  fs.mkdirSync(at("m"));
  const unmount = mountOver(at("m"));
  if (unmount === undefined) return assert.notEqual(process.getuid?.(), 0);
  try {
    const file = provider.open("/m/f", O_RDWR | O_CREAT, 0o600);
    let written = 0;
    let answer = "";
    while (answer === "") {
      try {
        written += await file.writeAt(new Uint8Array(50_000).fill(1), written);
      } catch (error) {
        answer = (error as { code: string }).code;
      }
    }
    assert.equal(answer, "ENOSPC");
    assert.equal((await file.stat()).size, 65_536);
    // Deno's own write goes on until it fails, so there the last count is lost.
    assert.ok(written === 65_536 || written === 50_000);
    assert.equal(provider.statfs("/m").bfree, 0);
    await file.close();
    provider.close();
  } finally {
    unmount();
  }
});

testBoth("fault 81: errnos of the host arrive as they are", ({ kind, root }) => {
  fs.writeFileSync(join(root, "file"), "content");
  // Of reading, writing, syncing and truncating; the host does not fail so by itself on demand.
  const cases = [
    ["EIO", "ENOSPC", "EIO", "EFBIG"],
    ["ESTALE", "EDQUOT", "EDQUOT", "EROFS"],
    ["EUCLEAN", "EFBIG", "ENOSPC", "ENOLCK"],
  ];
  for (const errnos of cases) {
    const calls = ["pread64", "pwrite64", "fsync", "ftruncate"];
    const injections = calls.flatMap((call, i) => ["-e", `inject=${call}:error=${errnos[i]}`]);
    const args = ["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-P", join(root, "file")];
    const output = strace([
      ...args,
      "-e",
      `trace=${calls}`,
      ...injections,
      ...thisRuntime,
      script("_injected.ts"),
      root,
      kind,
    ]);
    // Where nothing can make the host fail, the table of errnos has a test of its own.
    if (output !== undefined) assert.equal(output.trim(), errnos.join(" "));
  }
});

testBoth("fault 82: running out of descriptors is EMFILE, and no listing is cut short", ({
  kind,
  root,
}) => {
  for (let i = 0; i < 300; i++) fs.writeFileSync(join(root, `f${i}`), "");
  const output = execFileSync("sh", [
    "-c",
    'ulimit -n 256; exec "$@"',
    "sh",
    ...thisRuntime,
    script("_exhausted.ts"),
    root,
    kind,
  ], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  assert.equal(output.trim(), "open: EMFILE readDir: EMFILE later: 300");
});

testBoth("fault 83: RLIMIT_FSIZE is EFBIG, and the process lives", ({ kind, root }) => {
  const output = execFileSync("sh", [
    "-c",
    'ulimit -f 2097152; exec "$@"',
    "sh",
    ...thisRuntime,
    script("_too_large.ts"),
    root,
    kind,
  ], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  assert.equal(output.trim(), "write: EFBIG truncate: EFBIG alive");
});

testBoth("fault 84: a file without a name goes on", async ({ at, provider }) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  await file.writeAt(text("before"), 0);
  provider.unlink("/f");
  fs.writeFileSync(at("f"), "another");
  await file.writeAt(text("after"), 6);
  await file.chmod(0o640);
  const buffer = new Uint8Array(20);
  assert.equal(await file.readAt(buffer, 0), 11);
  const info = await file.stat();
  assert.deepEqual([info.nlink, info.size, info.mode & 0o777], [0, 11, 0o640]);
  await file.close();
});

testBoth("fault 85: a handle follows its file through renames", async ({ at, provider }) => {
  provider.mkdirAll("/a/b", 0o700);
  const file = provider.open("/a/b/f", O_RDWR | O_CREAT, 0o600);
  provider.rename("/a/b", "/c");
  putFile(at("a/b"));
  await file.writeAt(text("moved"), 0);
  assert.equal(await readText(provider, "/c/f"), "moved");
  assert.equal(await code(() => provider.stat("/a/b/f")), "ENOTDIR");
  await file.close();
});

testBoth("fault 86: a file that is renamed over is still there for who has it open", async ({
  at,
  provider,
}) => {
  fs.writeFileSync(at("old"), "old");
  fs.writeFileSync(at("new"), "new");
  const file = provider.open("/old", O_RDWR);
  provider.rename("/new", "/old");
  const buffer = new Uint8Array(3);
  await file.readAt(buffer, 0);
  assert.equal(new TextDecoder().decode(buffer), "old");
  assert.equal(await readText(provider, "/old"), "new");
  await file.close();
});

testBoth("fault 87: truncating while others write leaves a file of a size it had", async ({
  provider,
}) => {
  const one = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const two = provider.open("/f", O_RDWR);
  for (let i = 1; i < 100; i++) {
    await one.writeAt(new Uint8Array(10), i * 10);
    if (i % 3 === 0) await two.truncate(5);
    assert.equal((await one.stat()).size, i % 3 === 0 ? 5 : i * 10 + 10);
  }
  await one.close();
  await two.close();
});

testBoth("fault 88: what two handles append is all there", async ({ provider }) => {
  const flags = O_WRONLY | O_CREAT | O_APPEND;
  const handles = [provider.open("/log", flags, 0o600), provider.open("/log", flags, 0o600)];
  for (let i = 0; i < 100; i++) await handles[i % 2]!.writeAt(text(`line ${i % 10}\n`), 0);
  for (const handle of handles) await handle.close();
  assert.equal(provider.stat("/log").size, 700);
});

testBoth("fault 89: a byte at 2^40 takes little space, and the hole reads as zeros", async ({
  kind,
  provider,
}) => {
  const far = 2 ** 40;
  const file = provider.open("/sparse", O_RDWR | O_CREAT, 0o600);
  await file.writeAt(text("x"), far);
  const info = await file.stat();
  assert.equal(info.size, far + 1);
  assert.ok(info.blocks < 1000);
  const buffer = new Uint8Array(10).fill(9);
  await file.readAt(buffer, far / 2);
  assert.deepEqual(buffer, new Uint8Array(10));
  if (kind === "native") {
    const data = await file.seekData(0);
    assert.ok(data > far / 2 && data <= far);
    assert.equal(await file.seekHole(0), 0);
    await file.allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, data, 2 ** 20);
    assert.equal(await code(() => file.seekData(0)), "ENXIO");
  } else {
    assert.equal(await file.seekData(5), 5);
    assert.equal(await file.seekHole(5), far + 1);
    assert.equal(await code(() => file.allocate(0, 0, 10)), "EOPNOTSUPP");
  }
  await file.close();
});

testBoth("fault 90: a large directory is read in parts, and others are served meanwhile", async ({
  at,
  kind,
  provider,
}) => {
  const count = Number(process.env.LARGE_DIRECTORY ?? 3000);
  fs.mkdirSync(at("d"));
  for (let i = 0; i < count; i++) fs.writeFileSync(at(`d/f${i}`), "");
  const handle = provider.openDir("/d");
  const seen = new Set<string>();
  for (let cursor = 0;;) {
    const page = await handle.readDir(cursor, 1000);
    if (page.length === 0) break;
    assert.ok(page.length <= 1000);
    for (const entry of page) seen.add(entry.name);
    cursor = page.at(-1)!.cursor;
  }
  await handle.close();
  assert.equal(seen.size, count);
  // A fast machine lists it all before anybody had to wait. By this clock it has no time for that.
  let time = 0;
  let turns = 0;
  let turn = setImmediate(function next() {
    turns++;
    turn = setImmediate(next);
  });
  const { now } = performance;
  performance.now = () => time += 1000;
  try {
    const entries = await provider.readDir("/d", kind === "native");
    assert.equal(entries.length, count);
  } finally {
    performance.now = now;
    clearImmediate(turn);
  }
  assert.ok(turns > 1, `${turns} turns`);
});

testBoth("fault 91: entries that stay are listed once, whatever comes and goes", async ({
  at,
  provider,
}) => {
  fs.mkdirSync(at("d"));
  for (let i = 0; i < 800; i++) putFile(at(`d/stays${i}`));
  const handle = provider.openDir("/d");
  const seen: string[] = [];
  for (let cursor = 0, i = 0;; i++) {
    const page = await handle.readDir(cursor, 100);
    if (page.length === 0) break;
    seen.push(...page.map((entry) => entry.name));
    cursor = page.at(-1)!.cursor;
    putFile(at(`d/new${i}`));
    if (i > 0) fs.unlinkSync(at(`d/new${i - 1}`));
  }
  await handle.close();
  const stable = seen.filter((name) => name.startsWith("stays"));
  assert.equal(stable.length, 800);
  assert.equal(new Set(stable).size, 800);
});

testBoth("fault 91: a client may go back to where it was, and start again", async ({
  at,
  provider,
}) => {
  for (let i = 0; i < 700; i++) putFile(at(`f${i}`));
  const handle = provider.openDir("/");
  const first = await handle.readDir(0, 500);
  const again = await handle.readDir(first[99]!.cursor, 400);
  assert.deepEqual(again.map((entry) => entry.name), first.slice(100).map((entry) => entry.name));
  const rest = await handle.readDir(first.at(-1)!.cursor, 1000);
  assert.equal(rest.length, 200);
  assert.equal((await handle.readDir(0, 10)).length, 10);
  assert.equal((await handle.readDir(first[5]!.cursor, 3))[0]!.name, first[6]!.name);
  await handle.close();
});

testBoth("fault 92: a tree deeper than PATH_MAX is walked and removed", async ({ provider }) => {
  const path = `/${Array(1000).fill("deep").join("/")}`;
  provider.mkdirAll(path, 0o700);
  const file = provider.open(`${path}/f`, O_RDWR | O_CREAT, 0o600);
  await file.close();
  assert.equal((await names(provider, path)).length, 1);
  await provider.removeAll("/deep");
  assert.deepEqual(await names(provider), []);
});

testBoth("fault 93: equal inode numbers of two devices are told apart", ({ provider }) => {
  const numbers = new UniqueInodes(1);
  const large = 2n ** 63n + 12345n;
  assert.equal(numbers.number(1, large), large);
  const all = [numbers.number(1, 7n), numbers.number(2, 7n), numbers.number(3, 7n)];
  assert.equal(new Set(all).size, 3);
  assert.equal(numbers.number(2, 7n), all[1]);
  assert.ok(all.every((number) => number > 0n && number < 2n ** 64n));
  assert.equal(provider.stat("/").ino > 0n, true);
});

testBoth("fault 94: times before 1970, to the nanosecond where the calls are native", async ({
  at,
  kind,
  provider,
}) => {
  putFile(at("f"));
  const past = { sec: -1_000_000, nsec: 123_000_000 };
  const fine = { sec: 1_600_000_000, nsec: 123_456_789 };
  provider.utimes("/f", past, fine);
  const info = provider.stat("/f");
  // A double holds seconds of today to a quarter of a microsecond; Deno tells milliseconds.
  const margin = kind === "native" ? 0 : "deno" in process.versions ? 999_999 : 1000;
  for (const [told, set] of [[info.atime, past], [info.mtime, fine]] as const) {
    assert.equal(told.sec, set.sec);
    assert.ok(Math.abs(told.nsec - set.nsec) <= margin);
  }
  const file = provider.open("/f", O_RDWR);
  await file.utimes("omit", "now");
  const after = await file.stat();
  assert.equal(after.atime.sec, past.sec);
  assert.ok(after.mtime.sec > fine.sec);
  await file.close();
});

testBoth("fault 95: chmod of a link is EOPNOTSUPP, chown changes the link", async ({
  at,
  provider,
}) => {
  putFile(at("f"));
  fs.symlinkSync("f", at("l"));
  assert.equal(await code(() => provider.chmod("/l", 0o600)), "EOPNOTSUPP");
  if (process.getuid?.() !== 0) return;
  provider.chown("/l", 12, 34);
  assert.deepEqual([provider.stat("/l").uid, provider.stat("/l").gid], [12, 34]);
  assert.notEqual(provider.stat("/f").uid, 12);
});

testBoth("fault 96: unlink of a directory is EISDIR, rmdir of a file ENOTDIR", async ({
  at,
  provider,
}) => {
  fs.mkdirSync(at("d"));
  putFile(at("f"));
  assert.equal(await code(() => provider.unlink("/d")), "EISDIR");
  assert.equal(await code(() => provider.rmdir("/f")), "ENOTDIR");
  assert.deepEqual(await names(provider), ["d", "f"]);
});

testBoth("fault 97: renames that make no sense fail, flags are honoured or EINVAL", async ({
  at,
  kind,
  provider,
}) => {
  provider.mkdirAll("/d/e", 0o700);
  putFile(at("a"));
  putFile(at("b"));
  assert.deepEqual(
    await codes([
      () => provider.rename("/d", "/d/e/f"),
      () => provider.rename("/a", "/d"),
      () => provider.rename("/d", "/a"),
      () => provider.rename("/d/e", "/d"),
      () => provider.rename("/a", "/b", RENAME_NOREPLACE),
      () => provider.rename("/a", "/d", RENAME_EXCHANGE),
      () => provider.rename("/a", "/b", 4),
    ]),
    kind === "native"
      ? ["EINVAL", "EISDIR", "ENOTDIR", "ENOTEMPTY", "EEXIST", "ok", "EINVAL"]
      : ["EINVAL", "EISDIR", "ENOTDIR", "ENOTEMPTY", "EINVAL", "EINVAL", "EINVAL"],
  );
  assert.equal(isDirectory(provider.stat("/a").mode), kind === "native");
});

testBoth("fault 98: files and directories are synced, errors are told", async ({ provider }) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  await file.writeAt(text("x"), 0);
  await file.sync();
  await file.datasync();
  await file.close();
  const directory = provider.openDir("/");
  await directory.sync();
  await directory.datasync();
  await directory.close();
  assert.equal(await code(() => file.sync()), "EBADF");
});

testBoth("fault 99: only attributes of users are a guest's", async ({ at, kind, provider }) => {
  putFile(at("f"));
  const value = new Uint8Array([1, 2, 3]);
  for (const name of ["security.selinux", "trusted.x", "system.posix_acl_access", "x"]) {
    assert.deepEqual(
      await codes([
        () => provider.getxattr("/f", name),
        () => provider.setxattr("/f", name, value),
        () => provider.removexattr("/f", name),
      ]),
      ["EOPNOTSUPP", "EOPNOTSUPP", "EOPNOTSUPP"],
    );
  }
  assert.deepEqual(
    await codes([
      () => provider.setxattr("/f", "", value),
      () => provider.setxattr("/f", `user.${"x".repeat(251)}`, value),
      () => provider.setxattr("/f", "user.a\0b", value),
      () => provider.setxattr("/f", "user.large", new Uint8Array(65_537)),
      () => provider.setxattr("/f", "user.vfs.owner", value),
    ]),
    ["ERANGE", "ERANGE", "EINVAL", "E2BIG", "EPERM"],
  );
  if (kind === "portable") {
    return assert.equal(await code(() => provider.setxattr("/f", "user.a", value)), "EOPNOTSUPP");
  }
  provider.setxattr("/f", "user.a", value);
  assert.deepEqual(provider.getxattr("/f", "user.a"), value);
  assert.deepEqual(provider.listxattr("/f"), ["user.a"]);
  provider.removexattr("/f", "user.a");
  assert.equal(await code(() => provider.getxattr("/f", "user.a")), "ENODATA");
});

testBoth("fault 100: locks hold against other processes where the calls are native", async ({
  at,
  kind,
  provider,
}) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const other = provider.open("/f", O_RDWR);
  const lock: FileLock = {
    kind: "flock",
    type: "write",
    start: 0,
    end: Infinity,
    owner: "a",
    pid: 1,
  };
  await file.lock(lock);
  assert.equal(await code(() => other.lock({ ...lock, owner: "b" })), "EAGAIN");
  assert.equal(hostMayLock(at("f")), kind === "portable");
  // Another descriptor of the same file is closed: a lock of the whole process would be lost.
  fs.closeSync(fs.openSync(at("f"), O_RDWR));
  await other.close();
  assert.equal(hostMayLock(at("f")), kind === "portable");
  await file.close();
  assert.equal(hostMayLock(at("f")), true);
});

testBoth("fault 114: reads are answered when the threads of the runtime are all taken", async ({
  outside,
  provider,
}) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  await file.writeAt(text("content"), 0);
  const fifo = join(outside, "fifo");
  execFileSync("mkfifo", [fifo]);
  // Each of these holds a thread until somebody opens the other end.
  const taken = Array.from({ length: 40 }, () => fs.promises.open(fifo, "r"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const buffer = new Uint8Array(7);
  assert.equal(file.readAt(buffer, 0), 7);
  assert.equal((await provider.readDir("/")).length, 1);
  const other = fs.openSync(fifo, O_RDWR);
  for (const handle of await Promise.all(taken)) await handle.close();
  fs.closeSync(other);
  await file.close();
});

testBoth("fault 117: a root that is removed is gone, and nothing else is served for it", async ({
  provider,
  root,
}) => {
  provider.mkdirAll("/d/e", 0o700);
  const file = provider.open("/d/e/f", O_RDWR | O_CREAT, 0o600);
  fs.rmSync(root, { recursive: true });
  fs.mkdirSync(join(root, "d/e"), { recursive: true });
  putFile(join(root, "d/e/f"));
  assert.deepEqual(
    await codes([
      () => provider.stat("/d/e/f"),
      () => provider.create("/new", 0o600),
      () => provider.mkdirAll("/a/b", 0o700),
      () => provider.rename("/d", "/x"),
      () => provider.removeAll("/d"),
    ]),
    ["ENOENT", "ENOENT", "ENOENT", "ENOENT", "ok"],
  );
  assert.equal(provider.stat("/").nlink, 0);
  assert.deepEqual(await names(provider), []);
  assert.equal(await file.writeAt(text("x"), 0), 1);
  await file.close();
  assert.equal(fs.readFileSync(join(root, "d/e/f"), "utf8"), "content");
});

testBoth("O_TMPFILE makes a file without a name", async ({ at, provider }) => {
  fs.mkdirSync(at("d"));
  const file = provider.open("/d", O_TMPFILE | O_RDWR, 0o640);
  await file.writeAt(text("nameless"), 0);
  const info = await file.stat();
  assert.deepEqual([info.nlink, info.size, info.mode & 0o7777], [0, 8, 0o640]);
  assert.deepEqual(await names(provider, "/d"), []);
  await file.close();
  assert.equal(await code(() => provider.open("/d", O_TMPFILE)), "EINVAL");
  assert.equal(await code(() => provider.open("/d", O_CREAT | O_DIRECTORY, 0o600)), "EINVAL");
});

testBoth("modes are exact whatever the umask is", async ({ provider }) => {
  const umask = process.umask(0o077);
  try {
    await provider.open("/f", O_RDWR | O_CREAT, 0o666).close();
    provider.mkdir("/d", 0o777);
    provider.mkdirAll("/e/e", 0o775);
  } finally {
    process.umask(umask);
  }
  const mode = (path: string) => provider.stat(path).mode & 0o7777;
  assert.deepEqual(["/f", "/d", "/e", "/e/e"].map(mode), [0o666, 0o777, 0o775, 0o775]);
});

/** Whether a process that is not ours gets an exclusive flock. */
function hostMayLock(path: string): boolean {
  try {
    execFileSync("flock", ["-n", "-x", path, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program whose system calls fail; `undefined` where nobody may, or can, trace another. */
function strace(args: string[]): string | undefined {
  try {
    execFileSync("strace", ["-f", "--seccomp-bpf", "-o", "/dev/null", "true"], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return execFileSync("strace", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
