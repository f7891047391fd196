/** Version 2 as a server speaks it, seen from the wire. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Change,
  ERRNO,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  type Provider,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { Peer } from "./_peer.ts";
import { frame2, Peer2 } from "./_peer2.ts";
import { SlowProvider } from "./_slow_provider.ts";

const text = new TextEncoder();

function connect(server: VfsServer): MemoryTransport {
  const [here, there] = MemoryTransport.pair();
  void server.handleConnection(there);
  return here;
}

async function withServer(
  provider: Provider,
  run: (server: VfsServer) => Promise<void>,
  options: VfsServerOptions = {},
): Promise<void> {
  const server = new VfsServer(provider, options);
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

const tree = () => MemoryProvider.from({ "a.txt": "alpha", "d": { "b.txt": "beta" } });

test("hello is answered with what was agreed", () =>
  withServer(tree(), async (server) => {
    const { hello } = await Peer2.open(connect(server), { resume: 1000, name: "a test" });
    assert.deepEqual([hello.err, hello.version, hello.features], [0, 2, ["notify", "resume"]]);
    assert.deepEqual(
      [hello.max_frame, hello.max_read, hello.max_write, hello.max_inflight, hello.max_path],
      [(1 << 20) + (64 << 10), 1 << 20, 1 << 20, 128, 4096],
    );
    assert.deepEqual([hello.session.length, hello.token.length, hello.resume], [16, 32, 1000]);
    assert.deepEqual({ ...hello.ttl }, { entry: 1000, attr: 1000, negative: 0 });
    assert.equal(hello.resumed, false);
  }));

test("hello cuts the answers to what the client accepts", () =>
  withServer(tree(), async (server) => {
    const { hello, peer } = await Peer2.open(connect(server), { max_frame: 20_000 });
    assert.ok(hello.max_read < 20_000 && hello.max_read > 19_000);
    const { fh } = await peer.ask("open", { path: "/a.txt", flags: O_RDONLY });
    assert.equal((await peer.ask("read", { fh, sz: 20_000 })).err, -ERRNO.EINVAL);
    assert.equal((await peer.ask("read", { fh, sz: hello.max_read })).data.length, 5);
  }));

test("hello with nonsense in it is refused with EINVAL, and the connection ends", () =>
  withServer(tree(), async (server) => {
    for (const fields of [{ version: 0 }, { version: 2, max_frame: 100 }]) {
      const peer = new Peer2(connect(server));
      assert.equal((await peer.ask("hello", fields)).err, -ERRNO.EINVAL);
      await peer.gone;
    }
  }));

test("hello that asks for version 1, or comes late, is an operation that version 1 does not have", () =>
  withServer(tree(), async (server) => {
    const peer = new Peer(connect(server));
    await peer.raw(frame2("hello", { id: 1, version: 1 }));
    assert.equal((await peer.answer()).err, -ERRNO.ENOSYS);
    assert.equal((await peer.ask("getattr", { path: "/a.txt" })).err, 0);
    await peer.raw(frame2("hello", { id: 1, version: 2 }));
    assert.equal((await peer.answer()).err, -ERRNO.ENOSYS);
  }));

test("a second hello is EINVAL", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    assert.equal((await peer.ask("hello", { version: 2 })).err, -ERRNO.EINVAL);
    assert.equal((await peer.ask("ping")).err, 0);
  }));

test("a request without an id, or with one that is not greater, ends the connection", () =>
  withServer(tree(), async (server) => {
    for (const id of [0, 5]) {
      const { peer } = await Peer2.open(connect(server));
      await peer.ask("ping", { id: 5 });
      peer.raw(frame2("ping", { id }));
      await peer.gone;
    }
    assert.equal(server.stats().aborted, 2);
  }));

test("ids may be as large as numbers are exact", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const id = Number.MAX_SAFE_INTEGER;
    assert.equal((await peer.ask("ping", { id })).id, id);
  }));

test("version 1 and version 2 work at the same time, on the same files", () =>
  withServer(tree(), async (server) => {
    const old = new Peer(connect(server));
    const { peer } = await Peer2.open(connect(server));
    const { fh } = await old.ask("create", { path: "/new", mode: 0o600 });
    await old.ask("write", { fh, data: text.encode("from one") });
    const opened = await peer.ask("open", { path: "/new", flags: O_RDONLY, plus: true });
    assert.equal(opened.attr?.size, 8);
    assert.equal(opened.attr?.mode, 0o100600);
    const { data } = await peer.ask("read", { fh: opened.fh, sz: 100 });
    assert.equal(new TextDecoder().decode(data), "from one");
    await peer.ask("setattr", { path: "/new", mask: 1, mode: 0o640 });
    assert.equal((await old.ask("getattr", { path: "/new" })).stat?.mode, 0o640);
  }));

test("handles of one session are nothing in another", () =>
  withServer(tree(), async (server) => {
    const { peer: one } = await Peer2.open(connect(server));
    const { peer: two } = await Peer2.open(connect(server));
    const { fh } = await one.ask("open", { path: "/a.txt" });
    assert.equal((await two.ask("read", { fh, sz: 1 })).err, -ERRNO.EBADF);
    assert.equal((await two.ask("getattr", { fh })).err, -ERRNO.EBADF);
  }));

test("a slow operation holds up nobody: a thousand others are answered meanwhile", async () => {
  const slow = new SlowProvider((name, path) => name === "lookup" && path === "/slow", tree());
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const first = peer.send("lookup", { path: "/slow" });
    await slow.waitFor(1);
    for (let i = 0; i < 1000; i++) {
      assert.equal((await peer.ask("lookup", { path: "/a.txt" })).err, 0);
    }
    assert.equal(peer.answers.some((answer) => answer.id === first), false);
    slow.held[0]!.go();
    assert.equal((await peer.answer(first)).err, -ERRNO.ENOENT);
  });
});

test("operations on one handle keep their order, however long each takes", async () => {
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    const ids = ["aaa", "bb", "c"].map((data) =>
      peer.send("write", { fh, data: text.encode(data) })
    );
    const read = peer.send("read", { fh, sz: 10 });
    const release = peer.send("release", { fh });
    const late = peer.send("read", { fh, sz: 10 });
    for (let i = 0; i < 3; i++) {
      await slow.waitFor(i + 1);
      // Only the first in the line has been begun.
      await peer.ask("ping");
      assert.equal(slow.held.length, i + 1);
      slow.held[i]!.go();
      assert.equal((await peer.answer(ids[i]!)).written, 3 - i);
    }
    assert.equal(new TextDecoder().decode((await peer.answer(read)).data), "cba");
    assert.equal((await peer.answer(release)).err, 0);
    assert.equal((await peer.answer(late)).err, -ERRNO.EBADF);
    const wanted: unknown[] = [...ids, read, release, late];
    assert.deepEqual(peer.answers.map(({ id }) => id).filter((id) => wanted.includes(id)), wanted);
  });
});

test("operations on different handles do not wait for each other", async () => {
  const slow = new SlowProvider(
    (name, path) => name === "handle.readAt" && path === "/a.txt",
    tree(),
  );
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const a = await peer.ask("open", { path: "/a.txt" });
    const b = await peer.ask("open", { path: "/d/b.txt" });
    const waiting = peer.send("read", { fh: a.fh, sz: 10 });
    await slow.waitFor(1);
    assert.equal((await peer.ask("read", { fh: b.fh, sz: 10 })).data.length, 4);
    slow.held[0]!.go();
    assert.equal((await peer.answer(waiting)).data.length, 5);
  });
});

test("copyrange takes its place in the lines of both handles", async () => {
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const a = await peer.ask("create", { path: "/a", mode: 0o644 });
    const b = await peer.ask("create", { path: "/b", mode: 0o644 });
    const write = peer.send("write", { fh: a.fh, data: text.encode("data") });
    const copy = peer.send("copyrange", { fh: a.fh, fh2: b.fh, len: 100 });
    const read = peer.send("read", { fh: b.fh, sz: 100 });
    await slow.waitFor(1);
    await peer.ask("ping");
    assert.equal(peer.answers.some(({ id }) => id === copy || id === read), false);
    slow.held[0]!.go();
    await peer.answer(write);
    // The provider knows its own handles only, and these are wrapped: what counts is the order.
    await peer.answer(copy);
    await peer.answer(read);
    const order = peer.answers.map(({ id }) => id).filter((id) =>
      [write, copy, read].includes(+`${id}`)
    );
    assert.deepEqual(order, [write, copy, read]);
  });
});

test("operations that wait in the lines of the same two handles are executed once each", async () => {
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const a = await peer.ask("create", { path: "/a", mode: 0o644 });
    const b = await peer.ask("create", { path: "/b", mode: 0o644 });
    peer.send("write", { fh: a.fh, data: text.encode("data") });
    const copies = [1, 2, 3].map(() => peer.send("copyrange", { fh: a.fh, fh2: b.fh, len: 9 }));
    await slow.waitFor(1);
    slow.held[0]!.go();
    for (const copy of copies) await peer.answer(copy);
    await peer.ask("ping");
    const ids = peer.answers.map(({ id }) => Number(id));
    assert.deepEqual(ids.filter((id) => copies.includes(id)), copies);
  });
});

test("link from a path that is not there to one that cannot be fails once, and alone", async () => {
  const slow = new SlowProvider((name) => name === "lookup");
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const id = peer.send("link", { path: "/missing/", new_path: "/\0" });
    await slow.waitFor(1);
    // A promise that nobody waits for would end the process here.
    slow.held[0]!.fail(new VfsError("EIO"));
    assert.equal((await peer.answer(id)).err, -ERRNO.EIO);
  });
});

test("cancel ends what waits, what runs, and frees the slot", async () => {
  const slow = new SlowProvider((name) => name === "handle.readAt" || name === "lookup", tree());
  await withServer(slow.provider, async (server) => {
    const { peer, hello } = await Peer2.open(connect(server));
    assert.equal(hello.max_inflight, 4);
    const { fh } = await peer.ask("open", { path: "/a.txt" });
    const reads = [0, 1, 2, 3].map(() => peer.send("read", { fh, sz: 10 }));
    await slow.waitFor(1);
    assert.equal((await peer.ask("read", { fh, sz: 10 })).err, -ERRNO.EAGAIN);
    assert.equal((await peer.ask("cancel", { target: reads[2]! })).err, 0);
    assert.equal((await peer.answer(reads[2]!)).err, -ERRNO.EINTR);
    assert.equal((await peer.ask("cancel", { target: reads[0]! })).err, 0);
    assert.equal((await peer.answer(reads[0]!)).err, -ERRNO.EINTR);
    assert.ok(slow.held[0]!.context!.signal.aborted);
    // The two that are left go on, and there is room for two more.
    await slow.waitFor(2);
    const more = [peer.send("lookup", { path: "/a.txt" }), peer.send("lookup", { path: "/d" })];
    await slow.waitFor(4);
    for (let i = 1; i < 5; i++) {
      await slow.waitFor(i + 1);
      slow.held[i]!.go();
    }
    assert.equal((await peer.answer(reads[1]!)).data.length, 5);
    assert.equal((await peer.answer(reads[3]!)).data.length, 5);
    for (const id of more) assert.equal((await peer.answer(id)).err, 0);
    assert.equal((await peer.ask("cancel", { target: reads[1]! })).err, -ERRNO.ENOENT);
    assert.equal((await peer.ask("cancel", { target: 12345 })).err, -ERRNO.ENOENT);
  }, { limits: { inflight: 4 } });
});

test("what was cancelled and does not heed it keeps its place in the line", async () => {
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  slow.heedsSignals = false;
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    const first = peer.send("write", { fh, data: text.encode("first") });
    const second = peer.send("write", { fh, data: text.encode("2nd") });
    await slow.waitFor(1);
    peer.send("cancel", { target: first });
    assert.equal((await peer.answer(first)).err, -ERRNO.EINTR);
    await peer.ask("ping");
    assert.equal(slow.held.length, 1);
    slow.held[0]!.go();
    await slow.waitFor(2);
    slow.held[1]!.go();
    assert.equal((await peer.answer(second)).written, 3);
    const { data } = await peer.ask("read", { fh, sz: 10 });
    assert.equal(new TextDecoder().decode(data), "2ndst");
  });
});

test("a file that is opened after its open was cancelled is closed again", async () => {
  const slow = new SlowProvider((name) => name === "open", tree());
  slow.heedsSignals = false;
  await withServer(slow.provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const id = peer.send("open", { path: "/a.txt" });
    await slow.waitFor(1);
    peer.send("cancel", { target: id });
    assert.equal((await peer.answer(id)).err, -ERRNO.EINTR);
    slow.held[0]!.go();
    while (!slow.begun.includes("handle.close")) await peer.ask("ping");
    assert.equal(server.stats().handles, 0);
  });
});

test("locks are advisory, by owner, and end with the session", () =>
  withServer(new MemoryProvider(), async (server) => {
    const { peer: one } = await Peer2.open(connect(server));
    const { peer: two } = await Peer2.open(connect(server));
    const a = await one.ask("create", { path: "/f", mode: 0o644 });
    const b = await two.ask("open", { path: "/f", flags: O_RDWR });
    const lock = { type: 1, off: 10, len: 5, owner: "me", pid: 42 };
    assert.equal((await one.ask("lock", { fh: a.fh, ...lock })).err, 0);
    // The same words, said in another session, mean somebody else.
    assert.equal((await two.ask("lock", { fh: b.fh, ...lock })).err, -ERRNO.EAGAIN);
    const { lock: found } = await two.ask("getlock", { fh: b.fh, ...lock });
    assert.deepEqual([found?.type, found?.off, found?.len, found?.pid], [1, 10, 5, 42]);
    assert.equal((await one.ask("getlock", { fh: a.fh, ...lock })).lock, undefined);
    const waiting = two.send("lock", { fh: b.fh, ...lock, wait: true });
    // A lock that waits holds up nothing on its handle.
    assert.equal((await two.ask("getattr", { fh: b.fh })).err, 0);
    one.transport.destroy();
    assert.equal((await two.answer(waiting)).err, 0);
  }));

test("a lock that waits ends by cancel, and by release", () =>
  withServer(new MemoryProvider(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    const { fh: other } = await peer.ask("open", { path: "/f", flags: O_RDWR });
    assert.equal((await peer.ask("lock", { fh, kind: 1, type: 1, owner: "a" })).err, 0);
    const wanted = { fh: other, kind: 1, type: 1, owner: "b", wait: true };
    const first = peer.send("lock", wanted);
    await peer.ask("cancel", { target: first });
    assert.equal((await peer.answer(first)).err, -ERRNO.EINTR);
    const second = peer.send("lock", wanted);
    assert.equal((await peer.ask("release", { fh: other })).err, 0);
    assert.equal((await peer.answer(second)).err, -ERRNO.EINTR);
    assert.equal((await peer.ask("lock", { fh, kind: 1, type: 2, owner: "a" })).err, 0);
    const { fh: third } = await peer.ask("open", { path: "/f", flags: O_RDWR });
    // Nothing of those waits is left behind.
    assert.equal((await peer.ask("lock", { fh: third, kind: 1, type: 1, owner: "c" })).err, 0);
  }));

test("readdir gives pages, and a whole directory by its path", async () => {
  const memory = new MemoryProvider();
  for (let i = 0; i < 2500; i++) memory.writeFile(`/f${i}`, "");
  await withServer(memory, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const whole = await peer.ask("readdir", { path: "/" });
    assert.equal(whole.page.length, 2500);
    const { fh } = await peer.ask("opendir", { path: "/" });
    const names = new Set<string>();
    let pages = 0;
    for (let cursor = 0;; pages++) {
      const { page } = await peer.ask("readdir", { fh, cursor, plus: true });
      if (page.length === 0) break;
      for (const { name, info } of page) {
        names.add(name);
        assert.equal(info?.mode, 0o100644);
      }
      cursor = Number(page.at(-1)!.cursor);
    }
    assert.equal(names.size, 2500);
    assert.ok(pages > 1);
    assert.equal((await peer.ask("readdir", { fh, sz: 3 })).page.length, 3);
    assert.equal((await peer.ask("read", { fh, sz: 3 })).err, -ERRNO.EISDIR);
  });
});

test("setattr sets what its mask says, in one request, by path and by handle", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const wanted = {
      mask: 1 | 2 | 4 | 8 | 16 | 32,
      mode: 0o604,
      new_uid: 11,
      new_gid: 12,
      size: 2,
      atime: { sec: -5, nsec: 7 },
      mtime: { sec: 6, nsec: 999_999_999 },
      plus: true,
    };
    const { fh } = await peer.ask("open", { path: "/a.txt", flags: O_RDWR });
    for (const where of [{ path: "/d/b.txt" }, { fh }]) {
      const { attr, err } = await peer.ask("setattr", { ...where, ...wanted });
      assert.equal(err, 0);
      assert.deepEqual([attr?.mode, attr?.uid, attr?.gid, attr?.size], [0o100604, 11, 12, 2]);
      assert.deepEqual([attr?.atime_sec, attr?.atime_nsec], [-5, 7]);
      assert.deepEqual([attr?.mtime_sec, attr?.mtime_nsec], [6, 999_999_999]);
    }
    assert.equal((await peer.ask("setattr", { path: "/", mask: 256 })).err, -ERRNO.EINVAL);
    const bad = { path: "/d", mask: 16, atime: { sec: 1, nsec: 1_000_000_000 } };
    assert.equal((await peer.ask("setattr", bad)).err, -ERRNO.EINVAL);
    assert.equal((await peer.ask("setattr", { path: "/none" })).err, 0);
    assert.equal((await peer.ask("setattr", { path: "/none", plus: true })).err, -ERRNO.ENOENT);
    const now = await peer.ask("setattr", { path: "/d", mask: 64 | 128, plus: true });
    assert.ok(Number(now.attr?.mtime_sec) > 1_700_000_000);
  }));

test("lifetimes differ by mount, absences included", () =>
  withServer(tree(), async (server) => {
    const { peer, hello } = await Peer2.open(connect(server));
    assert.deepEqual({ ...hello.ttl }, { entry: 5, attr: 6, negative: 7 });
    assert.equal((await peer.ask("lookup", { path: "/a.txt" })).ttl, undefined);
    const found = await peer.ask("lookup", { path: "/d/b.txt" });
    assert.deepEqual({ ...found.ttl }, { entry: 5, attr: 0, negative: 99 });
    const missing = await peer.ask("lookup", { path: "/d/none" });
    assert.equal(missing.err, -ERRNO.ENOENT);
    assert.equal(missing.ttl?.negative, 99);
  }, { cache: { entry: 5, attr: 6, negative: 7, mounts: { "/d": { attr: 0, negative: 99 } } } }));

test("notices tell subscribers what others did, in either version, and not what they did", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const { peer: other } = await Peer2.open(connect(server));
    const old = new Peer(connect(server));
    assert.equal((await peer.ask("subscribe", { path: "/d" })).err, 0);
    await peer.ask("mkdir", { path: "/d/mine", mode: 0o755 });
    await other.ask("mkdir", { path: "/elsewhere", mode: 0o755 });
    await other.ask("unlink", { path: "/d/b.txt" });
    assert.deepEqual(changes(await peer.notice()), [[1, "/d/b.txt"]]);
    const { fh } = await old.ask("create", { path: "/d/new", mode: 0o644 });
    assert.deepEqual(changes(await peer.notice()), [[1, "/d/new"], [2, "/d/new"]]);
    await old.ask("write", { fh, data: text.encode("x") });
    assert.deepEqual(changes(await peer.notice()), [[2, "/d/new"]]);
    await other.ask("rename", { path: "/elsewhere", new_path: "/d/there" });
    assert.deepEqual(changes(await peer.notice()), [[1, "/d/there"]]);
    // A name above takes everything below with it.
    await other.ask("rename", { path: "/d", new_path: "/e" });
    assert.deepEqual(changes(await peer.notice()), [[1, "/d"]]);
    await peer.ask("unsubscribe", { path: "/d" });
    await other.ask("mkdir", { path: "/d", mode: 0o755 });
    await peer.ask("ping");
    assert.deepEqual(peer.notices, []);
  }));

test("notices that nobody reads become one that says: forget everything", () =>
  withServer(tree(), async (server) => {
    const [here, there] = MemoryTransport.pair({ capacity: 4096 });
    void server.handleConnection(there);
    const { peer } = await Peer2.open(here);
    const { peer: other } = await Peer2.open(connect(server));
    await peer.ask("subscribe", { path: "/" });
    here.pause();
    for (let i = 0; i < 5000; i++) await other.ask("mkdir", { path: `/dir-${i}`, mode: 0o755 });
    here.resume();
    const seen: unknown[] = [];
    while (seen.at(-1) !== "3 /" && seen.at(-1) !== "1 /dir-4999") {
      for (const change of changes(await peer.notice())) seen.push(change.join(" "));
    }
    assert.ok(seen.includes("3 /"));
    assert.ok(seen.length < 4000);
  }, { limits: { notices: 100 } }));

test("notices pass on what the provider itself reports", async () => {
  const listeners = new Map<string, (change: Change) => void>();
  const provider = Object.assign(tree(), {
    watch(path: string, listener: (change: Change) => void): () => void {
      listeners.set(path, listener);
      return () => listeners.delete(path);
    },
  });
  await withServer(provider, async (server) => {
    const { peer } = await Peer2.open(connect(server));
    await peer.ask("subscribe", { path: "/d" });
    listeners.get("/d")!({ kind: "inode", path: "/d/b.txt", ino: 2n ** 60n });
    const [change] = (await peer.notice()).changes;
    assert.deepEqual([change?.kind, change?.path, change?.ino], [2, "/d/b.txt", 2n ** 60n]);
    peer.transport.destroy();
    while (listeners.size > 0) await new Promise((resolve) => setTimeout(resolve));
  });
});

test("subscribe needs the feature, and there are only so many", () =>
  withServer(tree(), async (server) => {
    const { peer: plain } = await Peer2.open(connect(server), { features: [] });
    assert.equal((await plain.ask("subscribe", { path: "/" })).err, -ERRNO.EOPNOTSUPP);
    const { peer } = await Peer2.open(connect(server));
    for (let i = 0; i < 64; i++) {
      assert.equal((await peer.ask("subscribe", { path: `/${i}` })).err, 0);
    }
    assert.equal((await peer.ask("subscribe", { path: "/0" })).err, 0);
    assert.equal((await peer.ask("subscribe", { path: "/64" })).err, -ERRNO.ENOSPC);
  }));

test("a session goes on with another connection, each request executed once", () =>
  withServer(new MemoryProvider(), async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 60_000 });
    const { session, token } = hello;
    const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
    await peer.ask("lock", { fh, kind: 1, type: 1, owner: "a" });
    const mkdir = peer.send("mkdir", { path: "/d", mode: 0o755 });
    await peer.answer(mkdir);
    peer.transport.destroy();
    await peer.gone;
    while (server.stats().parked !== 1) await new Promise((resolve) => setTimeout(resolve));
    assert.equal(server.stats().handles, 1);

    const { peer: again, hello: back } = await Peer2.open(connect(server), {
      id: 900,
      resume: 60_000,
      session,
      token,
    });
    assert.equal(back.resumed, true);
    assert.deepEqual(back.session, session);
    // The answer to this one was lost, or so it says: it is not EEXIST.
    const repeated = await again.ask("mkdir", { id: mkdir, path: "/d", mode: 0o755 });
    assert.equal(repeated.err, 0);
    // This one only asks, and is asked again.
    assert.equal((await again.ask("lookup", { id: mkdir - 1, path: "/d" })).err, 0);
    const written = await again.ask("write", { id: 1000, fh, data: text.encode("still mine") });
    assert.equal(written.written, 10);
    const { peer: other } = await Peer2.open(connect(server));
    const { fh: theirs } = await other.ask("open", { path: "/f", flags: O_RDWR });
    const lock = { fh: theirs, kind: 1, type: 1, owner: "b" };
    assert.equal((await other.ask("lock", lock)).err, -ERRNO.EAGAIN);
    // From here on it is too late to repeat anything.
    again.raw(frame2("mkdir", { id: mkdir, path: "/d" }));
    await again.gone;
  }));

test("a request that was on its way when the connection was lost is answered when it is done", async () => {
  const slow = new SlowProvider((name) => name === "mkdir");
  await withServer(slow.provider, async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 60_000 });
    const id = peer.send("mkdir", { path: "/d", mode: 0o755 });
    await slow.waitFor(1);
    peer.transport.destroy();
    await peer.gone;
    const { session, token } = hello;
    const { peer: again } = await Peer2.open(connect(server), { id: 900, session, token });
    const repeated = again.send("mkdir", { id, path: "/d", mode: 0o755 });
    await again.ask("ping", { id: 1000 });
    slow.held[0]!.go();
    assert.equal((await again.answer(repeated)).err, 0);
    assert.equal(slow.held.length, 1);
  });
});

test("what was answered since a session went on is not answered again when it is repeated", async () => {
  const slow = new SlowProvider((name) => name === "mkdir" || name === "lookup");
  await withServer(slow.provider, async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 60_000 });
    const mkdir = peer.send("mkdir", { path: "/d", mode: 0o755 });
    const lookup = peer.send("lookup", { path: "/" });
    await slow.waitFor(2);
    const { session, token } = hello;
    const { peer: again } = await Peer2.open(connect(server), { id: 900, session, token });
    // Both are done between the hello and their repetition.
    for (const held of slow.held) held.go();
    assert.equal((await again.answer(mkdir)).err, 0);
    assert.equal((await again.answer(lookup)).err, 0);
    again.send("mkdir", { id: mkdir, path: "/d", mode: 0o755 });
    again.send("lookup", { id: lookup, path: "/" });
    await again.ask("ping", { id: 1000 });
    const ids = again.answers.map(({ id }) => Number(id)).sort((a, b) => a - b);
    assert.deepEqual(ids, [mkdir, lookup, 900, 1000]);
    assert.equal(slow.held.length, 2);
  });
});

test("an answer that is too old to be kept is ESTALE, not a second execution", () =>
  withServer(new MemoryProvider(), async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 60_000 });
    const first = peer.send("mkdir", { path: "/0", mode: 0o755 });
    for (let i = 1; i <= 4; i++) await peer.ask("mkdir", { path: `/${i}`, mode: 0o755 });
    peer.transport.destroy();
    await peer.gone;
    const { session, token } = hello;
    const { peer: again } = await Peer2.open(connect(server), { id: 900, session, token });
    const repeated = await again.ask("mkdir", { id: first, path: "/0", mode: 0o755 });
    assert.equal(repeated.err, -ERRNO.ESTALE);
    for (let i = 1; i <= 4; i++) {
      assert.equal((await again.ask("mkdir", { id: first + i, path: `/${i}` })).err, 0);
    }
  }, { limits: { inflight: 4 } }));

test("a session is taken over while its old connection still seems alive", () =>
  withServer(tree(), async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 60_000 });
    const { fh } = await peer.ask("open", { path: "/a.txt" });
    await peer.ask("subscribe", { path: "/" });
    const { session, token } = hello;
    const { peer: again } = await Peer2.open(connect(server), { id: 900, session, token });
    await peer.gone;
    assert.deepEqual(changes(await again.notice()), [[3, "/"]]);
    assert.equal((await again.ask("read", { id: 1000, fh, sz: 9 })).data.length, 5);
    assert.equal(server.stats().handles, 1);
  }));

test("a session needs its token, and is gone after its time", () =>
  withServer(tree(), async (server) => {
    const { peer, hello } = await Peer2.open(connect(server), { resume: 1 });
    await peer.ask("open", { path: "/a.txt" });
    const { session } = hello;
    const wrong = { id: 900, session, token: new Uint8Array(32) };
    const { hello: refused } = await Peer2.open(connect(server), wrong);
    assert.equal(refused.resumed, false);
    assert.notDeepEqual(refused.session, session);
    peer.transport.destroy();
    while (server.stats().handles > 0) await new Promise((resolve) => setTimeout(resolve));
    const { hello: late } = await Peer2.open(connect(server), { ...wrong, token: hello.token });
    assert.equal(late.resumed, false);
    assert.equal(server.stats().parked, 0);
  }));

test("a session that did not ask to be kept, or said goodbye, is gone at once", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    await peer.ask("open", { path: "/a.txt" });
    peer.transport.destroy();
    while (server.stats().handles > 0) await new Promise((resolve) => setTimeout(resolve));
    const { peer: polite } = await Peer2.open(connect(server), { resume: 60_000 });
    await polite.ask("open", { path: "/a.txt" });
    assert.equal((await polite.ask("goodbye")).err, 0);
    await polite.gone;
    while (server.stats().handles > 0) await new Promise((resolve) => setTimeout(resolve));
    assert.equal(server.stats().parked, 0);
  }));

test("only so many sessions wait to be resumed: the oldest ends", () =>
  withServer(tree(), async (server) => {
    for (let i = 0; i < 5; i++) {
      const { peer } = await Peer2.open(connect(server), { resume: 60_000 });
      await peer.ask("open", { path: "/a.txt" });
      peer.transport.destroy();
      await peer.gone;
      while (server.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve));
    }
    assert.equal(server.stats().parked, 2);
    assert.equal(server.stats().handles, 2);
  }, { limits: { resumableSessions: 2 } }));

test("stop() ends sessions that wait to be resumed, and drains those that are there", async () => {
  const slow = new SlowProvider((name) => name === "mkdir");
  const server = new VfsServer(slow.provider);
  const { peer: gone } = await Peer2.open(connect(server), { resume: 60_000 });
  gone.transport.destroy();
  await gone.gone;
  const { peer } = await Peer2.open(connect(server), { resume: 60_000 });
  const id = peer.send("mkdir", { path: "/d", mode: 0o755 });
  await slow.waitFor(1);
  const stopped = server.stop();
  slow.held[0]!.go();
  assert.equal((await peer.answer(id)).err, 0);
  await stopped;
  assert.deepEqual([server.stats().parked, server.stats().connections], [0, 0]);
});

test("what a peer sends halfway through is not executed", () =>
  withServer(tree(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const frame = frame2("mkdir", { id: 50, path: "/never", mode: 0o755 });
    peer.raw(frame.subarray(0, frame.length - 1));
    peer.transport.end();
    await peer.gone;
    const { peer: other } = await Peer2.open(connect(server));
    assert.equal((await other.ask("lookup", { path: "/never" })).err, -ERRNO.ENOENT);
  }));

test("open creates and describes in one step", () =>
  withServer(new MemoryProvider(), async (server) => {
    const { peer } = await Peer2.open(connect(server));
    const flags = O_RDWR | O_CREAT | O_TRUNC;
    const { attr, fh } = await peer.ask("open", { path: "/f", flags, mode: 0o600, plus: true });
    assert.equal(attr?.mode, 0o100600);
    assert.equal((await peer.ask("getattr", { fh })).attr?.ino, attr?.ino);
    await peer.ask("unlink", { path: "/f" });
    assert.equal((await peer.ask("getattr", { fh })).attr?.nlink, 0);
  }));

function changes(answer: { changes: { kind: number; path: string }[] }): (string | number)[][] {
  return answer.changes.map(({ kind, path }) => [kind, path]);
}
