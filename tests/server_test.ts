import { strict as assert } from "node:assert";
import { test } from "node:test";
import {
  type Awaitable,
  BaseHandle,
  BaseProvider,
  type DirEntry,
  ERRNO,
  type FileInfo,
  type Handle,
  now,
  type OpContext,
  type Provider,
  S_IFDIR,
  S_IFREG,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter, readonly } from "../src/providers/mod.ts";
import { DEFAULT_LIMITS, VfsServer } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { frameOf, joined, Peer } from "./_peer.ts";
import { Connected, errnoOf, serving } from "./_serving.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

function infoOf(mode: number, size = 0): FileInfo {
  const time = now();
  return {
    ino: 7n,
    mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    blocks: 0,
    blksize: 4096,
    atime: time,
    mtime: time,
    ctime: time,
  };
}

/** A tree in memory of which some methods are others, which may promise what it has at hand. */
function memoryWith(
  replace: (memory: MemoryProvider) => Partial<Record<keyof Provider, unknown>>,
): Provider {
  const memory = new MemoryProvider();
  // The methods that are replaced can still be called on the class.
  return Object.assign(memory, replace(memory));
}

/** A tree in memory that answers everything later. */
function slowTree(): Provider {
  return memoryWith((memory) => {
    const lookup = memory.lookup.bind(memory);
    const create = memory.create.bind(memory);
    return {
      lookup: (path: string, context?: OpContext) => later(() => lookup(path, context)),
      create: (path: string, mode: number, context?: OpContext) =>
        later(() => slowHandle(create(path, mode, context))),
    };
  });
}

async function later<T>(action: () => Awaitable<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return await action();
}

function slowHandle(handle: Handle): Handle {
  const readAt = handle.readAt.bind(handle);
  const writeAt = handle.writeAt.bind(handle);
  handle.readAt = (...args) => later(() => readAt(...args));
  handle.writeAt = (...args) => later(() => writeAt(...args));
  return handle;
}

test("VfsServer keeps the order of answers that are promised", async () => {
  await serving(
    async ({ connect }) => {
      const peer = connect({ chunk: 100 });
      const frames = [frameOf("create", { path: "/f" })];
      for (let i = 0; i < 40; i++) {
        frames.push(frameOf("write", { fh: 1, off: i * 4, data: bytes(String(i).padStart(4)) }));
        frames.push(frameOf("read", { fh: 1, off: i * 4, sz: 4 }));
        frames.push(frameOf(i % 2 === 0 ? "lookup" : "fsync", { path: "/f", fh: 1 }));
      }
      await peer.raw(joined(frames));
      assert.equal((await peer.answer()).fh, 1);
      for (let i = 0; i < 40; i++) {
        assert.equal((await peer.answer()).written, 4);
        assert.equal(textOf((await peer.answer()).data), String(i).padStart(4));
        assert.equal((await peer.answer()).stat?.size, i % 2 === 0 ? (i + 1) * 4 : undefined);
      }
    },
    {},
    slowTree(),
  );
});

test("fault 112: a slow operation delays neither what was answered before nor others", async () => {
  const gate = Promise.withResolvers<FileInfo>();
  const provider = memoryWith((memory) => {
    const lookup = memory.lookup.bind(memory);
    return { lookup: (path: string) => path === "/gate" ? gate.promise : lookup(path) };
  });
  await serving(
    async ({ connect }) => {
      const peer = connect();
      const other = connect();
      await peer.raw(joined([
        frameOf("getattr", { path: "/" }),
        frameOf("getattr", { path: "/gate" }),
        frameOf("mkdir", { path: "/d" }),
      ]));
      assert.equal((await peer.answer()).err, 0);
      // Nor does it hold up anybody on another connection.
      assert.equal(await errnoOf(other, "getattr", { path: "/d" }), ERRNO.ENOENT);
      gate.resolve(infoOf(S_IFREG));
      assert.equal((await peer.answer()).stat!.ino, 7);
      assert.equal((await peer.answer()).err, 0);
    },
    {},
    provider,
  );
});

