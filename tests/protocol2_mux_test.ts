/** Many requests of version 2 at a time: what each takes, and what others learn of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ERRNO,
  type ErrnoCode,
  type FileInfo,
  O_CREAT,
  O_RDWR,
  O_TMPFILE,
  type Provider,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { Peer } from "./_peer.ts";
import { Peer2 } from "./_peer2.ts";
import { SlowProvider } from "./_slow_provider.ts";

const text = new TextEncoder();

async function serving(
  provider: Provider,
  run: (connect: () => Promise<Peer2>) => Promise<void>,
  options: VfsServerOptions = {},
): Promise<void> {
  const server = new VfsServer(provider, options);
  try {
    await run(async () => {
      const [here, there] = MemoryTransport.pair();
      void server.handleConnection(there);
      return (await Peer2.open(here)).peer;
    });
  } finally {
    await server.stop();
  }
}

async function errnoOf(answer: Promise<{ readonly err: number }>): Promise<number> {
  return Math.abs((await answer).err);
}

test("a number that an operation has no use for holds nobody up", async () => {
  const slow = new SlowProvider((name) => name === "lookup");
  await serving(slow.provider, async (connect) => {
    const peer = await connect();
    // As bytes that are asked for, these would be 64 GiB.
    const waiting = Array.from({ length: 16 }, () => {
      return peer.send("lookup", { path: "/f", sz: 0xffff_ffff });
    });
    await slow.waitFor(16);
    assert.equal((await peer.ask("getattr", { fh: 1 })).err, -ERRNO.EBADF);
    assert.equal((await peer.ask("cancel", { target: waiting[0]! })).err, 0);
    for (const held of slow.held) held.go();
    for (const id of waiting.slice(1)) assert.equal(await errnoOf(peer.answer(id)), ERRNO.ENOENT);
  });
});

test("listings that nobody can size are not taken on without end", async () => {
  const slow = new SlowProvider((name) => name === "readDir");
  await serving(slow.provider, async (connect) => {
    const peer = await connect();
    const lists = Array.from({ length: 20 }, () => peer.send("readdir", { path: "/" }));
    await slow.waitFor(5);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(slow.held.length, 5);
    for (let i = 0; i < lists.length; i++) {
      await slow.waitFor(i + 1);
      slow.held[i]!.go();
    }
    for (const id of lists) assert.equal(await errnoOf(peer.answer(id)), 0);
  }, { limits: { inflightBytes: 1 << 20 } });
});

test("a long line behind a slow operation is answered in its order", async () => {
  const count = 20_000;
  const slow = new SlowProvider((name) => name === "handle.sync");
  await serving(slow.provider, async (connect) => {
    const peer = await connect();
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    const first = peer.send("fsync", { fh });
    await slow.waitFor(1);
    const writes = Array.from({ length: count }, (_, i) => {
      return peer.send("write", { fh, off: i % 2, data: text.encode(String(i % 10)) });
    });
    slow.held[0]!.go();
    await peer.answer(writes.at(-1)!);
    assert.equal((await peer.answer(first)).err, 0);
    const order = peer.answers.map(({ id }) => Number(id)).filter((id) => id >= first);
    assert.deepEqual(order, [first, ...writes]);
    assert.equal(new TextDecoder().decode((await peer.ask("read", { fh, sz: 9 })).data), "89");
  }, { limits: { inflight: count + 1 } });
});

test("a lock that was asked for after the release of its handle is told so", async () => {
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  await serving(slow.provider, async (connect) => {
    const peer = await connect();
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    const write = peer.send("write", { fh, data: text.encode("x") });
    await slow.waitFor(1);
    const release = peer.send("release", { fh });
    const lock = peer.send("lock", { fh, type: 1, owner: "a", wait: true });
    slow.held[0]!.go();
    assert.deepEqual(
      [await peer.answer(write), await peer.answer(release), await peer.answer(lock)]
        .map(({ err }) => Math.abs(err)),
      [0, 0, ERRNO.EBADF],
    );
  });
});

/** A tree in which one operation fails after others went well. */
class Failing extends MemoryProvider {
  failing: "chmod" | "lookup" | "none" = "none";

  override chmod(...args: Parameters<MemoryProvider["chmod"]>): void {
    if (this.failing === "chmod") throw new VfsError("EPERM");
    return super.chmod(...args);
  }

  override lookup(...args: Parameters<MemoryProvider["lookup"]>): FileInfo | undefined {
    if (this.failing === "lookup") throw new VfsError("EIO");
    return super.lookup(...args) as FileInfo | undefined;
  }
}

