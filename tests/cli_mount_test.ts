import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../src/cli/mod.ts";
import { subtree } from "../src/cli/subtree.ts";
import { type Change, isWatchable, type Provider, VfsError } from "../src/fs/mod.ts";
import { hide } from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { type FakeMount, FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";

const HERE = { directories: { ".": new MemoryProvider(), "./dir": new MemoryProvider() } };

/** Mounts something while a test looks at it. */
async function mounting(
  args: readonly string[],
  surroundings: FakeSurroundings,
  use: (mount: FakeMount, runtime: FakeRuntime) => Promise<void> | void = () => {},
): Promise<FakeRuntime> {
  const runtime = new FakeRuntime(["mount", ...args], surroundings);
  const done = main(runtime);
  await runtime.errHas("mounted ");
  try {
    await use(runtime.mounts[0]!, runtime);
  } finally {
    runtime.signal("SIGTERM");
    await done;
  }
  return runtime;
}

function providerOf({ source }: FakeMount): Provider {
  assert.equal(source.kind, "provider");
  return source.kind === "provider" ? source.provider : assert.fail();
}

async function names(provider: Provider): Promise<string[]> {
  return (await provider.readDir("/")).map(({ name }) => name).sort();
}

test("mount mounts a directory with its options, and says so in one line", async () => {
  const { err, exitCode } = await mounting(["./dir:ro,uid=5", "/mnt"], HERE, (mount, { err }) => {
    assert.equal(err, "vfs-server: mounted /home/me/dir, read-only at /real/mnt\n");
    assert.equal(mount.mountPoint, "/mnt");
    assert.deepEqual(mount.options, {});
    assert.ok(mount.source.kind === "directory");
    const { onNotice, ...options } = mount.source.options;
    assert.equal(typeof onNotice, "function");
    assert.deepEqual(options, { readonly: true, uid: 5 });
    assert.equal(mount.source.directory, "./dir");
  });
  assert.match(err, /unmounting on SIGTERM: who uses it has 2s; a second signal ends at once\n/);
  assert.match(err, /served 0 requests, 0 errors, .*\nvfs-server: unmounted \/real\/mnt\n$/);
  assert.equal(exitCode, 0);
});

test("mount mounts memory with its options", async () => {
  await mounting(["memory:limit=64M,mode=1777,uid=3", "/mnt"], HERE, ({ source }, { err }) => {
    assert.deepEqual(source, {
      kind: "memory",
      options: { limit: 64 << 20, root: { mode: 0o1777, uid: 3 } },
    });
    assert.match(err, /mounted memory, 64M at/);
  });
});

test("mount passes its flags to the mount", async () => {
  const args = [
    ...["memory", "/mnt", "-r", "--allow-other", "--no-exec", "--name=n", "--via", "fusermount"],
    ...["--entry-lifetime=5s", "--attr-lifetime=250ms", "--negative-lifetime=1m", "--writeback"],
    ...["--direct-io", "--deadline=3s", "--busy-grace=0"],
  ];
  await mounting(args, HERE, ({ options }) => {
    assert.deepEqual(options, {
      ...{ readonly: true, allowOther: true, exec: false, name: "n", via: "fusermount" },
      ...{ entryLifetime: 5000, attrLifetime: 250, negativeLifetime: 60_000, writeback: true },
      ...{ directIo: true, deadline: 3000, busyGrace: 0 },
    });
  });
});

test("mount --config mounts what a configuration says, with its rules, or a part of it", async () => {
  const tree = MemoryProvider.from({ a: "a", ".env": "secret" });
  const config = { mounts: { "/w/x": tree, "/d": "dir" }, rules: [hide(".env")] };
  const surroundings = {
    modules: { "conf/c.ts": { default: config } },
    directories: { "conf/dir": new MemoryProvider() },
  };
  await mounting(["-c", "conf/c.ts", "/mnt"], surroundings, async (mount, { err }) => {
    assert.deepEqual(await names(providerOf(mount)), ["d", "w"]);
    assert.ok(mount.source.kind === "provider");
    assert.deepEqual(mount.source.directories, ["conf/dir"]);
    assert.match(err, /mounted conf\/c\.ts, with 1 rule at /);
  });
  await mounting(["--config=conf/c.ts", "/w/x", "/mnt"], surroundings, async (mount) => {
    assert.deepEqual(await names(providerOf(mount)), ["a"]);
    await assert.rejects(async () => await providerOf(mount).stat("/.env"), /ENOENT/);
  });
});

/** Runs a server beside a mount of what it serves. */
async function served(
  args: readonly string[],
  use: (mount: FakeMount, runtime: FakeRuntime, server: FakeRuntime) => Promise<void>,
): Promise<FakeRuntime> {
  const tree = MemoryProvider.from({ a: "hello", d: { b: "b" } });
  const surroundings = { sockets: new Map(), directories: { "./dir": tree } };
  const server = new FakeRuntime(["-m", "/w=./dir"], surroundings);
  const serving = main(server);
  await server.errHas("erving");
  try {
    return await mounting(args, surroundings, (mount, runtime) => use(mount, runtime, server));
  } finally {
    server.signal("SIGTERM");
    await serving;
  }
}

test("mount --connect mounts what a server serves, or a part of it", async () => {
  await served(["--connect", "./vfs.sock", "/mnt"], async (mount, { err }) => {
    assert.deepEqual(await names(providerOf(mount)), ["w"]);
    assert.match(err, /mounted \/home\/me\/vfs\.sock, protocol 2 at \/real\/mnt\n/);
  });
  const { exitCode } = await served(
    ["--connect", "./vfs.sock", "/w", "/mnt"],
    async (mount, rt) => {
      const files = providerOf(mount);
      assert.match(rt.err, /mounted \/w of \/home\/me\/vfs\.sock, protocol 2 at/);
      assert.deepEqual(await names(files), ["a", "d"]);
      await files.rename("/d/b", "/c");
      await files.link("/c", "/d/e");
      await files.symlink("/c", "/l");
      assert.deepEqual(await names(files), ["a", "c", "d", "l"]);
      assert.equal(await files.readlink("/l"), "/c");
      assert.equal((await files.stat("/d/e")).nlink, 2);
    },
  );
  assert.equal(exitCode, 0);
});

test("mount --connect unmounts when the server is gone for good, with status 1", async () => {
  const args = ["--connect", "./vfs.sock", "--reconnect=0", "/mnt"];
  const { err, exitCode } = await served(args, async (_mount, runtime, server) => {
    server.signal("SIGTERM");
    await runtime.errHas("unmounted");
  });
  assert.match(err, /lost the connection to \.\/vfs\.sock: /);
  assert.match(err, /unmounted \/real\/mnt\nvfs-server: cannot reach \.\/vfs\.sock: .*\n$/);
  assert.equal(exitCode, 1);
});

test("mount ends with status 0 when somebody unmounts it, and with 1 when it breaks", async () => {
  const ended = await mounting(["memory", "/mnt"], HERE, async (mount, runtime) => {
    mount.end();
    await runtime.errHas("unmounted");
  });
  assert.equal(ended.exitCode, 0);
  assert.doesNotMatch(ended.err, /unmounting/);
  assert.equal(ended.hears("SIGTERM"), false);
  const broken = await mounting(["memory", "/mnt"], HERE, async (mount, runtime) => {
    mount.end(new VfsError("EIO"));
    await runtime.errHas("cannot");
  });
  assert.match(broken.err, /cannot serve the mount at \/real\/mnt: input\/output error \(EIO\)\n$/);
  assert.equal(broken.exitCode, 1);
});

test("mount --daemon leaves it to another process, and takes over how that began", async () => {
  const good = await run(["mount", "memory", "/mnt", "--daemon"], HERE);
  assert.deepEqual([good.daemons.length, good.mounts.length, good.exitCode], [1, 0, 0]);
  assert.equal(good.err, "", "its line comes from the other process");
  const logged = await run(["mount", "memory", "/mnt", "-d", "--log", "x.log"], HERE);
  assert.equal(logged.err, "vfs-server: mounted at /mnt, with its log in x.log\n");
  const bad = await run(["mount", "memory", "/mnt", "-d"], { ...HERE, daemonStatus: 1 });
  assert.equal(bad.exitCode, 1);
  const env = { VFS_SERVER_DAEMON: "1" };
  await mounting(["memory", "/mnt", "-d"], { ...HERE, env }, async (_mount, runtime) => {
    while (runtime.out === "") await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(runtime.daemons.length, 0);
  });
});

test("mount --log adds the log to a file", async () => {
  const files = MemoryProvider.from({ "m.log": "before\n" });
  const args = ["mount", "memory", "/mnt", "--log", "m.log"];
  const runtime = new FakeRuntime(args, { directories: { ".": files } });
  const done = main(runtime);
  while (runtime.mounts.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  runtime.mounts[0]!.end();
  await done;
  assert.equal(runtime.err, "");
  const text = new TextDecoder().decode(await files.readFile("/m.log"));
  assert.match(text, /^before\nvfs-server: mounted memory at .*\n.*\nvfs-server: unmounted .*\n$/);
});

test("mount says in one sentence why it cannot", async () => {
  const failing = (code: "ENOENT" | "EBUSY" | "EPERM" | "EDEADLK", detail: string) => ({
    ...HERE,
    onMount: () => {
      throw new VfsError(code, detail);
    },
  });
  const wrong: [string[], FakeSurroundings, string, number][] = [
    [["/mnt"], HERE, "missing argument: write vfs-server mount SOURCE /mnt, for instance . or", 2],
    [[], HERE, "missing argument: write vfs-server mount", 2],
    [["a", "b", "c"], HERE, 'unexpected argument "c"', 2],
    [["--config=c", "--connect=s", "/mnt"], HERE, "cannot mount both --config and --connect", 2],
    [["./dir:rw", "/mnt"], HERE, 'unknown option "rw", did you mean ro?', 2],
    [["./no", "/mnt"], HERE, "cannot mount ./no at /mnt: no such file or directory (ENOENT)", 1],
    [["--connect", "no", "/mnt"], HERE, "no server is there (ENOENT); start one, or say where", 1],
    [
      ["memory", "/mnt"],
      failing("ENOENT", "/mnt"),
      "cannot mount at /mnt: the directory does not exist (ENOENT)",
      1,
    ],
    [["memory", "/mnt"], failing("ENOENT", "/dev/fuse"), "there is no /dev/fuse: load the", 1],
    [["memory", "/mnt"], failing("EBUSY", "/mnt is a mount already"), "a mount is there", 1],
    [["memory", "/mnt"], failing("EDEADLK", "dir"), "it is inside of the directory", 1],
    [
      ["memory", "/mnt"],
      failing("EPERM", "/mnt: mount: only root can do that"),
      "cannot mount at /mnt: /mnt: mount: only root can do that (EPERM)",
      1,
    ],
  ];
  for (const [args, surroundings, sentence, status] of wrong) {
    const { err, exitCode, out } = await run(["mount", ...args], surroundings);
    assert.ok(err.includes(sentence), err);
    assert.equal(err.trimEnd().split("\n").length, 1, err);
    assert.deepEqual([exitCode, out], [status, ""]);
  }
});

test("mount --connect says what is wrong with the part that is to be mounted", async () => {
  const surroundings = {
    sockets: new Map(),
    directories: { "./dir": MemoryProvider.from({ a: "" }) },
  };
  const server = new FakeRuntime(["-m", "/w=./dir"], surroundings);
  const serving = main(server);
  await server.errHas("erving");
  for (
    const [path, sentence] of [
      ["/nowhere", "cannot mount /nowhere at /mnt: no such file or directory (ENOENT)"],
      ["/w/a", "cannot mount /w/a at /mnt: not a directory (ENOTDIR)"],
      ["w", 'cannot mount at "w": the path is not absolute, write /w'],
    ] as const
  ) {
    const { err } = await run(["mount", "--connect", "./vfs.sock", path, "/mnt"], surroundings);
    assert.equal(err, `vfs-server: ${sentence}\n`);
  }
  server.signal("SIGTERM");
  await serving;
});

test("umount unmounts every mount point that it is given, gently or by force", async () => {
  const unmounted: [string, boolean][] = [];
  const onUnmount = (mountPoint: string, force: boolean) => {
    unmounted.push([mountPoint, force]);
    if (mountPoint === "/busy" && !force) throw new VfsError("EBUSY", mountPoint);
    if (mountPoint === "/none") throw new VfsError("EINVAL", mountPoint);
  };
  const gentle = await run(["umount", "/busy", "/none", "/a"], { onUnmount });
  assert.equal(
    gentle.err,
    "vfs-server: cannot unmount /busy: it is in use; with -f it is taken away from those who use " +
      "it (EBUSY)\nvfs-server: cannot unmount /none: no mount of vfs-server is there (EINVAL)\n",
  );
  assert.equal(gentle.exitCode, 1);
  const forced = await run(["umount", "-f", "/busy"], { onUnmount });
  assert.deepEqual([forced.err, forced.exitCode], ["", 0]);
  assert.deepEqual(unmounted, [["/busy", false], ["/none", false], ["/a", false], ["/busy", true]]);
});

test("subtree() tells of changes by the names that it has", () => {
  const listeners: ((change: Change) => void)[] = [];
  const watched: string[] = [];
  const watch = (path: string, listener: (change: Change) => void) => {
    watched.push(path);
    listeners.push(listener);
    return () => {};
  };
  const tree = subtree(Object.assign(new MemoryProvider(), { watch }) as Provider, "/a/b");
  assert.ok(isWatchable(tree));
  const changes: Change[] = [];
  tree.watch("/", (change) => changes.push(change));
  tree.watch("/c", () => {});
  assert.deepEqual(watched, ["/a/b", "/a/b/c"]);
  for (const path of ["/a/b", "/a/b/c", "/a"]) listeners[0]!({ kind: "entry", path });
  assert.deepEqual(changes, [
    { kind: "entry", path: "/" },
    { kind: "entry", path: "/c" },
    { kind: "tree", path: "/" },
  ]);
  assert.equal(isWatchable(subtree(new MemoryProvider(), "/a")), false);
});