/** Asks for one operation of a provider of which one method is replaced. */
async function answerOf(
  replaced: Partial<Record<keyof BaseProvider, unknown>>,
  name: Parameters<Peer["ask"]>[0],
  fields: Parameters<Peer["ask"]>[1] = { path: "/f" },
): Promise<{ err: number; faults: number }> {
  const provider = new MemoryProvider();
  provider.writeFile("/f", "hello");
  Object.assign(provider, replaced);
  let result = { err: 1, faults: 0 };
  await serving(
    async ({ connect, events }) => {
      const peer = connect();
      const { err } = await peer.ask(name, fields);
      // Whatever it was, the connection goes on.
      assert.equal(await errnoOf(peer, "fsync", { fh: 99 }), ERRNO.EBADF);
      result = { err, faults: events.filter(({ type }) => type === "fault").length };
    },
    {},
    provider,
  );
  return result;
}

test("fault 113: whatever a provider throws is EIO, and told as a fault", async () => {
  class Odd {
    get errno(): number {
      throw new Error("even this fails");
    }
  }
  const thrown = [
    new Error("bug"),
    "text",
    null,
    undefined,
    5,
    new Odd(),
    { errno: "x" },
    Symbol("s"),
  ];
  for (const value of thrown) {
    const sync = await answerOf({
      lookup() {
        throw value;
      },
    }, "lookup");
    assert.deepEqual(sync, { err: -ERRNO.EIO, faults: 1 });
    const promised = await answerOf({ lookup: () => Promise.reject(value) }, "lookup");
    assert.deepEqual(promised, { err: -ERRNO.EIO, faults: 1 });
  }
});

test("fault 113: what a provider throws with an errno is that errno", async () => {
  const errors: [unknown, number][] = [
    [new VfsError("EDQUOT"), ERRNO.EDQUOT],
    [Object.assign(new Error("x"), { code: "ENOSPC" }), ERRNO.ENOSPC],
    [Object.assign(new Error("x"), { errno: -5, code: "EIO" }), ERRNO.EIO],
    [new Error("Something (os error 116)"), ERRNO.ESTALE],
  ];
  for (const [error, errno] of errors) {
    const { err } = await answerOf({ lookup: () => Promise.reject(error) }, "lookup");
    assert.equal(err, -errno);
  }
});

test("fault 113: an answer of the wrong type is EIO", async () => {
  const info = infoOf(S_IFREG | 0o644, 5);
  const cases: [keyof BaseProvider, unknown, Parameters<Peer["ask"]>[0]][] = [
    ["lookup", "text", "lookup"],
    ["lookup", null, "lookup"],
    ["lookup", {}, "lookup"],
    ["lookup", { ...info, size: -1.5 }, "lookup"],
    ["lookup", { ...info, size: Infinity }, "lookup"],
    ["lookup", { ...info, ino: -1n }, "lookup"],
    ["lookup", { ...info, ino: "7" }, "lookup"],
    ["lookup", { ...info, mode: undefined }, "lookup"],
    ["lookup", { ...info, mtime: undefined }, "lookup"],
    ["lookup", { ...info, mtime: { sec: 0.5 } }, "lookup"],
    ["open", undefined, "open"],
    ["open", 3, "open"],
    ["open", {}, "open"],
    ["create", { stat: () => info }, "create"],
    ["create", { stat: () => ({}), close() {} }, "create"],
    ["readDir", undefined, "readdir"],
    ["readDir", { length: 2 }, "readdir"],
    ["readDir", [null], "readdir"],
    ["readDir", [{ name: 5, ino: 1n, mode: S_IFREG, info }], "readdir"],
    ["readDir", [{ name: "\ud800", ino: 1n, mode: S_IFREG, info }], "readdir"],
    ["readlink", 5, "readlink"],
    ["readlink", "\udc00", "readlink"],
  ];
  for (const [method, value, name] of cases) {
    for (const answer of [() => value, () => Promise.resolve(value)]) {
      const { err, faults } = await answerOf({ [method]: answer }, name);
      assert.deepEqual({ err, faults }, { err: -ERRNO.EIO, faults: 1 }, `${name} ${String(value)}`);
    }
  }
});

