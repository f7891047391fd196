import { strict as assert } from "node:assert";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import process from "node:process";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import { VfsServer } from "../../src/server/mod.ts";
import { errnoOf, serving } from "../_serving.ts";
import { frameOf, joined, Peer } from "../_peer.ts";
import { Peer2 } from "../_peer2.ts";
import { adapter, runtime } from "../_runtime.ts";
import { killProcess, startProcess, terminate } from "../_serve_process.ts";

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-life-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function connect(path: string): Promise<Peer> {
  return new Peer(await runtime.connect(path));
}

/** Connects, and says hello. */
async function connect2(path: string): Promise<Peer2> {
  return (await Peer2.open(await runtime.connect(path))).peer;
}

/** How many descriptors of this process are open on a file. Those of other tests come and go. */
function descriptorsOf(file: string): number {
  return readdirSync("/proc/self/fd").filter((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`) === file;
    } catch {
      return false; // The one that listed them.
    }
  }).length;
}

async function listenFails(path: string, code: string): Promise<void> {
  const server = new VfsServer(new MemoryProvider());
  await assert.rejects(adapter.serveUnixBackground(server, path), { name: "VfsError", code });
  await server.stop();
}

test("fault 30: descriptors are closed when a client goes without releasing", async () => {
  await inDirectory(async (directory) => {
    const descriptors = (): number => descriptorsOf(join(directory, "f"));
    writeFileSync(join(directory, "f"), "hello");
    const socket = join(directory, "vfs.sock");
    const server = new VfsServer(runtime.openDirectory(directory));
    const stop = await adapter.serveUnixBackground(server, socket);
    try {
      const warm = await connect(socket);
      await warm.ask("open", { path: "/f" });
      assert.equal(descriptors(), 1);
      for (let round = 0; round < 3; round++) {
        const peer = await connect(socket);
        for (let i = 0; i < 40; i++) assert.equal((await peer.ask("open", { path: "/f" })).err, 0);
        assert.equal(descriptors(), 41);
        peer.transport.destroy();
        while (server.stats().connections > 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      assert.equal(descriptors(), 1);
      warm.transport.destroy();
    } finally {
      await stop();
    }
  });
});

test("fault 36: a client that dies while it is answered harms nobody", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const server = new VfsServer(new MountRouter({ "/w": new MemoryProvider() }));
    const stop = await adapter.serveUnixBackground(server, socket);
    try {
      for (let i = 0; i < 20; i++) {
        const peer = await connect(socket);
        const { fh } = await peer.ask("create", { path: "/w/f" });
        await peer.ask("truncate", { fh, off: 1 << 20 });
        void peer.raw(
          joined(Array.from({ length: 8 }, () => frameOf("read", { fh, sz: 1 << 20 }))),
        );
        await peer.body();
        peer.transport.destroy();
        await peer.gone;
      }
      while (server.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(server.stats().handles, 0);
      const peer = await connect(socket);
      assert.equal(await errnoOf(peer, "getattr", { path: "/w/f" }), 0);
      peer.transport.destroy();
    } finally {
      await stop();
    }
  });
});

test("fault 36 (version 2): a client that dies while it is answered harms nobody", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const server = new VfsServer(new MountRouter({ "/w": new MemoryProvider() }));
    const stop = await adapter.serveUnixBackground(server, socket);
    try {
      for (let i = 0; i < 20; i++) {
        const peer = await connect2(socket);
        const { fh } = await peer.ask("create", { path: "/w/f", mode: 0o644 });
        await peer.ask("truncate", { fh, off: 1 << 20 });
        const ids = Array.from({ length: 8 }, () => peer.send("read", { fh, sz: 1 << 20 }));
        await peer.answer(ids[0]!);
        peer.transport.destroy();
        await peer.gone;
      }
      while (server.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(server.stats().handles, 0);
      const peer = await connect2(socket);
      assert.equal((await peer.ask("getattr", { path: "/w/f" })).err, 0);
      peer.transport.destroy();
    } finally {
      await stop();
    }
  });
});

/** A client of either version that asks, and fails if it is not answered. */
interface Asking {
  ask(): Promise<void>;
  close(): void;
}

/** Exhausts the descriptors of a server, and waits until somebody new can ask it something. */
async function exhaust(dial: (socket: string) => Promise<Asking>): Promise<void> {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const served = await startProcess(socket, "memory", { descriptors: 64 });
    try {
      assert.equal(served.said, "ready");
      const first = await dial(socket);
      await first.ask();
      const attempts = await Promise.allSettled(
        Array.from({ length: 100 }, () => connect(socket)),
      );
      await first.ask();
      for (const each of attempts) {
        if (each.status === "fulfilled") each.value.transport.destroy();
      }
      const asksAnew = async (): Promise<void> => {
        const next = await dial(socket);
        await next.ask();
        next.close();
      };
      // One that was accepted before the server noticed may still be closed: try more than once.
      let isBack = false;
      for (let i = 0; i < 1000 && !isBack; i++) {
        isBack = await asksAnew().then(() => true, () => false);
        if (!isBack) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(isBack);
      first.close();
    } finally {
      await killProcess(served);
    }
  });
}

test("fault 38: a server without descriptors accepts again when it has some", () =>
  exhaust(async (socket) => {
    const peer = await connect(socket);
    return {
      ask: async () => assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0),
      close: () => peer.transport.destroy(),
    };
  }));

test("fault 38 (version 2): a server without descriptors accepts again when it has some", () =>
  exhaust(async (socket) => {
    const peer = await connect2(socket);
    return {
      ask: async () => assert.equal((await peer.ask("getattr", { path: "/w" })).err, 0),
      close: () => peer.transport.destroy(),
    };
  }));

test("fault 101: SIGTERM with writes in flight answers them, removes the socket and exits", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const tree = join(directory, "tree");
    mkdirSync(tree);
    const served = await startProcess(socket, tree, { slow: true });
    const peer = await connect(socket);
    const { fh } = await peer.ask("create", { path: "/w/log", mode: 0o644 });
    const data = (i: number): Uint8Array => new TextEncoder().encode(`${String(i).padStart(4)}\n`);
    await peer.raw(joined(
      Array.from({ length: 50 }, (_, i) => frameOf("write", { fh, off: i * 5, data: data(i) })),
    ));
    await peer.answer();
    terminate(served);
    let answered = 1;
    for (let body = await peer.body(); body !== undefined; body = await peer.body()) answered++;
    assert.equal(await served.ended, 0);
    assert.equal(existsSync(socket), false);
    assert.equal(answered, 50);
    const lines = readFileSync(join(tree, "log"), "utf8").split("\n");
    for (let i = 0; i < answered; i++) assert.equal(lines[i], String(i).padStart(4));
    peer.transport.destroy();
  });
});

test("fault 102: what was written is there after kill -9", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const tree = join(directory, "tree");
    mkdirSync(tree);
    for (const sync of [true, false]) {
      const served = await startProcess(socket, tree);
      assert.equal(served.said, "ready");
      const peer = await connect(socket);
      const { fh } = await peer.ask("create", { path: `/w/${sync}`, mode: 0o644 });
      const written = await peer.ask("write", { fh, data: new TextEncoder().encode("durable") });
      assert.equal(written.written, 7);
      if (sync) assert.equal((await peer.ask("fsync", { fh })).err, 0);
      await killProcess(served);
      assert.equal(readFileSync(join(tree, String(sync)), "utf8"), "durable");
      peer.transport.destroy();
    }
  });
});

test("fault 103: a stale socket is taken over, a live one and other files never", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const first = await startProcess(socket, "memory");
    assert.equal(first.said, "ready");
    await listenFails(socket, "EADDRINUSE");
    const live = await connect(socket);
    assert.equal(await errnoOf(live, "getattr", { path: "/w" }), 0);
    live.transport.destroy();
    await killProcess(first);
    assert.ok(lstatSync(socket).isSocket());

    const second = await startProcess(socket, "memory");
    assert.equal(second.said, "ready");
    const peer = await connect(socket);
    assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0);
    peer.transport.destroy();
    terminate(second);
    assert.equal(await second.ended, 0);

    const file = join(directory, "file");
    writeFileSync(file, "precious");
    await listenFails(file, "EEXIST");
    assert.equal(readFileSync(file, "utf8"), "precious");
    mkdirSync(join(directory, "dir"));
    await listenFails(join(directory, "dir"), "EEXIST");
    symlinkSync("nowhere", join(directory, "link"));
    await listenFails(join(directory, "link"), "EEXIST");
    assert.deepEqual(readdirSync(directory).sort(), ["dir", "file", "link"]);
  });
});

test("fault 103: a server that lost its name does not remove another's", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    const first = new VfsServer(new MemoryProvider());
    const stopFirst = await adapter.serveUnixBackground(first, socket);
    rmSync(socket);
    const stopSecond = await adapter.serveUnixBackground(
      new VfsServer(new MemoryProvider()),
      socket,
    );
    await stopFirst();
    const peer = await connect(socket);
    assert.equal(await errnoOf(peer, "getattr", { path: "/" }), 0);
    peer.transport.destroy();
    await stopSecond();
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("fault 104: of several servers that start at once exactly one wins", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    // The first round finds nothing there, the second what a killed server left.
    for (let round = 0; round < 2; round++) {
      const all = await Promise.all(
        Array.from({ length: 4 }, () => startProcess(socket, "memory")),
      );
      const winners = all.filter(({ said }) => said === "ready");
      const losers = all.filter(({ said }) => said === "error EADDRINUSE");
      try {
        assert.deepEqual([winners.length, losers.length], [1, 3]);
        const peer = await connect(socket);
        assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0);
        peer.transport.destroy();
      } finally {
        for (const each of all) await killProcess(each);
      }
      assert.ok(lstatSync(socket).isSocket());
      assert.deepEqual(readdirSync(directory), ["vfs.sock"]);
    }
  });
});

test("fault 104: of several listeners on a stale socket in one process exactly one wins", async () => {
  await inDirectory(async (directory) => {
    const socket = join(directory, "vfs.sock");
    await killProcess(await startProcess(socket, "memory"));
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => runtime.listen(socket, { onConnection() {} })),
    );
    const listening = all.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
    for (const each of all) {
      if (each.status === "rejected") assert.equal(each.reason.code, "EADDRINUSE");
    }
    assert.equal(listening.length, 1);
    assert.deepEqual(readdirSync(directory), ["vfs.sock"]);
    await listening[0]!.close();
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("fault 105: the socket is private from its first instant, whatever the umask is", async () => {
  await inDirectory(async (directory) => {
    const umask = process.umask(0);
    try {
      for (const [mode, wanted] of [[undefined, 0o600], [0o660, 0o660]] as const) {
        const socket = join(directory, "vfs.sock");
        let ready = false;
        const seen = new Set<string>();
        const listening = runtime.listen(socket, {
          ...(mode === undefined ? {} : { mode }),
          onConnection() {},
        }).finally(() => ready = true);
        while (!ready) {
          for (const name of readdirSync(directory)) {
            const info = lstatSync(join(directory, name), { throwIfNoEntry: false });
            if (info === undefined) continue;
            seen.add(
              `${info.isSocket() ? "socket" : "directory"} ${(info.mode & 0o777).toString(8)}`,
            );
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        const listener = await listening;
        assert.equal(lstatSync(socket).mode & 0o777, wanted);
        for (const each of seen) {
          assert.ok(each === "directory 700" || each === `socket ${wanted.toString(8)}`, each);
        }
        await listener.close();
      }
    } finally {
      process.umask(umask);
    }
  });
});

test("fault 106: a path of more than 107 bytes is refused, one of 107 works", async () => {
  await inDirectory(async (directory) => {
    const pathOf = (bytes: number): string =>
      join(directory, "ü".repeat(10) + "x".repeat(bytes - directory.length - 21));
    const server = new VfsServer(new MemoryProvider());
    const stop = await adapter.serveUnixBackground(server, pathOf(107));
    const peer = await connect(pathOf(107));
    assert.equal(await errnoOf(peer, "getattr", { path: "/" }), 0);
    peer.transport.destroy();
    await stop();
    await assert.rejects(runtime.listen(pathOf(108), { onConnection() {} }), {
      code: "ENAMETOOLONG",
      message: /Cannot listen on .*: the path has 108 bytes, and that of a socket may have 107$/,
    });
    await assert.rejects(runtime.connect(pathOf(108)), { code: "ENAMETOOLONG" });
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("fault 107: a client that goes in the middle of a write frame has written nothing", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const { fh } = await peer.ask("create", { path: "/w/f" });
    const write = frameOf("write", { fh, data: new Uint8Array(100_000).fill(1) });
    await peer.raw(write.subarray(0, 90_000));
    peer.far.destroy();
    await peer.served;
    const { stat } = await connect().ask("getattr", { path: "/w/f" });
    assert.equal(stat!.size, 0);
  });
});
