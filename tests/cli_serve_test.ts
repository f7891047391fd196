import assert from "node:assert/strict";
import { test } from "node:test";
import type { RealDirectoryOptions } from "../adapters/runtime.ts";
import { main } from "../src/cli/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";

/** Starts a server, and stops it after the test has done what it wants with it. */
async function serving(
  args: readonly string[],
  surroundings: FakeSurroundings,
  use: (runtime: FakeRuntime) => Promise<void> | void,
): Promise<FakeRuntime> {
  const runtime = new FakeRuntime(args, surroundings);
  const done = main(runtime);
  await runtime.errHas("erving");
  try {
    await use(runtime);
  } finally {
    runtime.signal("SIGTERM");
    await done;
  }
  return runtime;
}

const HERE = { directories: { ".": new MemoryProvider(), "./dir": new MemoryProvider() } };

test("serve serves the current directory at /workspace without arguments, and says where", async () => {
  const runtime = await serving([], HERE, ({ err, opened, listened }) => {
    assert.equal(err, "vfs-server: serving /workspace (/home/me) on /home/me/vfs.sock\n");
    assert.deepEqual(opened.map(([path]) => path), ["."]);
    assert.equal(listened[0]?.[0], "./vfs.sock");
    assert.equal(listened[0]?.[1].mode, 0o600);
  });
  assert.equal(runtime.exitCode, 0);
  assert.equal(runtime.out, "");
});

test("serve mounts directories and memory with their options", async () => {
  const args = ["-m", "/w=./dir", "-m", "/d=./dir:ro,uid=5,nosymlink", "-m", "/t=memory:limit=64M"];
  await serving(args, HERE, ({ err, opened }) => {
    assert.match(
      err,
      /serving \/w \(\/home\/me\/dir\), \/d \(\/home\/me\/dir, read-only\), \/t \(memory, 64M\) on /,
    );
    const options = opened.map(([, options]) => {
      const { onNotice, ...others } = options as { onNotice: unknown };
      assert.equal(typeof onNotice, "function");
      return others;
    });
    assert.deepEqual(options, [{}, { readonly: true, uid: 5, symlinks: "deny" }]);
  });
});

test("serve is also a command by name", async () => {
  await serving(["serve", "--mount=/w=./dir"], HERE, ({ err }) => assert.match(err, /\/w/));
});

test("serve expands ~ by HOME", async () => {
  const directories = { "/home/me/x": new MemoryProvider() };
  await serving(["-m", "/w=~/x"], { directories, env: { HOME: "/home/me" } }, ({ opened }) => {
    assert.equal(opened[0]?.[0], "/home/me/x");
  });
});

test("serve listens where it is told, with the mode it is told", async () => {
  const args = ["--socket", "/run/v.sock", "--socket-mode", "660", "--vsock-port", "5000"];
  await serving(args, HERE, ({ listened, err }) => {
    assert.deepEqual(listened.map(([path, { mode }]) => [path, mode]), [[
      "/run/v.sock_5000",
      0o660,
    ]]);
    assert.match(err, /on \/run\/v\.sock_5000$/m);
  });
});

test("serve takes the socket from VFS_SOCKET, if no flag says another", async () => {
  const surroundings = { ...HERE, env: { VFS_SOCKET: "/run/a.sock" } };
  await serving([], surroundings, ({ listened }) => assert.equal(listened[0]?.[0], "/run/a.sock"));
  await serving(["-s", "b"], surroundings, ({ listened }) => assert.equal(listened[0]?.[0], "b"));
});

test("serve says in one sentence why it cannot, with status 1", async () => {
  const missing = await run(["-m", "/w=./missing"], HERE);
  assert.equal(
    missing.err,
    "vfs-server: cannot mount ./missing at /w: no such file or directory (ENOENT)\n",
  );
  assert.equal(missing.exitCode, 1);
  const sockets = new Map();
  await serving([], { ...HERE, sockets }, async () => {
    const second = await run([], { ...HERE, sockets });
    assert.equal(
      second.err,
      "vfs-server: cannot listen on ./vfs.sock: another server listens there (EADDRINUSE)\n",
    );
    assert.equal(second.exitCode, 1);
  });
});

test("serve says in one sentence what is wrong with the arguments, with status 2", async () => {
  const wrong: [string[], string][] = [
    [["--sokcet", "x"], "unknown option --sokcet: did you mean --socket?"],
    [["--hepl"], "unknown option --hepl: did you mean --help?"],
    [["lss"], 'unknown command "lss": did you mean ls?'],
    [["qqqq"], 'unknown command "qqqq": see --help'],
    [["./d"], 'unknown command "./d": to serve a directory, write --mount /workspace=./d'],
    [["/a=./d"], 'unknown command "/a=./d": to serve a directory, write --mount /a=./d'],
    [
      ["-m", "/a=b:rw"],
      'cannot mount b:rw: unknown option "rw", did you mean ro? (if the colon is ' +
      "part of the name, end it with another: b:rw:)",
    ],
    [
      ["serve", "x"],
      'unexpected argument "x": write vfs-server serve ' +
      "[--mount PATH=SOURCE[:OPTIONS]]... [options]",
    ],
    [["-m", "/w=.", "-m", "/w/=memory"], "cannot mount two sources at /w: keep one"],
    [["-m", "w=."], 'cannot mount at "w": the path is not absolute, write /w'],
    [
      ["--max-connections", "none"],
      'wrong value for --max-connections: "none" is not a whole ' +
      "number from 1 to 2147483648",
    ],
    [["--vsock-port", "-1"], "missing value for --vsock-port: write --vsock-port PORT"],
  ];
  for (const [args, sentence] of wrong) {
    const runtime = await run(args, HERE);
    assert.equal(runtime.err, `vfs-server: ${sentence}\n`);
    assert.equal(runtime.exitCode, 2);
    assert.equal(runtime.out, "");
  }
});