test("fault 113: a count that cannot be is EIO", async () => {
  for (const count of [-1, 6, 0.5, NaN, Infinity, "3", undefined, null, 2 ** 40]) {
    class Odd extends BaseHandle {
      override stat(): FileInfo {
        return infoOf(S_IFREG);
      }
      override readAt(): number {
        return count as number;
      }
      override writeAt(): Promise<number> {
        return Promise.resolve(count as number);
      }
    }
    const provider = new MemoryProvider();
    provider.create = () => new Odd() as never;
    await serving(
      async ({ connect, events }) => {
        const peer = connect();
        const { fh } = await peer.ask("create", { path: "/f" });
        assert.equal(await errnoOf(peer, "read", { fh, sz: 5 }), ERRNO.EIO);
        assert.equal(await errnoOf(peer, "write", { fh, data: bytes("hello") }), ERRNO.EIO);
        assert.equal(await errnoOf(peer, "getattr", { path: "/" }), 0);
        assert.equal(events.filter(({ type }) => type === "fault").length, 2);
      },
      {},
      provider,
    );
  }
});

test("VfsServer closes what create opened if it cannot be described", async () => {
  let closed = 0;
  class Undescribed extends BaseHandle {
    override stat(): FileInfo {
      throw new VfsError("ESTALE");
    }
    override close(): void {
      closed++;
    }
  }
  const provider = new MemoryProvider();
  provider.create = () => new Undescribed() as never;
  await serving(
    async ({ connect, server }) => {
      const peer = connect();
      assert.equal(await errnoOf(peer, "create", { path: "/f" }), ERRNO.ESTALE);
      assert.equal(server.stats().handles, 0);
      assert.equal(closed, 1);
    },
    {},
    provider,
  );
});

test("VfsServer reports the error that a handle kept until it was closed", async () => {
  class Failing extends BaseHandle {
    override stat(): FileInfo {
      return infoOf(S_IFREG);
    }
    override close(): void {
      throw new VfsError("ENOSPC");
    }
  }
  const provider = new MemoryProvider();
  provider.create = () => new Failing() as never;
  await serving(
    async ({ connect, events }) => {
      const peer = connect();
      const { fh } = await peer.ask("create", { path: "/f" });
      assert.equal(await errnoOf(peer, "release", { fh }), ERRNO.ENOSPC);
      assert.equal(await errnoOf(peer, "release", { fh }), 0);
      await peer.ask("create", { path: "/f" });
      peer.far.destroy();
      await peer.served;
      const fault = events.find(({ type }) => type === "fault");
      assert.equal(fault?.type === "fault" && fault.operation, "close");
    },
    {},
    provider,
  );
});

test("VfsServer asks for the size of entries that the listing did not describe", async () => {
  class Bare extends MemoryProvider {
    override readDir(path: string): DirEntry[] {
      const entries = super.readDir(path, false) as DirEntry[];
      return [...entries.map(({ name, ino, mode }) => ({ name, ino, mode })), {
        name: "gone",
        ino: 99n,
        mode: S_IFREG,
      }];
    }
  }
  const provider = new Bare();
  provider.writeFile("/a", "hello");
  provider.mkdir("/d", 0o755);
  await serving(
    async ({ connect }) => {
      const { entries } = await connect().ask("readdir", { path: "/" });
      assert.deepEqual(
        entries.map(({ name, is_dir, size }) => [name, is_dir, is_dir ? 0 : size]).sort(),
        [["a", false, 5], ["d", true, 0]],
      );
    },
    {},
    provider,
  );
});

test("VfsServer aborts what is under way when a connection ends", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const lookup = (_path: string, context?: OpContext): Promise<FileInfo> => {
    const { signal } = context!;
    asked.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new VfsError("EINTR")));
    });
  };
  await serving(
    async ({ connect }) => {
      const peer = connect();
      await peer.raw(frameOf("lookup", { path: "/f" }));
      const signal = await asked.promise;
      assert.equal(signal.aborted, false);
      peer.far.destroy();
      await peer.served;
      assert.equal(signal.aborted, true);
    },
    {},
    memoryWith(() => ({ lookup })),
  );
});

