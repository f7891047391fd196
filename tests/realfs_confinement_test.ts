import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  cleanPath,
  type Handle,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  S_IFIFO,
} from "../src/fs/mod.ts";
import { MountRouter } from "../src/providers/mod.ts";
import { code, codes, names, putFile, readText } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";
import { mountOver } from "./realfs/_mounts.ts";

testBoth("fault 47: names that are not UTF-8 are left out of listings and counted", async ({
  at,
  kind,
  provider,
}) => {
  putFile(at("fine"));
  putFile(at("b\uFFFD"));
  // By the shell, because Deno's own calls cannot name such a file.
  rawTouch(at(""), "b\\377");
  rawTouch(at(""), "b\\376\\376");
  assert.deepEqual(await names(provider), ["b\uFFFD", "fine"]);
  // Of Deno's portable listing only the one is known that looks like nothing else that is there.
  const isBlind = kind === "portable" && "deno" in process.versions;
  assert.equal(provider.skippedNames, isBlind ? 1 : 2);
  const handle = await provider.openDir("/");
  const page = await handle.readDir(0, 10);
  await handle.close();
  assert.deepEqual(page.map((entry) => entry.name).sort(), ["b\uFFFD", "fine"]);
});

testBoth("fault 47: removeAll removes names that are not UTF-8 where the runtime can", async ({
  at,
  kind,
  provider,
}) => {
  fs.mkdirSync(at("d"));
  rawTouch(at("d"), "b\\377");
  const isBlind = kind === "portable" && "deno" in process.versions;
  const answer = await code(() => provider.removeAll("/d"));
  assert.equal(answer, isBlind ? "ENOTEMPTY" : "ok");
  assert.equal(fs.existsSync(at("d")), isBlind);
});

testBoth("fault 49: a path with a host path in it stays below the root", async ({ provider }) => {
  for (const path of ["/proc/self/fd/3", "/etc/passwd", "/dev/fd/0"]) {
    assert.equal(await code(() => provider.stat(path)), "ENOENT");
    assert.equal(await code(() => provider.create(path, 0o600)), "ENOENT");
  }
});

testBoth("fault 53: links to the outside lead nowhere, as the last name or in the middle", async ({
  at,
  outside,
  provider,
}) => {
  for (const [i, target] of [outside, "../outside", "/etc", "..", "/"].entries()) {
    if (i % 2 === 0) fs.symlinkSync(target, at(`l${i}`));
    else provider.symlink(target, `/l${i}`);
    assert.equal(provider.readlink(`/l${i}`), target);
    assert.deepEqual(
      await codes([
        () => provider.readDir(`/l${i}`),
        () => provider.openDir(`/l${i}`),
        () => provider.open(`/l${i}`, O_RDONLY),
        () => provider.open(`/l${i}/secret`, O_RDONLY),
        () => provider.stat(`/l${i}/secret`),
        () => provider.unlink(`/l${i}/secret`),
        () => provider.create(`/l${i}/new`, 0o600),
        () => provider.rename(`/l${i}/secret`, "/mine"),
        () => provider.link(`/l${i}/secret`, "/mine"),
      ]),
      ["ENOTDIR", "ENOTDIR", "ELOOP", ...Array(6).fill("ENOTDIR")],
    );
  }
  assert.deepEqual(fs.readdirSync(outside), ["secret"]);
});

testBoth("fault 54: chains and loops of links are not walked at all", async ({ at, provider }) => {
  fs.symlinkSync("loop", at("loop"));
  fs.symlinkSync("b", at("a"));
  fs.symlinkSync("a", at("b"));
  fs.mkdirSync(at("c0"));
  for (let i = 1; i < 50; i++) fs.symlinkSync(`c${i - 1}`, at(`c${i}`));
  for (const name of ["loop", "a", "c1", "c49"]) {
    assert.equal(await code(() => provider.open(`/${name}`, O_RDONLY)), "ELOOP");
    assert.equal(await code(() => provider.stat(`/${name}/x`)), "ENOTDIR");
  }
});

