/** The client of version 2: many calls, ends before their time, lost connections, older servers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  backoff,
  type ClientEvent,
  type ConnectOptions,
  RemoteProvider,
  VfsClient,
} from "../src/client/mod.ts";
import { promisesOf } from "../src/facade/mod.ts";
import {
  type Change,
  type FileLock,
  type Handle,
  HOST_CONTEXT,
  isWatchable,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  type Provider,
  VfsError,
} from "../src/fs/mod.ts";
import { OP } from "../src/protocol/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import type { MemoryTransport } from "./_memory_transport.ts";
import { holdingTimers } from "./_held_timers.ts";
import { connectTo, serveInMemory } from "./_remote_kit.ts";
import { SlowProvider } from "./_slow_provider.ts";
import { oldServer } from "./_old_server.ts";

const utf8 = { encode: (text: string) => new TextEncoder().encode(text), decode: decodeText };

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A server that can be replaced by another, and a client that finds the present one. */
class Place {
  server: VfsServer;
  client!: VfsClient;
  files!: RemoteProvider;
  readonly events: ClientEvent[] = [];
  readonly transports: MemoryTransport[] = [];
  /** Whether connections can be had. */
  isReachable = true;
  /** Why they cannot. */
  unreachable = new VfsError("ECONNREFUSED", "nobody is there");
  #wake: (() => void)[] = [];

  constructor(provider: Provider, options: VfsServerOptions = {}) {
    this.server = new VfsServer(provider, options);
  }