test("what was changed before an operation failed is told to others", async () => {
  const tree = new Failing();
  tree.writeFile("/f", "hello");
  await serving(tree, async (connect) => {
    const [peer, other] = [await connect(), await connect()];
    await other.ask("subscribe", { path: "/" });
    const told = async (): Promise<unknown[]> =>
      (await other.notice()).changes.map(({ kind, path }) => [kind, path]);

    tree.failing = "chmod";
    const both = { path: "/f", mask: 1 | 8, size: 2, mode: 0o600 };
    assert.equal(await errnoOf(peer.ask("setattr", both)), ERRNO.EPERM);
    assert.deepEqual(await told(), [[2, "/f"]]);
    assert.equal((await other.ask("getattr", { path: "/f" })).attr?.size, 2);

    tree.failing = "lookup";
    assert.equal(await errnoOf(peer.ask("mkdir", { path: "/d", plus: true })), ERRNO.EIO);
    assert.deepEqual(await told(), [[1, "/d"]]);
    tree.failing = "none";
    assert.equal(await errnoOf(other.ask("lookup", { path: "/d" })), 0);

    // What cannot be a path has changed nothing, and harms nobody.
    const impossible = { path: "/\0", mask: 8, size: 0 };
    assert.equal(await errnoOf(peer.ask("setattr", impossible)), ERRNO.EINVAL);
    assert.equal((await peer.ask("ping")).err, 0);
  });
});

test("what a request of version 1 changed before it failed is told to others, too", async () => {
  const tree = new MemoryProvider({ inodes: 3 });
  const server = new VfsServer(tree);
  const connect = (): MemoryTransport => {
    const [here, there] = MemoryTransport.pair();
    void server.handleConnection(there);
    return here;
  };
  try {
    const { peer: other } = await Peer2.open(connect());
    await other.ask("subscribe", { path: "/" });
    const { err } = await new Peer(connect()).ask("mkdirall", { path: "/a/b/c", mode: 0o755 });
    assert.equal(err, -ERRNO.ENOSPC);
    assert.ok(tree.lookup("/a") !== undefined);
    const { changes } = await other.notice();
    assert.ok(changes.some(({ kind, path }) => kind === 1 && path === "/a"));
  } finally {
    await server.stop();
  }
});

test("the attributes of an open file live as long as those of its mount", async () => {
  await serving(MemoryProvider.from({ "now": { "f": "" }, "f": "" }), async (connect) => {
    const peer = await connect();
    const ttlOf = async (path: string): Promise<unknown> => {
      const { fh } = await peer.ask("open", { path });
      const { ttl } = await peer.ask("getattr", { fh });
      return ttl && { ...ttl };
    };
    assert.deepEqual(await ttlOf("/now/f"), { entry: 0, attr: 0, negative: 0 });
    assert.equal(await ttlOf("/f"), undefined);
  }, { cache: { mounts: { "/now": { entry: 0, attr: 0, negative: 0 } } } });
});

test("O_TMPFILE makes a file without a name", async () => {
  const tree = MemoryProvider.from({ "d": {}, "f": "" });
  await serving(tree, async (connect) => {
    const peer = await connect();
    const flags = O_RDWR | O_TMPFILE;
    const { err, fh, attr } = await peer.ask("open", {
      path: "/d",
      flags,
      mode: 0o600,
      plus: true,
    });
    assert.deepEqual([err, attr?.nlink, attr?.mode], [0, 0, 0o100600]);
    assert.equal((await peer.ask("write", { fh, data: text.encode("unseen") })).written, 6);
    assert.equal((await peer.ask("read", { fh, sz: 9 })).data.length, 6);
    assert.equal((await peer.ask("readdir", { path: "/d" })).page.length, 0);
    assert.equal((await peer.ask("open", { path: "/d/", flags })).err, 0);
    const refused: [number, string, ErrnoCode][] = [
      [O_TMPFILE, "/d", "EINVAL"],
      [flags | O_CREAT, "/d", "EINVAL"],
      [O_RDWR | 0o20000000, "/d", "EINVAL"],
      [flags | 1, "/d", "EINVAL"],
      [flags, "/f", "ENOTDIR"],
      [flags, "/missing", "ENOENT"],
    ];
    for (const [flags, path, code] of refused) {
      assert.equal(
        await errnoOf(peer.ask("open", { path, flags })),
        ERRNO[code],
        `${flags} ${path}`,
      );
    }
  });
});