test("VfsServer closes a file that is opened when nobody is there any more", async () => {
  const opening = Promise.withResolvers<Handle>();
  const closed = Promise.withResolvers<void>();
  class Late extends BaseHandle {
    override stat(): FileInfo {
      return infoOf(S_IFREG);
    }
    override close(): void {
      closed.resolve();
    }
  }
  const provider = new MemoryProvider();
  provider.open = () => opening.promise as never;
  await serving(
    async ({ connect, server }) => {
      const peer = connect();
      await peer.raw(frameOf("open", { path: "/f" }));
      while (server.stats().requests === 0) await new Promise((resolve) => setTimeout(resolve));
      peer.far.destroy();
      await peer.served;
      opening.resolve(new Late());
      await closed.promise;
    },
    {},
    provider,
  );
});

test("VfsServer closes a file in use when the operation on it is done", async () => {
  const reading = Promise.withResolvers<number>();
  const order: string[] = [];
  class Busy extends BaseHandle {
    override stat(): FileInfo {
      return infoOf(S_IFREG);
    }
    override async readAt(buffer: Uint8Array): Promise<number> {
      const count = await reading.promise;
      buffer.fill(1, 0, count);
      order.push("read");
      return count;
    }
    override close(): void {
      order.push("close");
    }
  }
  const provider = new MemoryProvider();
  provider.create = () => new Busy() as never;
  await serving(
    async ({ connect, server }) => {
      const peer = connect();
      const { fh } = await peer.ask("create", { path: "/f" });
      await peer.raw(frameOf("read", { fh, sz: 100 }));
      while (server.stats().requests < 2) await new Promise((resolve) => setTimeout(resolve));
      peer.far.destroy();
      await peer.served;
      assert.deepEqual(order, []);
      reading.resolve(10);
      while (order.length < 2) await new Promise((resolve) => setTimeout(resolve));
      assert.deepEqual(order, ["read", "close"]);
    },
    {},
    provider,
  );
});

test("VfsServer.stop() answers what has arrived, and refuses who comes after", async () => {
  const provider = slowTree();
  const server = new VfsServer(provider);
  const connect = (): Connected => {
    const [near, far] = MemoryTransport.pair();
    return new Connected(near, far, server.handleConnection(near));
  };
  const peer = connect();
  await peer.ask("create", { path: "/f" });
  await peer.raw(joined(
    Array.from({ length: 20 }, (_, i) => frameOf("write", { fh: 1, off: i, data: bytes("x") })),
  ));
  while (server.stats().requests < 2) await new Promise((resolve) => setTimeout(resolve));
  const stopped = server.stop();
  assert.equal(server.stop(), stopped);
  assert.equal(await connect().body(), undefined);
  await stopped;
  for (let i = 0; i < 20; i++) assert.equal((await peer.answer()).written, 1);
  assert.equal(await peer.body(), undefined);
  assert.equal((await provider.stat("/f")).size, 20);
  assert.deepEqual([server.stats().connections, server.stats().handles], [0, 0]);
  assert.equal(server.stats().refused, 1);
});

test("VfsServer.stop() aborts at the deadline what does not end", async () => {
  let signal: AbortSignal | undefined;
  const lookup = (_path: string, context?: OpContext): Promise<FileInfo> => {
    signal = context!.signal;
    return new Promise(() => {});
  };
  const server = new VfsServer(memoryWith(() => ({ lookup })), { limits: { drainMs: 50 } });
  const [near, far] = MemoryTransport.pair();
  const peer = new Connected(near, far, server.handleConnection(near));
  await peer.raw(frameOf("lookup", { path: "/f" }));
  while (signal === undefined) await new Promise((resolve) => setTimeout(resolve));
  await server.stop();
  assert.equal(signal.aborted, true);
  assert.equal(server.stats().connections, 0);
});

test("VfsServer.handleConnection() takes any pair of web streams", async () => {
  const server = new VfsServer(new MountRouter({ "/w": new MemoryProvider() }));
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const served = server.handleConnection({ readable: there.readable, writable: back.writable });
  const writer = there.writable.getWriter();
  const reader = back.readable.getReader();
  const requests = [frameOf("mkdir", { path: "/w/d" }), frameOf("getattr", { path: "/x" })];
  void writer.write(joined(requests));
  void writer.close();
  const answers: number[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    answers.push(...part.value);
  }
  // The second answer is ENOENT, and is the last.
  assert.deepEqual(answers.slice(-10), [0, 0, 0, 6, 0xa1, 0x63, 0x65, 0x72, 0x72, 0x21]);
  await served;
  assert.deepEqual(server.stats().operations, { getattr: 1, mkdir: 1 });
  await server.stop();
});