test("serve escapes what it repeats", async () => {
  const runtime = await run(["\x1b[2J\n"]);
  assert.equal(runtime.err, 'vfs-server: unknown command "\\u001b[2J\\n": see --help\n');
});

test("serve logs a line when a connection opens and one when it closes", async () => {
  const runtime = await serving([], HERE, async (runtime) => {
    const transport = await runtime.connect("./vfs.sock");
    await runtime.errHas("connection 1 opened\n");
    transport.destroy();
    await runtime.errHas("closed");
  });
  assert.match(runtime.err, /connection 1 closed after \d+ms, 0 requests, 0 errors/);
});

test("serve logs counters on SIGUSR1, and at the end", async () => {
  const runtime = await serving([], HERE, async (runtime) => {
    runtime.signal("SIGUSR1");
    await runtime.errHas("served 0 connections (0 now, 0 refused), 0 requests, 0 errors");
  });
  assert.equal(runtime.err.match(/served 0 connections/g)?.length, 2);
  assert.equal(runtime.hears("SIGUSR1"), false);
});

test("serve closes the socket and drains on SIGINT or SIGTERM; a second one is left to the system", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const sockets = new Map();
    const runtime = new FakeRuntime([], { ...HERE, sockets });
    const done = main(runtime);
    await runtime.errHas("erving");
    assert.ok(runtime.hears("SIGINT") && runtime.hears("SIGTERM"));
    runtime.signal(signal);
    assert.ok(!runtime.hears("SIGINT") && !runtime.hears("SIGTERM"));
    await done;
    assert.equal(sockets.size, 0);
    assert.match(runtime.err, new RegExp(`stopping on ${signal}\n`));
    assert.equal(runtime.exitCode, 0);
  }
});

test("serve says how long connections have when it stops", async () => {
  const runtime = await serving([], HERE, async (runtime) => {
    await runtime.connect("./vfs.sock");
  });
  assert.match(
    runtime.err,
    /stopping on SIGTERM: connections have 5s; a second signal ends at once/,
  );
});

test("serve says once what directories miss on this host", async () => {
  const runtime = new FakeRuntime(["-m", "/a=./dir", "-m", "/b=."], HERE);
  const open = runtime.openDirectory.bind(runtime);
  runtime.openDirectory = (path: string, options: RealDirectoryOptions) => {
    options.onNotice?.("Nothing is missing but this");
    return open(path, options);
  };
  const done = main(runtime);
  await runtime.errHas("erving");
  runtime.signal("SIGINT");
  await done;
  assert.equal(runtime.err.match(/vfs-server: nothing is missing but this\n/g)?.length, 1);
});

test("serve --quiet says nothing but what goes wrong, and what is asked for", async () => {
  const runtime = new FakeRuntime(["--quiet", "--max-connections=1"], HERE);
  const done = main(runtime);
  while (!runtime.hears("SIGUSR1")) await new Promise((resolve) => setTimeout(resolve));
  await runtime.connect("./vfs.sock");
  assert.equal(runtime.err, "");
  await runtime.connect("./vfs.sock");
  await runtime.errHas("refused: there are as many as --max-connections allows\n");
  runtime.signal("SIGUSR1");
  await runtime.errHas("served 1 connection (1 now, 1 refused)");
  runtime.signal("SIGINT");
  await done;
  assert.equal(runtime.err.trimEnd().split("\n").length, 2);
});

test("serve --log-format json writes an object for each line", async () => {
  const args = ["--log-format=json", "-m", "/w=./dir:ro", "-m", "/t=memory"];
  const runtime = await serving(args, HERE, async (runtime) => {
    const transport = await runtime.connect("./vfs.sock");
    transport.end();
    await runtime.errHas('"close"');
  });
  const records = runtime.records;
  assert.deepEqual(records.map(({ event }) => event), [
    ...["ready", "open", "close", "stopping", "counters"],
  ]);
  for (const { time, level, message } of records) {
    assert.equal(new Date(time as string).toISOString(), time);
    assert.equal(level, "info");
    assert.equal(typeof message, "string");
  }
  const [ready, open, close, , counters] = records;
  assert.equal(ready?.socket, "/home/me/vfs.sock");
  assert.deepEqual(ready?.mounts, [
    { path: "/w", source: "/home/me/dir, read-only" },
    { path: "/t", source: "memory" },
  ]);
  assert.equal(open?.connection, 1);
  assert.deepEqual([close?.connection, close?.requests, close?.handles], [1, 0, 0]);
  assert.equal(counters?.accepted, 1);
});

test("serve passes limits to the server", async () => {
  const args = [
    "--max-connections=2",
    "--max-handles=3",
    "--frame-timeout=4s",
    "--idle-timeout=5m",
  ];
  const runtime = await serving([...args, "--drain-timeout", "6ms"], HERE, async (runtime) => {
    for (let i = 0; i < 3; i++) await runtime.connect("./vfs.sock");
    await runtime.errHas("refused");
  });
  assert.match(runtime.err, /served 2 connections \(0 now, 1 refused\)/);
});