testBoth("fault 55: links to places of the kernel are text", async ({ at, provider }) => {
  for (const [i, target] of ["/proc/self/root", "/proc/self/fd/0", "/dev/fd/0"].entries()) {
    fs.symlinkSync(target, at(`l${i}`));
    assert.equal(provider.readlink(`/l${i}`), target);
    assert.equal(await code(() => provider.open(`/l${i}`, O_RDONLY)), "ELOOP");
    assert.equal(await code(() => provider.readDir(`/l${i}`)), "ENOTDIR");
  }
});

testBoth("fault 57: a directory that the host renames is found by its new name only", async ({
  at,
  provider,
}) => {
  provider.mkdirAll("/a/b/c", 0o700);
  putFile(at("a/b/c/f"));
  const { ino } = provider.stat("/a/b/c/f");
  fs.renameSync(at("a/b"), at("a/moved"));
  assert.equal(await code(() => provider.stat("/a/b/c/f")), "ENOENT");
  assert.equal(await code(() => provider.create("/a/b/c/g", 0o600)), "ENOENT");
  assert.equal(provider.stat("/a/moved/c/f").ino, ino);
  fs.mkdirSync(at("a/b/c"), { recursive: true });
  assert.equal(provider.lookup("/a/b/c/f"), undefined);
});

testBoth("fault 58: a directory that the host moves out of the root is out of reach", async ({
  at,
  outside,
  provider,
}) => {
  provider.mkdirAll("/a/b", 0o700);
  putFile(at("a/b/f"));
  provider.stat("/a/b/f");
  const open = await provider.openDir("/a/b");
  fs.renameSync(at("a"), join(outside, "a"));
  assert.deepEqual(
    await codes([
      () => provider.stat("/a/b/f"),
      () => provider.stat(cleanPath("/a/b/../../secret")),
      () => provider.create("/a/b/g", 0o600),
      () => provider.readDir("/a/b"),
    ]),
    ["ENOENT", "ENOENT", "ENOENT", "ENOENT"],
  );
  // What was open stays open, as it does on any filesystem, and leads nowhere else.
  assert.deepEqual((await open.readDir(0, 10)).map((entry) => entry.name), ["f"]);
  await open.close();
});

testBoth("fault 59: removeAll removes links and leaves what they point to", async ({
  at,
  outside,
  provider,
}) => {
  provider.mkdirAll("/t/deep", 0o700);
  fs.symlinkSync(outside, at("t/l"));
  fs.symlinkSync(join(outside, "secret"), at("t/deep/l"));
  await provider.removeAll("/t");
  assert.equal(provider.lookup("/t"), undefined);
  assert.deepEqual(fs.readdirSync(outside), ["secret"]);
});

testBoth("fault 60: mkdirAll does not go through links", async ({ at, outside, provider }) => {
  fs.symlinkSync(outside, at("l"));
  assert.equal(await code(() => provider.mkdirAll("/l/new/er", 0o700)), "ENOTDIR");
  assert.deepEqual(fs.readdirSync(outside), ["secret"]);
});

testBoth(
  "fault 61: a listing describes what the open directory holds, whatever has its name",
  async ({
    at,
    outside,
    provider,
  }) => {
    fs.mkdirSync(at("d"));
    fs.writeFileSync(at("d/secret"), "inside!");
    const handle = await provider.openDir("/d");
    fs.renameSync(at("d"), at("aside"));
    fs.symlinkSync(outside, at("d"));
    const [entry] = await handle.readDir(0, 10, true);
    await handle.close();
    assert.equal(entry!.info!.size, 7);
  },
);