test("VfsServer.handleConnection() survives web streams that break", async () => {
  const server = new VfsServer(new MemoryProvider());
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(frameOf("create", { path: "/f" }));
    },
    pull(controller) {
      controller.error(new Error("broken"));
    },
  });
  const writable = new WritableStream<Uint8Array>({
    write() {
      throw new Error("broken, too");
    },
  });
  await server.handleConnection({ readable, writable });
  assert.equal(server.stats().handles, 0);
  await server.stop();
});

test("VfsServer.serve() serves each connection of a source until it stops", async () => {
  const server = new VfsServer(new MemoryProvider());
  const peers: Peer[] = [];
  let closed = false;
  const endless = Promise.withResolvers<never>();
  async function* accept(): AsyncGenerator<MemoryTransport> {
    for (let i = 0; i < 3; i++) {
      const [near, far] = MemoryTransport.pair();
      peers.push(new Peer(far));
      yield near;
    }
    await endless.promise;
  }
  const source = Object.assign(accept(), { close: () => closed = true });
  const serving = server.serve(source);
  while (peers.length < 3) await new Promise((resolve) => setTimeout(resolve));
  for (const peer of peers) assert.equal(await errnoOf(peer, "getattr", { path: "/" }), 0);
  await server.stop();
  await serving;
  assert.equal(closed, true);
});

test("VfsServer.serve() fails with what its source throws", async () => {
  const server = new VfsServer(new MemoryProvider());
  // deno-lint-ignore require-yield
  async function* accept(): AsyncGenerator<MemoryTransport> {
    throw new Error("no more descriptors");
  }
  await assert.rejects(server.serve(accept()), { message: "no more descriptors" });
  await server.stop();
});

test("VfsServer tells of connections and counts what they do", async () => {
  await serving(async ({ connect, server, events }) => {
    const peer = connect();
    await peer.ask("mkdir", { path: "/w/d" });
    await peer.ask("mkdir", { path: "/w/d" });
    await peer.ask("create", { path: "/w/f" });
    const { bytesIn, bytesOut, parked, ...counts } = server.stats();
    assert.equal(parked, 0);
    assert.deepEqual(counts, {
      connections: 1,
      accepted: 1,
      refused: 0,
      aborted: 0,
      requests: 3,
      errors: 1,
      handles: 1,
      operations: { mkdir: 2, create: 1 },
    });
    const mkdir = frameOf("mkdir", { path: "/w/d" }).length;
    assert.equal(bytesIn, 2 * mkdir + frameOf("create", { path: "/w/f" }).length);
    assert.ok(bytesOut > 100);
    peer.far.destroy();
    await peer.served;
    assert.equal(server.stats().errors, 1);
    assert.deepEqual(events.map(({ type }) => type), ["open", "close"]);
    const close = events[1]!;
    assert.ok(close.type === "close" && close.durationMs >= 0);
    assert.deepEqual(
      close.type === "close" && [close.connection, close.requests, close.errors, close.handles],
      [1, 3, 1, 1],
    );
  });
});

test("VfsServer goes on when whoever listens to its events fails", async () => {
  const server = new VfsServer(new MemoryProvider(), {
    onEvent() {
      throw new Error("the log is full");
    },
  });
  const [near, far] = MemoryTransport.pair();
  void server.handleConnection(near);
  assert.equal(await errnoOf(new Peer(far), "getattr", { path: "/" }), 0);
  await server.stop();
});

test("VfsServer closes a connection that asks for nothing, if it is told to", async () => {
  await serving(async ({ connect, server }) => {
    const peer = connect();
    await peer.ask("getattr", { path: "/w" });
    await peer.served;
    assert.equal(server.stats().aborted, 1);
  }, { idleMs: 50 });
});

test("VfsServer refuses limits that make no sense", () => {
  const provider = new MemoryProvider();
  for (const limits of [{ handles: 0 }, { frameMs: -1 }, { readBytes: 1.5 }, { pathBytes: NaN }]) {
    assert.throws(() => new VfsServer(provider, { limits }), RangeError);
  }
  assert.throws(() => new VfsServer(provider, { limits: { nonsense: 1 } as never }), RangeError);
  assert.deepEqual(new VfsServer(provider).limits, DEFAULT_LIMITS);
});

