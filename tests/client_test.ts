import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type ClientOptions, VfsClient1 } from "../src/client/mod.ts";
import { O_CREAT, O_RDONLY, O_RDWR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { type Receiver, VfsServer } from "../src/server/mod.ts";
import { MemoryTransport, type PairOptions } from "./_memory_transport.ts";

async function withClient(
  body: (client: VfsClient1, server: VfsServer) => Promise<void>,
  options: PairOptions = {},
): Promise<void> {
  const server = new VfsServer(new MountRouter({ "/w": new MemoryProvider() }));
  const [near, far] = MemoryTransport.pair(options);
  const served = server.handleConnection(near);
  const client = new VfsClient1(far, { uid: 1000, gid: 1000 });
  try {
    await body(client, server);
  } finally {
    await client.close();
    await served;
    await server.stop();
  }
}

/** A client whose server is a function that is given the transport's other end. */
function scripted(
  receive: (chunk: Uint8Array, near: MemoryTransport) => void,
  options: ClientOptions = {},
): VfsClient1 {
  const [near, far] = MemoryTransport.pair();
  const receiver: Receiver = {
    receive(chunk) {
      receive(chunk, near);
      return true;
    },
    drained() {},
    ended() {},
    closed() {},
  };
  near.start(receiver);
  return new VfsClient1(far, options);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

test("VfsClient1 does what each operation of version 1 says", async () => {
  await withClient(async (client) => {
    const { fh, info } = await client.create("/w/a.txt", 0o640);
    assert.equal(info.mode, S_IFREG | 0o640);
    assert.equal(await client.write(fh, 0, bytes("hello world")), 11);
    await client.fsync(fh);
    assert.equal(textOf(await client.read(fh, 6, 100)), "world");
    await client.truncate(fh, 5);
    assert.equal((await client.getattr("/w/a.txt")).size, 5);
    await client.truncate("/w/a.txt", 4);
    assert.equal((await client.lookup("/w/a.txt")).size, 4);
    await client.release(fh);
    assert.equal((await client.setattr("/w/a.txt", 0o4755)).mode, S_IFREG | 0o4755);
    await client.mkdir("/w/d", 0o700);
    assert.equal((await client.getattr("/w/d")).mode, S_IFDIR | 0o700);
    await client.mkdirall("/w/x/y/z");
    await client.rename("/w/a.txt", "/w/d/b.txt");
    await client.link("/w/d/b.txt", "/w/c.txt");
    await client.symlink("../ünï", "/w/d/link");
    assert.equal(await client.readlink("/w/d/link"), "../ünï");
    assert.equal((await client.getattr("/w/d/link")).mode & S_IFMT, S_IFLNK);
    const entries = await client.readdir("/w/d");
    assert.deepEqual(
      entries.map(({ name, mode, size }) => [name, mode, size]).sort(),
      [["b.txt", S_IFREG, 4], ["link", S_IFLNK, 8]],
    );
    await client.fsyncpath("/w/d");
    const opened = await client.open("/w/c.txt", O_RDONLY);
    assert.equal(textOf(await client.read(opened, 0, 100)), "hell");
    await client.unlink("/w/c.txt");
    await client.unlink("/w/d/b.txt");
    assert.equal(textOf(await client.read(opened, 0, 100)), "hell");
    await client.rmdir("/w/x/y/z");
  });
});

test("VfsClient1 fails with the errno of the answer and says what for", async () => {
  await withClient(async (client) => {
    await assert.rejects(client.getattr("/w/none"), {
      name: "VfsError",
      code: "ENOENT",
      errno: 2,
      message: "ENOENT: no such file or directory: getattr /w/none",
    });
    await assert.rejects(client.read(77, 0, 1), { code: "EBADF" });
    await assert.rejects(client.mkdir("/w"), { code: "EEXIST" });
  });
});

test("VfsClient1 keeps the order of calls that are under way together", async () => {
  await withClient(async (client) => {
    const fh = await client.open("/w/log", O_RDWR | O_CREAT);
    const written = Array.from(
      { length: 3000 },
      (_, i) => client.write(fh, 0, bytes(String(i).padStart(5))),
    );
    const size = client.read(fh, 0, 5);
    assert.deepEqual(new Set(await Promise.all(written)), new Set([5]));
    assert.equal(textOf(await size), " 2999");
  }, { capacity: 1000, chunk: 333 });
});

test("VfsClient1 sends the calls of one turn in one write", async () => {
  let writes = 0;
  const client = scripted(() => writes++, { timeoutMs: 40 });
  const calls = Array.from({ length: 10 }, () => client.getattr("/"));
  await Promise.allSettled(calls);
  assert.equal(writes, 1);
  await client.close();
});

test("VfsClient1 moves data of a megabyte", async () => {
  await withClient(async (client) => {
    const data = Uint8Array.from({ length: 1 << 20 }, (_, i) => i * 7 + (i >> 8));
    const { fh } = await client.create("/w/big");
    assert.equal(await client.write(fh, 0, data), data.length);
    assert.deepEqual(await client.read(fh, 0, 1 << 20), data);
  }, { chunk: 65_536 });
});

test("VfsClient1 gives up a call that is not answered in time, and keeps its place", async () => {
  let near: MemoryTransport | undefined;
  const client = scripted((_chunk, transport) => near = transport, { timeoutMs: 40 });
  await assert.rejects(client.getattr("/a"), { code: "ETIMEDOUT" });
  const second = client.call("getattr", { path: "/b" }, 0);
  near!.write(Uint8Array.of(0, 0, 0, 6, 0xa1, 0x63, 0x65, 0x72, 0x72, 0x21));
  near!.write(Uint8Array.of(0, 0, 0, 6, 0xa1, 0x63, 0x65, 0x72, 0x72, 0x20));
  await assert.rejects(second, { code: "EPERM" });
  await client.close();
});

test("VfsClient1 fails every call when the connection is gone", async () => {
  const client = scripted((_chunk, near) => near.destroy());
  await assert.rejects(client.getattr("/a"), { name: "VfsError" });
  await client.closed;
  await assert.rejects(client.getattr("/b"), { name: "VfsError" });
});

test("VfsClient1.close() fails what is under way with ECONNRESET", async () => {
  const client = scripted(() => {});
  const call = client.getattr("/a");
  const closing = client.close();
  await assert.rejects(call, { code: "ECONNRESET" });
  await closing;
});

test("VfsClient1 hangs up on a server that does not speak the protocol", async () => {
  for (const reply of [[0, 0, 0, 1, 0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0]]) {
    const client = scripted((_chunk, near) => void near.write(Uint8Array.from(reply)));
    await assert.rejects(client.getattr("/a"), { code: "EPROTO" });
    await client.closed;
  }
});

test("VfsClient1 hangs up on an answer that nobody asked for", async () => {
  const ok = [0, 0, 0, 6, 0xa1, 0x63, 0x65, 0x72, 0x72, 0];
  const client = scripted((_chunk, near) => void near.write(Uint8Array.from([...ok, ...ok])));
  await client.call("fsync", { fh: 1 });
  await client.closed;
  await assert.rejects(client.getattr("/a"), { code: "EPROTO" });
});

test("VfsClient1 tells whom it acts for", async () => {
  const seen: unknown[] = [];
  class Watched extends MemoryProvider {
    override lookup(
      ...args: Parameters<MemoryProvider["lookup"]>
    ): ReturnType<MemoryProvider["lookup"]> {
      seen.push([args[1]?.uid, args[1]?.gid, args[1]?.origin]);
      return super.lookup(...args);
    }
  }
  const server = new VfsServer(new Watched());
  const [near, far] = MemoryTransport.pair();
  void server.handleConnection(near);
  const client = new VfsClient1(far, { uid: 1000, gid: 100 });
  try {
    await client.getattr("/");
    assert.deepEqual(seen, [[1000, 100, "wire:1"]]);
  } finally {
    await client.close();
    await server.stop();
  }
});