testBoth("fault 62: rename and link between two exports fail with EXDEV", async ({
  at,
  root,
  serve,
}) => {
  for (const name of ["one", "two"]) fs.mkdirSync(at(name));
  putFile(at("one/f"));
  const router = new MountRouter({
    "/one": serve({}, join(root, "one")),
    "/two": serve({}, join(root, "two")),
  });
  assert.equal(await code(() => router.rename("/one/f", "/two/f")), "EXDEV");
  assert.equal(await code(() => router.link("/one/f", "/two/f")), "EXDEV");
});

testBoth("fault 63: what moves from an inner export to an outer takes nobody along", async ({
  at,
  root,
  provider,
  serve,
}) => {
  provider.mkdirAll("/inner/d", 0o700);
  putFile(at("sibling"));
  const inner = serve({}, join(root, "inner"));
  assert.equal((await names(inner, "/d")).length, 0);
  provider.rename("/inner/d", "/d");
  assert.equal(await code(() => inner.readDir("/d")), "ENOENT");
  assert.equal(await code(() => inner.stat(cleanPath("/d/../sibling"))), "ENOENT");
});

testBoth(
  "fault 64: a hard link to a file outside is that file",
  async ({ at, outside, provider }) => {
    fs.linkSync(join(outside, "secret"), at("hard"));
    const info = provider.stat("/hard");
    assert.equal(info.nlink, 2);
    assert.equal(await readText(provider, "/hard"), "secret");
  },
);

testBoth("fault 65: link of a symbolic link links the link", ({ at, provider }) => {
  fs.symlinkSync("/etc/passwd", at("l"));
  provider.link("/l", "/m");
  assert.equal(provider.readlink("/m"), "/etc/passwd");
  assert.equal(provider.stat("/m").ino, provider.stat("/l").ino);
});

testBoth("fault 66: another mount is crossed, or with noxdev is EXDEV", async ({
  at,
  provider,
  serve,
}) => {
  fs.mkdirSync(at("m"));
  const unmount = mountOver(at("m"));
  if (unmount === undefined) return assert.notEqual(process.getuid?.(), 0);
  try {
    putFile(at("m/f"));
    assert.equal(provider.stat("/m/f").size, 7);
    const inos = (await provider.readDir("/", true)).map((entry) => entry.ino);
    assert.equal(new Set([...inos, provider.stat("/").ino]).size, inos.length + 1);
    const bound = serve({ noxdev: true });
    assert.deepEqual(
      await codes([
        () => bound.stat("/m"),
        () => bound.stat("/m/f"),
        () => bound.open("/m/f", O_RDONLY),
        () => bound.readDir("/m"),
        () => bound.create("/m/g", 0o600),
        () => bound.chmod("/m", 0o700),
      ]),
      Array(6).fill("EXDEV"),
    );
    assert.equal(bound.stat("/").ino, provider.stat("/").ino);
    bound.mkdirAll("/beside/it", 0o700);
    provider.close();
    bound.close();
  } finally {
    unmount();
  }
});

testBoth("fault 66: the kernel's own filesystems below the root are not entered", async ({
  at,
  provider,
}) => {
  fs.mkdirSync(at("proc"));
  const unmount = mountOver(at("proc"), "/proc");
  if (unmount === undefined) return assert.notEqual(process.getuid?.(), 0);
  try {
    assert.deepEqual(
      await codes([
        () => provider.stat("/proc/1/environ"),
        () => provider.open("/proc/1/environ", O_RDONLY),
        () => provider.open("/proc/version", O_RDONLY),
        () => provider.readDir("/proc"),
        () => provider.readlink("/proc/self"),
      ]),
      Array(5).fill("EACCES"),
    );
    provider.close();
  } finally {
    unmount();
  }
});

testBoth("fault 67: a root that is a link, or is replaced, stays the directory it was", ({
  at,
  outside,
  root,
  serve,
}) => {
  putFile(at("f"));
  fs.symlinkSync(root, join(outside, "way"));
  const provider = serve({}, join(outside, "way"));
  provider.mkdirAll("/a/b", 0o700);
  provider.stat("/a/b");
  fs.renameSync(root, join(outside, "moved"));
  fs.mkdirSync(root);
  assert.equal(provider.stat("/f").size, 7);
  provider.mkdir("/a/b/c", 0o700);
  assert.ok(fs.existsSync(join(outside, "moved/a/b/c")));
  assert.deepEqual(fs.readdirSync(root), []);
});