test("VfsServer answers changes of a read-only tree with EROFS", async () => {
  const inner = new MemoryProvider();
  inner.writeFile("/f", "hello");
  await serving(
    async ({ connect }) => {
      const peer = connect();
      const changes: [Parameters<Peer["ask"]>[0], object][] = [
        ["setattr", { mode: 0o600 }],
        ["create", {}],
        ["unlink", {}],
        ["rename", { new_path: "/g" }],
        ["open", { flags: 1 }],
        ["open", { flags: 0o1000 }],
        ["truncate", { off: 0 }],
        ["link", { new_path: "/g" }],
        ["mkdir", { path: "/d" }],
        ["symlink", { path: "/l", new_path: "f" }],
      ];
      for (const [name, fields] of changes) {
        assert.equal(
          await errnoOf(peer, name, { path: "/f", ...fields }),
          ERRNO.EROFS,
          String(name),
        );
      }
      const { fh } = await peer.ask("open", { path: "/f" });
      assert.equal(textOf((await peer.ask("read", { fh, sz: 10 })).data), "hello");
    },
    {},
    readonly(inner),
  );
});

test("fault 116: buffers that are not in use stay below the limit", async () => {
  await serving(async ({ connect, server }) => {
    const peers = Array.from({ length: 64 }, () => connect());
    const data = new Uint8Array(1 << 20);
    for (const peer of peers) {
      // Half a frame of the largest size from every connection at once.
      await peer.raw(frameOf("write", { fh: 1, data }).subarray(0, 600_000));
    }
    for (const peer of peers) peer.far.destroy();
    for (const peer of peers) await peer.served;
    const peer = connect();
    const { fh } = await peer.ask("create", { path: "/w/f" });
    assert.equal((await peer.ask("write", { fh, data })).written, data.length);
    assert.equal((await peer.ask("read", { fh, sz: data.length })).data.length, data.length);
    assert.equal(server.stats().refused, 0);
  }, { pooledBytes: 2 << 20 });
});

test("fault 118: a clock that jumps ends no connection", async () => {
  const real = Date.now;
  await serving(async ({ connect, server }) => {
    const peer = connect();
    const frame = frameOf("getattr", { path: "/w" });
    await peer.raw(frame.subarray(0, 9));
    try {
      Date.now = () => real() + 86_400_000;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await peer.raw(frame.subarray(9));
      assert.equal((await peer.answer()).err, 0);
    } finally {
      Date.now = real;
    }
    assert.equal(server.stats().aborted, 0);
  }, { frameMs: 3000, idleMs: 3000, drainMs: 40 });
});

test("fault 120: when every connection is reset the handles are free and guests come back", async () => {
  await serving(async ({ connect, server }) => {
    for (let round = 0; round < 3; round++) {
      const peers = Array.from({ length: 64 }, () => connect());
      for (const peer of peers) assert.equal(await errnoOf(peer, "create", { path: "/w/f" }), 0);
      assert.equal(server.stats().handles, 64);
      for (const peer of peers) peer.far.destroy();
      for (const peer of peers) await peer.served;
      assert.equal(server.stats().handles, 0);
    }
  });
});

class OnlyStat extends BaseProvider {
  override stat(path: string): FileInfo {
    if (path !== "/") throw new VfsError("ENOENT", path);
    return infoOf(S_IFDIR | 0o755);
  }
}

test("VfsServer serves the least that a provider can be", async () => {
  await serving(
    async ({ connect }) => {
      const peer = connect();
      assert.equal((await peer.ask("getattr", { path: "/" })).stat!.is_dir, true);
      assert.equal(await errnoOf(peer, "getattr", { path: "/a" }), ERRNO.ENOENT);
      assert.equal(await errnoOf(peer, "readdir", { path: "/" }), ERRNO.ENOSYS);
      assert.equal(await errnoOf(peer, "mkdir", { path: "/a" }), ERRNO.EROFS);
      assert.equal(await errnoOf(peer, "readlink", { path: "/" }), ERRNO.EINVAL);
    },
    {},
    new OnlyStat(),
  );
});
