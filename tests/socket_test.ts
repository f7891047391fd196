import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { BufferPool, FrameSplitter } from "../src/protocol/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { VfsClient1 } from "../src/client/mod.ts";
import { frameOf, joined, Peer } from "./_peer.ts";
import { checkRecordedAnswers, RECORDED_REQUESTS } from "./_recorded_session.ts";
import { adapter, runtime } from "./_runtime.ts";

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-socket-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function newServer(): VfsServer {
  return new VfsServer(new MountRouter({ "/workspace": new MemoryProvider() }));
}

/** Serves in the background, lets a test talk to it, and looks that nothing is left. */
async function withServer(
  body: (connect: () => Promise<Peer>, server: VfsServer, path: string) => Promise<void>,
  server = newServer(),
): Promise<void> {
  await inDirectory(async (directory) => {
    const path = join(directory, "vfs.sock");
    const stop = await adapter.serveUnixBackground(server, path);
    try {
      await body(async () => new Peer(await runtime.connect(path)), server, path);
    } finally {
      await stop();
    }
    assert.equal(server.stats().connections, 0);
    assert.equal(server.stats().handles, 0);
    assert.deepEqual(readdirSync(directory), []);
  });
}

test("serveUnixBackground() serves the recorded session, one request at a time", async () => {
  await withServer(async (connect) => {
    const peer = await connect();
    await checkRecordedAnswers(peer, true);
    peer.transport.destroy();
    await peer.gone;
  });
});

test("serveUnixBackground() serves the recorded session in one write", async () => {
  await withServer(async (connect) => {
    const peer = await connect();
    await peer.raw(joined(RECORDED_REQUESTS));
    await checkRecordedAnswers(peer);
  });
});

test("serveUnixBackground() serves several clients at a time", async () => {
  await withServer(async (connect, server) => {
    const peers = await Promise.all(Array.from({ length: 20 }, connect));
    for (const [i, peer] of peers.entries()) {
      assert.equal((await peer.ask("create", { path: `/workspace/${i}` })).fh, 1);
    }
    assert.equal(server.stats().connections, 20);
    assert.equal(server.stats().handles, 20);
    for (const peer of peers) peer.transport.destroy();
    for (const peer of peers) await peer.gone;
  });
});

for (const others of [0, 1]) {
  test(`a transport moves megabytes both ways, and keeps their order, beside ${others} others`, async () => {
    await withServer((connect, _server, path) => moveMegabytes(connect, path, others));
  });
}

/** With others there, large answers are sent in turns; those are answered meanwhile. */
async function moveMegabytes(
  connect: () => Promise<Peer>,
  path: string,
  others: number,
): Promise<void> {
  const peers = await Promise.all(Array.from({ length: others }, connect));
  const client = new VfsClient1(await runtime.connect(path));
  const data = Uint8Array.from({ length: 1 << 20 }, (_, i) => i * 31 + (i >> 9));
  const { fh } = await client.create("/workspace/big");
  const offsets = Array.from({ length: 8 }, (_, i) => i << 20);
  const written = offsets.map((offset) => client.write(fh, offset, data));
  const read = offsets.map((offset) => client.read(fh, offset, 1 << 20));
  assert.deepEqual(await Promise.all(written), offsets.map(() => 1 << 20));
  for (const peer of peers) {
    assert.equal((await peer.ask("getattr", { path: "/workspace/big" })).err, 0);
  }
  for (const part of await Promise.all(read)) assert.deepEqual(part, data);
  await client.close();
  for (const peer of peers) peer.transport.destroy();
  for (const peer of peers) await peer.gone;
}

test("large answers are complete when the server stops meanwhile", async () => {
  await withServer(async (connect, server, path) => {
    const idle = await connect();
    const client = new VfsClient1(await runtime.connect(path));
    const data = new Uint8Array(1 << 20).fill(7);
    const { fh } = await client.create("/workspace/big");
    await client.write(fh, 0, data);
    const read = Array.from({ length: 4 }, () => client.read(fh, 0, 1 << 20));
    while (server.stats().bytesOut < 1 << 20) await new Promise((done) => setTimeout(done, 1));
    const stopped = server.stop();
    for (const part of await Promise.all(read)) assert.deepEqual(part, data);
    await client.closed;
    idle.transport.destroy();
    await idle.gone;
    await stopped;
  });
});