testBoth("fault 67: what moves from the root into what took its place is out of reach", async ({
  at,
  outside,
  root,
  provider,
}) => {
  provider.mkdirAll("/a/b", 0o700);
  assert.equal(provider.lookup("/a/b/f"), undefined);
  // A directory that is open keeps its path on the host, and yet it is not below the root any more.
  fs.renameSync(root, join(outside, "moved"));
  fs.mkdirSync(root);
  fs.renameSync(join(outside, "moved/a"), at("a"));
  putFile(at("a/b/f"));
  assert.equal(provider.lookup("/a/b/f"), undefined);
  assert.equal(await code(() => provider.readDir("/a/b")), "ENOENT");
  assert.equal(await code(() => provider.create("/a/b/g", 0o600)), "ENOENT");
  assert.deepEqual(fs.readdirSync(at("a/b")), ["f"]);
});

testBoth("fault 68: the host's root and the kernel's filesystems are refused", ({ serve }) => {
  for (const path of ["/", "/proc", "/sys", "/dev"]) {
    assert.throws(() => serve({}, path), { code: "EACCES" });
  }
  assert.throws(() => serve({}, "/no/such"), { code: "ENOENT" });
  assert.throws(() => serve({}, "/etc/passwd"), { code: "ENOTDIR" });
  assert.throws(() => serve({}, ""), { code: "EINVAL" });
  assert.throws(() => serve({ uid: -1 }), RangeError);
});

testBoth("fault 69: links in a sticky directory are shown like any other", ({ at, provider }) => {
  fs.mkdirSync(at("tmp"));
  fs.chmodSync(at("tmp"), 0o1777);
  fs.symlinkSync("/etc/passwd", at("tmp/l"));
  assert.equal(provider.readlink("/tmp/l"), "/etc/passwd");
});

testBoth(
  "fault 70: a handle that is closed while it is synced keeps its number till the end",
  async ({
    provider,
  }) => {
    for (let i = 0; i < 20; i++) {
      const file = provider.open(`/f${i}`, O_RDWR | O_CREAT, 0o600);
      const synced = file.sync();
      await file.close();
      const other = provider.open(`/g${i}`, O_RDWR | O_CREAT, 0o600);
      await synced;
      await other.writeAt(new Uint8Array(5), 0);
      assert.equal((await other.stat()).size, 5);
      await other.close();
      assert.equal(await code(() => file.stat()), "EBADF");
    }
  },
);