  static async open(
    provider: Provider,
    connect: ConnectOptions = { reconnect: () => 0 },
    options: VfsServerOptions = {},
  ): Promise<Place> {
    const place = new Place(provider, options);
    place.client = await VfsClient.connect(() => {
      if (!place.isReachable) throw place.unreachable;
      const transport = connectTo(place.server);
      place.transports.push(transport);
      return transport;
    }, {
      ...connect,
      onEvent: (event) => {
        place.events.push(event);
        for (const wake of place.#wake.splice(0)) wake();
      },
    });
    place.files = new RemoteProvider(place.client);
    return place;
  }

  /** Breaks the connection, and waits until there is another. */
  async breakConnection(): Promise<void> {
    const before = this.events.length;
    this.transports.at(-1)!.destroy();
    await this.event("connected", before);
  }

  async event(type: ClientEvent["type"], after = 0): Promise<ClientEvent> {
    for (;;) {
      const found = this.events.slice(after).find((event) => event.type === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }
}

async function content(handle: Handle): Promise<string> {
  const buffer = new Uint8Array(100);
  return decodeText(buffer.subarray(0, await handle.readAt(buffer, 0)));
}

test("VfsClient knows what the server said of itself", async () => {
  const { client, dispose } = await serveInMemory(new MemoryProvider(), {
    limits: { inflight: 7 },
    cache: { attr: 5 },
  });
  assert.equal(client.server.version, 2);
  assert.equal(client.server.maxInflight, 7);
  assert.equal(client.server.lifetimes.attr, 5);
  assert.equal(client.server.resumeMs, 0);
  assert.equal(client.server.readonly, false);
  await client.ping();
  await dispose();
});

test("a thousand calls at a time share the few slots there are", async () => {
  const { client, provider, dispose } = await serveInMemory(
    MemoryProvider.from({ "a.txt": "alpha" }),
    { limits: { inflight: 3 } },
  );
  const all = await Promise.all(
    Array.from({ length: 1000 }, () => provider.stat("/a.txt")),
  );
  assert.ok(all.every(({ size }) => size === 5));
  await assert.rejects(provider.stat("/none"), { code: "ENOENT" });
  assert.ok(client.isConnected);
  await dispose();
});

test("calls end by their signal, whether they wait or run", async () => {
  const slow = new SlowProvider((name) => name === "lookup" || name === "stat");
  const { provider, dispose } = await serveInMemory(slow.provider, { limits: { inflight: 1 } });
  const one = new AbortController();
  const two = new AbortController();
  const running = provider.lookup("/a", { ...HOST_CONTEXT, signal: one.signal });
  const waiting = provider.lookup("/b", { ...HOST_CONTEXT, signal: two.signal });
  await slow.waitFor(1);
  two.abort();
  await assert.rejects(waiting, { code: "EINTR" });
  one.abort();
  await assert.rejects(running, { code: "EINTR" });
  assert.ok(slow.held[0]!.context!.signal.aborted);
  const already = provider.stat("/c", { ...HOST_CONTEXT, signal: AbortSignal.abort() });
  await assert.rejects(already, { code: "EINTR" });
  assert.equal(slow.held.length, 1);
  await dispose();
});

test("a call that takes too long is ETIMEDOUT, is cancelled, and leaves nothing open", async () => {
  const slow = new SlowProvider((name) => name === "open", MemoryProvider.from({ "f": "x" }));
  slow.heedsSignals = false;
  const timeoutMs = 12_345;
  await holdingTimers(timeoutMs, async (pass) => {
    const { server, provider, dispose } = await serveInMemory(slow.provider, {}, { timeoutMs });
    const opening = provider.open("/f", O_RDONLY);
    await slow.waitFor(1);
    pass();
    await assert.rejects(Promise.resolve(opening), { code: "ETIMEDOUT" });
    await provider.stat("/f");
    assert.ok(slow.held[0]!.context!.signal.aborted);
    slow.held[0]!.go();
    while (!slow.begun.includes("handle.close")) await provider.stat("/f");
    assert.equal(server.stats().handles, 0);
    await dispose();
  });
});

test("context travels: who asks arrives as it was claimed", async () => {
  const memory = new MemoryProvider();
  const { provider, dispose } = await serveInMemory(memory);
  await provider.mkdir("/d", 0o755, { ...HOST_CONTEXT, uid: 1000, gid: 100, pid: 5 });
  assert.deepEqual([memory.stat("/d").uid, memory.stat("/d").gid], [1000, 100]);
  await dispose();
});

test("reads and writes larger than the server's limits are split", async () => {
  const { provider, dispose } = await serveInMemory(new MemoryProvider(), {
    limits: { readBytes: 1000, dataBytes: 700 },
  });
  const data = new Uint8Array(12_345).map((_, i) => i * 31);
  const handle = await provider.create("/f", 0o644);
  assert.equal(await handle.writeAt(data, 0), data.length);
  const back = new Uint8Array(20_000);
  assert.equal(await handle.readAt(back, 0), data.length);
  assert.deepEqual(back.subarray(0, data.length), data);
  assert.equal(await handle.readAt(back, 12_000), 345);
  assert.equal(await handle.readAt(back, 20_000), 0);
  await handle.close();
  await handle.close();
  await assert.rejects(Promise.resolve(handle.stat()), { code: "EBADF" });
  await dispose();
});

test("a large directory is listed whole, in pages behind the scenes", async () => {
  const memory = new MemoryProvider();
  for (let i = 0; i < 5000; i++) memory.writeFile(`/f${i}`, "");
  const { server, provider, dispose } = await serveInMemory(memory);
  const names = (await provider.readDir("/")).map(({ name }) => name);
  assert.equal(new Set(names).size, 5000);
  assert.equal(server.stats().handles, 0);
  await dispose();
});

test("copyRange between files of two clients is EXDEV: the caller copies by itself", async () => {
  const one = await serveInMemory(MemoryProvider.from({ "f": "x" }));
  const two = await serveInMemory(MemoryProvider.from({ "f": "y" }));
  const a = await one.provider.open("/f", O_RDONLY);
  const b = await two.provider.open("/f", O_RDWR);
  await assert.rejects(Promise.resolve(a.copyRange(0, b, 0, 1)), { code: "EXDEV" });
  await one.dispose();
  await two.dispose();
});

test("without a policy a lost connection is the end", async () => {
  const place = await Place.open(new MemoryProvider(), {});
  place.transports[0]!.destroy();
  await place.client.closed;
  await assert.rejects(place.client.ping(), { code: "ECONNRESET" });
  await assert.rejects(Promise.resolve(place.files.stat("/")), { code: "ECONNRESET" });
  await place.close();
});

test("a client goes on across lost connections: files, locks, listings, and what was under way", async () => {
  const slow = new SlowProvider((name) => name === "mkdir");
  const place = await Place.open(slow.provider);
  const { files } = place;
  const file = await files.open("/f", O_RDWR | O_CREAT | O_EXCL, 0o644);
  await file.writeAt(utf8.encode("one"), 0);
  const lock: FileLock = {
    kind: "flock",
    type: "write",
    start: 0,
    end: Infinity,
    owner: "a",
    pid: 1,
  };
  await file.lock(lock);
  const listing = await files.openDir("/");
  const [first] = await listing.readDir(0, 1);
  await files.unlink("/f");
  const mkdir = files.mkdir("/d", 0o755);
  await slow.waitFor(1);

  await place.breakConnection();
  assert.deepEqual(place.events.at(-1), { type: "connected", version: 2, resumed: true });
  // The file has no name any more, and is there all the same.
  assert.equal(await content(file), "one");
  await file.writeAt(utf8.encode("two"), 0);
  assert.equal(await content(file), "two");
  const rival = { ...lock, owner: "b" };
  assert.equal((await file.getLock(rival))?.type, "write");
  assert.deepEqual(await listing.readDir(first!.cursor, 10), []);
  slow.held[0]!.go();
  await mkdir;
  assert.equal(slow.held.length, 1);
  await file.close();
  await place.close();
});

test("calls wait while there is no connection, and are made when there is one", async () => {
  const place = await Place.open(MemoryProvider.from({ "f": "x" }), { reconnect: () => 1 });
  place.isReachable = false;
  place.transports[0]!.destroy();
  await place.event("lost");
  const stat = place.files.stat("/f");
  const aborter = new AbortController();
  const aborted = place.files.stat("/f", { ...HOST_CONTEXT, signal: aborter.signal });
  aborter.abort();
  await assert.rejects(aborted, { code: "EINTR" });
  place.isReachable = true;
  assert.equal((await stat).size, 1);
  await place.close();
});

test("a policy that gives up ends the client with the last reason", async () => {
  const place = await Place.open(new MemoryProvider(), { reconnect: backoff(1, 1, 3) });
  place.isReachable = false;
  place.transports[0]!.destroy();
  const call = place.client.ping();
  await assert.rejects(call, { code: "ECONNREFUSED" });
  await place.client.closed;
  await place.close();
});

test("a socket that is gone is not taken for a file that is not there", async () => {
  for (const code of ["ENOENT", "EACCES"] as const) {
    const place = await Place.open(new MemoryProvider(), { reconnect: backoff(1, 1, 2) });
    place.isReachable = false;
    place.unreachable = new VfsError(code, "vfs.sock");
    place.transports[0]!.destroy();
    const call = Promise.resolve(place.files.stat("/f"));
    await assert.rejects(call, (error: VfsError) => {
      assert.equal(error.code, "ECONNREFUSED");
      assert.match(error.message, /vfs\.sock/);
      return true;
    });
    await place.close();
  }
});

test("in a new session files are opened again by identity; what cannot be is ESTALE and says so", async () => {
  const memory = MemoryProvider.from({
    "kept": "kept",
    "replaced": "old",
    "unlinked": "gone",
    "locked": "x",
    "d": { "e": {} },
  });
  const place = await Place.open(memory, { reconnect: () => 0 }, { limits: { resumeMs: 0 } });
  const { files } = place;
  const kept = await files.open("/kept", O_RDWR | O_CREAT, 0o644);
  const replaced = await files.open("/replaced", O_RDONLY);
  const unlinked = await files.open("/unlinked", O_RDONLY);
  const locked = await files.open("/locked", O_RDWR);
  await locked.lock({ kind: "flock", type: "write", start: 0, end: 1, owner: "a", pid: 1 });
  const fresh = await files.openDir("/d");
  const halfway = await files.openDir("/d");
  await halfway.readDir(0, 1);
  memory.unlink("/unlinked");
  memory.rename("/kept", "/moved");
  memory.rename("/moved", "/kept");
  memory.writeFile("/other", "new");
  memory.rename("/other", "/replaced");

  await place.breakConnection();
  assert.equal(await content(kept), "kept");
  await kept.writeAt(utf8.encode("KEPT"), 0);
  assert.equal(decodeText(memory.readFile("/kept")), "KEPT");
  assert.equal((await fresh.readDir(0, 10)).length, 1);
  for (const lost of [replaced, unlinked, locked, halfway]) {
    await assert.rejects(Promise.resolve(lost.stat()), { code: "ESTALE" });
    await lost.close();
  }
  const stale = place.events.filter((event) => event.type === "stale")
    .map((event) => event.type === "stale" ? `${event.path}: ${event.reason}` : "");
  assert.deepEqual(stale.sort(), [
    "/d: it was half listed",
    "/locked: it held a lock",
    "/replaced: another file has its name now",
    "/unlinked: it cannot be opened again (ENOENT)",
  ]);
  assert.equal(place.server.stats().handles, 2);
  await place.close();
});

test("in a new session what only asks is asked again, and what changes something is ESTALE", async () => {
  const slow = new SlowProvider(
    (name) => name === "lookup" || name === "mkdir",
    MemoryProvider.from({ "f": "x" }),
  );
  const place = await Place.open(slow.provider, { reconnect: () => 0, resumeMs: 0 });
  const lookup = place.files.lookup("/f");
  const mkdir = place.files.mkdir("/d", 0o755);
  await slow.waitFor(2);
  await place.breakConnection();
  await assert.rejects(Promise.resolve(mkdir), (error: VfsError) => {
    assert.equal(error.code, "ESTALE");
    assert.match(error.message, /may have taken effect/);
    return true;
  });
  await slow.waitFor(3);
  slow.held[2]!.go();
  assert.equal((await lookup)?.size, 1);
  await place.close();
});

test("a connection that is lost while files are opened again is made once more", async () => {
  const slow = new SlowProvider((name, path) => name === "open" && path === "/f" && isSlow);
  let isSlow = false;
  const place = await Place.open(slow.provider, { reconnect: () => 0, resumeMs: 0 });
  const file = await place.files.create("/f", 0o644);
  isSlow = true;
  place.transports.at(-1)!.destroy();
  await slow.waitFor(1);
  isSlow = false;
  await place.breakConnection();
  await file.writeAt(utf8.encode("x"), 0);
  assert.equal(await content(file), "x");
  await place.close();
});

test("changes that others make are told, across lost connections too", async () => {
  const place = await Place.open(MemoryProvider.from({ "d": {} }));
  const other = new RemoteProvider(await VfsClient.connect(() => connectTo(place.server)));
  const changes: Change[] = [];
  let wake = (): void => {};
  assert.ok(isWatchable(place.files));
  const stop = place.files.watch!("/d", (change) => {
    changes.push(change);
    wake();
  });
  const next = async (): Promise<Change> => {
    while (changes.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return changes.shift()!;
  };
  await place.client.ping();
  await other.mkdir("/d/one", 0o755);
  assert.deepEqual(await next(), { kind: "entry", path: "/d/one" });
  await place.breakConnection();
  assert.deepEqual(await next(), { kind: "tree", path: "/d" });
  await other.mkdir("/d/two", 0o755);
  assert.deepEqual(await next(), { kind: "entry", path: "/d/two" });
  stop();
  await place.client.ping();
  await other.mkdir("/d/three", 0o755);
  await other.client.ping();
  await place.client.ping();
  assert.deepEqual(changes, []);
  await other.client.close();
  await place.close();
});

test("the facade watches what is remote", async () => {
  const place = await Place.open(MemoryProvider.from({ "d": {} }));
  const other = new RemoteProvider(await VfsClient.connect(() => connectTo(place.server)));
  const events = promisesOf(place.files).watch("/d")[Symbol.asyncIterator]();
  const first = events.next();
  while (place.server.stats().operations["subscribe"] === undefined) await other.client.ping();
  await promisesOf(other).writeFile("/d/f", "x");
  assert.deepEqual((await first).value, { eventType: "rename", filename: "f" });
  await events.return!();
  await other.client.close();
  await place.close();
});

test("a client falls back to version 1, and does there what can be done", async () => {
  const memory = MemoryProvider.from({ "a.txt": "alpha", "d": { "b": "x" } });
  const old = oldServer(memory);
  const client = await VfsClient.connect(() => old.connect());
  assert.equal(client.server.version, 1);
  const files = new RemoteProvider(client);
  assert.equal(isWatchable(files), false);
  assert.equal((await files.stat("/a.txt")).size, 5);
  assert.equal((await files.stat("/d")).mode, 0o040755);
  assert.equal(await files.lookup("/none"), undefined);
  const fs = promisesOf(files);
  assert.equal(await fs.readFile("/a.txt", "utf8"), "alpha");
  await fs.writeFile("/d/new", "y".repeat(300_000));
  assert.equal((await fs.stat("/d/new")).size, 300_000);
  assert.deepEqual((await fs.readdir("/d")).sort(), ["b", "new"]);
  const names: string[] = [];
  for await (const { name } of await fs.opendir("/d")) names.push(name);
  assert.deepEqual(names.sort(), ["b", "new"]);
  await fs.symlink("b", "/d/link");
  assert.equal(await fs.readFile("/d/link", "utf8"), "x");
  await fs.chmod("/d/b", 0o600);
  await fs.truncate("/d/new", 3);
  assert.equal(await fs.readFile("/d/new", "utf8"), "yyy");
  await fs.rename("/d/new", "/d/newer");
  await fs.rm("/d", { recursive: true });
  assert.deepEqual(await fs.readdir("/"), ["a.txt"]);
  await assert.rejects(fs.chown("/a.txt", 1, 1), { code: "EOPNOTSUPP" });
  await assert.rejects(fs.statfs("/"), { code: "ENOSYS" });
  await assert.rejects(Promise.resolve(files.rename("/a.txt", "/b", 1)), { code: "EOPNOTSUPP" });
  const all = await Promise.all(Array.from({ length: 500 }, () => files.stat("/a.txt")));
  assert.equal(all.length, 500);
  await client.close();
  await old.stop();
});

test("a client of version 1 gives up an answer without mixing up the others", async () => {
  const slow = new SlowProvider((name, path) => path === "/slow" && name === "lookup");
  const { client, provider, dispose } = await serveInMemory(slow.provider, {}, { version: 1 });
  const aborter = new AbortController();
  const given = provider.lookup("/slow", { ...HOST_CONTEXT, signal: aborter.signal });
  const after = provider.stat("/");
  await slow.waitFor(1);
  aborter.abort();
  await assert.rejects(given, { code: "EINTR" });
  slow.held[0]!.go();
  assert.equal((await after).mode & 0o170000, 0o040000);
  assert.equal(client.server.version, 1);
  await dispose();
});

test("a server that talks nonsense is EPROTO", async () => {
  const server = oldServer(new MemoryProvider());
  const answers = [new Uint8Array([0, 0, 0, 1, 0xff]), new Uint8Array([0xff, 0xff, 0xff, 0xff])];
  for (const answer of answers) {
    await assert.rejects(VfsClient.connect(() => server.sayingOnly(answer)), { code: "EPROTO" });
  }
  await server.stop();
});

test("a hostile server cannot make a client write beyond its buffers", async () => {
  const server = oldServer(MemoryProvider.from({ "f": "0123456789" }));
  const client = await VfsClient.connect(() => server.connect({ lieAboutReads: true }));
  const file = await new RemoteProvider(client).open("/f", O_RDONLY);
  await assert.rejects(Promise.resolve(file.readAt(new Uint8Array(4), 0)), { code: "EPROTO" });
  await client.close();
  await server.stop();
});

test("every operation of version 2 is asked for by the provider or the client", async () => {
  const { server, provider, client, dispose } = await serveInMemory(new MemoryProvider());
  const fs = promisesOf(provider);
  const file = await provider.create("/f", 0o644);
  await file.writeAt(utf8.encode("data"), 0);
  await file.readAt(new Uint8Array(4), 0);
  await file.seekData(0);
  await file.allocate(0, 0, 10);
  await file.datasync();
  await file.sync();
  await file.copyRange(0, file, 100, 4);
  const lock: FileLock = { kind: "posix", type: "read", start: 0, end: 1, owner: "a", pid: 1 };
  await file.lock(lock);
  await file.getLock(lock);
  await file.truncate(3);
  await file.stat();
  await file.close();
  await provider.lookup("/f");
  await provider.open("/f", O_RDONLY).then((handle) => handle.close());
  await provider.openDir("/").then(async (handle) => {
    await handle.readDir(0, 10);
    await handle.close();
  });
  await fs.mkdir("/d");
  await provider.mkdirAll("/x/y", 0o755);
  await provider.mknod("/fifo", 0o010644, 0);
  await fs.symlink("f", "/link");
  await fs.readlink("/link");
  await fs.link("/f", "/g");
  await fs.rename("/g", "/h");
  await fs.chmod("/h", 0o600);
  await provider.setxattr("/h", "user.a", utf8.encode("b"));
  await provider.getxattr("/h", "user.a");
  await provider.listxattr("/h");
  await provider.removexattr("/h", "user.a");
  await fs.unlink("/h");
  await fs.rmdir("/d");
  await provider.removeAll("/x");
  await fs.statfs("/");
  (await client.subscribe("/", () => {}))();
  await client.call("fsyncpath", { path: "/" }, () => {});
  await client.call("cancel", { target: 1 }, () => {}).catch(() => {});
  await client.ping();
  await dispose();
  const asked = Object.keys(server.stats().operations);
  assert.deepEqual(Object.keys(OP).filter((name) => !asked.includes(name)), []);
});