test("a transport delivers the answers to a client that has closed its half", async () => {
  await withServer(async (_connect, _server, path) => {
    const socket = connectSocket({ path, allowHalfOpen: true });
    const chunks: Uint8Array[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      socket.on("data", (chunk) => chunks.push(chunk as unknown as Uint8Array));
      socket.on("end", resolve);
      socket.on("error", reject);
    });
    socket.end(joined([...RECORDED_REQUESTS, ...RECORDED_REQUESTS]));
    await ended;
    socket.destroy();
    const splitter = new FrameSplitter(1 << 20, new BufferPool());
    for (const chunk of chunks) splitter.push(chunk);
    let answers = 0;
    while (splitter.next()) answers++;
    assert.equal(answers, 2 * RECORDED_REQUESTS.length);
  });
});

test("a transport stops a server whose client does not read", async () => {
  await withServer(async (connect, server) => {
    const peer = await connect();
    const { fh } = await peer.ask("create", { path: "/workspace/f" });
    await peer.ask("truncate", { fh, off: 1 << 20 });
    peer.transport.pause();
    const flood = Array.from({ length: 3000 }, () => frameOf("read", { fh, sz: 32_768 }));
    const sent = peer.raw(joined(flood));
    let last = -1;
    // It goes on until every buffer on the way is full.
    for (let same = 0; same < 10;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const { bytesOut } = server.stats();
      same = bytesOut === last ? same + 1 : 0;
      last = bytesOut;
    }
    assert.ok(last < 4 << 20, `${last} bytes were sent`);
    peer.transport.resume();
    await sent;
    for (let i = 0; i < flood.length; i++) assert.equal((await peer.body())!.length, 32_768 + 14);
    peer.transport.destroy();
    await peer.gone;
  });
});

test("serveUnix() serves until the server is stopped", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "vfs.sock");
    const server = newServer();
    const served = adapter.serveUnix(server, path);
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 1));
    const peer = new Peer(await runtime.connect(path));
    await checkRecordedAnswers(peer, true);
    await server.stop();
    await served;
    assert.equal(await peer.body(), undefined);
    peer.transport.destroy();
    assert.deepEqual(readdirSync(directory), []);
  });
});

test("Runtime.listen() serves a vsock port under the name that Firecracker looks for", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "v.sock");
    // What is at the path itself is the microVM's.
    writeFileSync(path, "");
    const stop = await adapter.serveUnixBackground(newServer(), path, { vsockPort: 5001 });
    assert.deepEqual(readdirSync(directory).sort(), ["v.sock", "v.sock_5001"]);
    const peer = new Peer(await runtime.connect(`${path}_5001`));
    assert.equal((await peer.ask("getattr", { path: "/workspace" })).err, 0);
    peer.transport.destroy();
    await stop();
    assert.deepEqual(readdirSync(directory), ["v.sock"]);
    await assert.rejects(
      runtime.listen(path, { vsockPort: -1, onConnection() {} }),
      RangeError,
    );
  });
});

test("Runtime.connect() says what is wrong", async () => {
  await inDirectory(async (directory) => {
    await assert.rejects(runtime.connect(join(directory, "none")), {
      name: "VfsError",
      code: "ENOENT",
      message: /Cannot connect to .*none$/,
    });
    await assert.rejects(runtime.connect("a\0b"), { code: "EINVAL" });
    await assert.rejects(runtime.connect(""), { code: "ENOENT" });
  });
});

test("Runtime.listen() says what is wrong", async () => {
  await inDirectory(async (directory) => {
    const listen = (path: string): Promise<unknown> => runtime.listen(path, { onConnection() {} });
    await assert.rejects(listen(join(directory, "none", "s")), {
      name: "VfsError",
      code: "ENOENT",
    });
    writeFileSync(join(directory, "file"), "");
    await assert.rejects(listen(join(directory, "file", "s")), { code: "ENOTDIR" });
    await assert.rejects(listen("a\0b"), { code: "EINVAL" });
    assert.deepEqual(readdirSync(directory), ["file"]);
  });
});

test("Listener.close() removes the socket, and connections live on", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "vfs.sock");
    const server = newServer();
    const listener = await runtime.listen(path, {
      onConnection: (transport) => void server.handleConnection(transport),
    });
    assert.equal(listener.path, path);
    const peer = new Peer(await runtime.connect(path));
    assert.equal((await peer.ask("getattr", { path: "/workspace" })).err, 0);
    await listener.close();
    assert.deepEqual(readdirSync(directory), []);
    await assert.rejects(runtime.connect(path), { code: "ENOENT" });
    assert.equal((await peer.ask("getattr", { path: "/workspace" })).err, 0);
    await server.stop();
    assert.equal(await peer.body(), undefined);
    peer.transport.destroy();
    await peer.gone;
  });
});