testBoth("fault 72: nothing changes in a read-only tree, also not through open handles", async ({
  at,
  serve,
}) => {
  const before = new Date(1_000_000_000_000);
  fs.mkdirSync(at("d"));
  fs.writeFileSync(at("f"), "content");
  fs.utimesSync(at("f"), before, before);
  const provider = serve({ readonly: true });
  assert.equal(provider.readonly, true);
  assert.equal(provider.statfs("/").readonly, true);
  const file: Handle = provider.open("/f", O_RDONLY);
  const directory = provider.openDir("/d");
  const changes: ((fs: Provider) => unknown)[] = [
    (fs) => fs.open("/f", O_WRONLY),
    (fs) => fs.open("/f", O_RDWR),
    (fs) => fs.open("/f", O_RDONLY | O_TRUNC),
    (fs) => fs.open("/new", O_RDONLY | O_CREAT, 0o600),
    (fs) => fs.open("/new", O_WRONLY | O_CREAT | O_EXCL, 0o600),
    (fs) => fs.create("/new", 0o600),
    (fs) => fs.mkdir("/new", 0o700),
    (fs) => fs.mkdirAll("/d/new", 0o700),
    (fs) => fs.mknod("/new", S_IFIFO | 0o600, 0),
    (fs) => fs.symlink("f", "/new"),
    (fs) => fs.link("/f", "/new"),
    (fs) => fs.unlink("/f"),
    (fs) => fs.rmdir("/d"),
    (fs) => fs.remove("/f"),
    (fs) => fs.removeAll("/d"),
    (fs) => fs.removeAll("/"),
    (fs) => fs.rename("/f", "/new"),
    (fs) => fs.chmod("/f", 0o600),
    (fs) => fs.chown("/f", 1, 1),
    (fs) => fs.utimes("/f", "now", "now"),
    (fs) => fs.truncate("/f", 0),
    (fs) => fs.setxattr("/f", "user.a", new Uint8Array(1)),
    (fs) => fs.removexattr("/f", "user.a"),
    () => file.chmod(0o600),
    () => file.chown(1, 1),
    () => file.utimes("now", "now"),
    () => directory.chmod(0o700),
  ];
  for (const change of changes) {
    assert.equal(await code(() => change(provider)), "EROFS", String(change));
  }
  assert.equal(await code(() => file.writeAt(new Uint8Array(1), 0)), "EBADF");
  assert.equal(await code(() => file.truncate(0)), "EINVAL");
  await provider.mkdirAll("/d", 0o700);
  await file.close();
  directory.close();
  assert.equal(fs.statSync(at("f")).mtimeMs, before.getTime());
  assert.deepEqual(fs.readdirSync(at("")).sort(), ["d", "f"]);
});

testBoth(
  "fault 73: setuid and setgid arrive as asked for, and the kernel takes them back at a chown",
  async ({
    at,
    provider,
  }) => {
    const file = provider.open("/f", O_RDWR | O_CREAT, 0o6755);
    assert.equal((await file.stat()).mode & 0o7777, 0o6755);
    await file.close();
    provider.chown("/f", -1, process.getgid?.() ?? 0);
    const own = fs.statSync(at("f")).mode & 0o7777;
    assert.equal(provider.stat("/f").mode & 0o7777, own);
    assert.equal(own & 0o6000, 0);
  },
);

function rawTouch(directory: string, name: string): void {
  execFileSync("sh", ["-c", `cd "$1" && touch "$(printf '${name}')"`, "sh", directory]);
}

testBoth("confineThread() is a second wall where the runtime and the kernel have one", ({
  at,
  outside,
  root,
}) => {
  fs.symlinkSync("../outside/secret", at("link"));
  const run = "deno" in process.versions ? ["run", "-A"] : [];
  const script = fileURLToPath(new URL("./realfs/_landlocked.ts", import.meta.url));
  const output = execFileSync(process.execPath, [...run, script, root, outside], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [confined, ...answers] = output.trim().split(" ");
  assert.deepEqual(answers.slice(3), Array(5).fill("ok"));
  const walls = answers.slice(0, 3);
  if (confined === "ok") return assert.deepEqual(walls, ["EACCES", "EACCES", "EACCES"]);
  assert.equal(confined, "EOPNOTSUPP");
  assert.deepEqual(walls, ["ok", "ok", "ok"]);
});

testBoth("noxdev: a tree with a mount in it is not removed across it", async ({
  at,
  serve,
}) => {
  fs.mkdirSync(at("t/m"), { recursive: true });
  const unmount = mountOver(at("t/m"));
  if (unmount === undefined) return assert.notEqual(process.getuid?.(), 0);
  try {
    putFile(at("t/m/f"));
    const bound = serve({ noxdev: true });
    assert.equal(await code(() => bound.removeAll("/t")), "EXDEV");
    assert.ok(fs.existsSync(at("t/m/f")));
    const [entry] = await bound.readDir("/t", true);
    assert.deepEqual([entry!.name, entry!.info], ["m", undefined]);
    assert.equal(entry!.mode & 0o170000, 0o040000);
    bound.close();
  } finally {
    unmount();
  }
});
