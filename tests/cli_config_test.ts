import assert from "node:assert/strict";
import { test } from "node:test";
import { defineConfig, main, type VfsConfig } from "../src/cli/mod.ts";
import { BaseProvider, type FileInfo, now, S_IFDIR } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { FakeRuntime, run } from "./_fake_runtime.ts";

class EmptyTree extends BaseProvider {
  override stat(): FileInfo {
    const time = now();
    const numbers = { ino: 1n, nlink: 2, uid: 0, gid: 0, rdev: 0, size: 0, blocks: 0 };
    return {
      ...numbers,
      mode: S_IFDIR | 0o755,
      blksize: 4096,
      atime: time,
      mtime: time,
      ctime: time,
    };
  }
}

const DIRECTORIES = { "conf/dir": new MemoryProvider(), "./dir": new MemoryProvider() };

/** Runs a server with a configuration until it says that it serves. */
async function servesWith(config: VfsConfig, ...args: string[]): Promise<FakeRuntime> {
  const modules = { "conf/vfs.config.ts": { default: config } };
  const all = ["--config", "conf/vfs.config.ts", ...args];
  const runtime = new FakeRuntime(all, { modules, directories: DIRECTORIES });
  const done = main(runtime);
  await runtime.errHas("erving");
  runtime.signal("SIGTERM");
  await done;
  assert.equal(runtime.exitCode, 0);
  return runtime;
}

test("defineConfig() returns what it is given", () => {
  const config = { mounts: { "/a": "memory" } };
  assert.equal(defineConfig(config), config);
});

test("--config serves directories, memory and providers of one's own", async () => {
  const mounts = { "/w": "dir", "/t": "memory:limit=1M", "/mine": new EmptyTree() };
  const { err, opened } = await servesWith(defineConfig({ mounts }));
  assert.match(
    err,
    /serving \/w \(\/home\/me\/conf\/dir\), \/t \(memory, 1M\), \/mine \(EmptyTree, read-only\) on /,
  );
  assert.deepEqual(opened.map(([path]) => path), ["conf/dir"]);
});

test("--config says where to listen, relative to the file, and how to log", async () => {
  const { listened, records } = await servesWith({
    mounts: { "/w": "memory" },
    socket: "../run/v.sock",
    socketMode: 0o660,
    vsockPort: 7,
    logFormat: "json",
  });
  assert.equal(listened[0]?.[0], "conf/../run/v.sock_7");
  assert.equal(listened[0]?.[1].mode, 0o660);
  assert.equal(records[0]?.event, "ready");
});

test("flags come before the configuration, and mounts are added to its mounts", async () => {
  const config: VfsConfig = {
    mounts: { "/a": "memory", "/b": "memory" },
    socket: "/run/c.sock",
    logFormat: "json",
    limits: { connections: 3 },
  };
  const args = ["--socket", "/run/f.sock", "--log-format=text", "-m/b=./dir", "-m", "/c=memory"];
  const { err, listened } = await servesWith(config, ...args);
  assert.equal(listened[0]?.[0], "/run/f.sock");
  assert.match(err, /serving \/a \(memory\), \/b \(\/home\/me\/dir\), \/c \(memory\) on/);
});

test("--config sets every limit of the server", async () => {
  const modules = {
    "c.ts": { default: { mounts: { "/w": "memory" }, limits: { connections: 1, frameMs: 50 } } },
  };
  const runtime = new FakeRuntime(["-c", "c.ts"], { modules });
  const done = main(runtime);
  await runtime.errHas("erving");
  await runtime.connect("./vfs.sock");
  await runtime.connect("./vfs.sock");
  await runtime.errHas("refused");
  runtime.signal("SIGINT");
  await done;
});

test("--config names the field that is wrong, with status 2", async () => {
  const fine = { mounts: { "/w": "memory" } };
  const wrong: [unknown, string][] = [
    [undefined, "write export default defineConfig({ ... })"],
    [[], "the default export must be an object"],
    ["x", "the default export must be an object"],
    [{}, "mounts is missing"],
    [{ mount: {} }, "mount is unknown: did you mean mounts?"],
    [{ ...fine, zzzzzz: 1 }, "zzzzzz does not exist"],
    [{ mounts: {} }, "mounts is empty: there is nothing to serve"],
    [
      { mounts: { "/w": "memory", "/w/": "dir" } },
      'mounts["/w/"] is a second source at /w: keep one',
    ],
    [{ mounts: ["memory"] }, "mounts must be an object"],
    [{ mounts: { w: "memory" } }, 'cannot mount at "w": the path is not absolute, write /w'],
    [
      { mounts: { "/w": "memory:limt=1M" } },
      'cannot mount memory:limt=1M: unknown option "limt", did you mean limit?',
    ],
    [
      { mounts: { "/w": 5 } },
      'mounts["/w"] must be a provider, or a string such as ./dir or memory',
    ],
    [{ mounts: { "/w": Promise.resolve() } }, 'mounts["/w"] is a promise: await it'],
    [
      { mounts: { "/w": MemoryProvider } },
      'mounts["/w"] is a class or function: make an instance',
    ],
    [
      { mounts: { "/w": { stat() {} } } },
      'mounts["/w"] lacks lookup(): extend BaseProvider, which answers what is left out',
    ],
    [{ ...fine, socket: 1 }, "socket must be a path"],
    [{ ...fine, socketMode: 0o7777 }, "socketMode must be a whole number from 0 to 511"],
    [{ ...fine, vsockPort: 1.5 }, "vsockPort must be a whole number from 0 to 4294967295"],
    [{ ...fine, logFormat: "xml" }, 'logFormat must be "text" or "json"'],
    [{ ...fine, quiet: "yes" }, "quiet must be true or false"],
    [{ ...fine, limits: 5 }, "limits must be an object"],
    [
      { ...fine, limits: { conections: 5 } },
      "limits.conections is unknown: did you mean connections?",
    ],
    [
      { ...fine, limits: { connections: 0 } },
      "limits.connections cannot be 0: write a whole number",
    ],
  ];
  for (const [config, complaint] of wrong) {
    const modules = { "c.ts": config === undefined ? {} : { default: config } };
    const { err, exitCode } = await run(["--config", "c.ts"], { modules });
    assert.equal(err, `vfs-server: wrong configuration in c.ts: ${complaint}\n`);
    assert.equal(exitCode, 2);
  }
});

test("--config says in one line why a file cannot be loaded, with status 1", async () => {
  const { err, exitCode } = await run(["--config", "missing.ts"]);
  assert.equal(err, "vfs-server: cannot load missing.ts: Cannot find module missing.ts\n");
  assert.equal(exitCode, 1);
});
