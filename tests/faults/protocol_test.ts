import { strict as assert } from "node:assert";
import { test } from "node:test";
import { encode } from "cborg";
import {
  ERRNO,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from "../../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import { type Connected, errnoOf, serving } from "../_serving.ts";
import { frameOf, joined, type Peer } from "../_peer.ts";

const MKDIR = frameOf("mkdir", { path: "/w/made", mode: 0o755 });
const GETATTR = frameOf("getattr", { path: "/w" });

/** A frame with this body. */
function frame(body: Uint8Array | number[]): Uint8Array {
  return Uint8Array.of(0, 0, body.length >> 8, body.length & 255, ...body);
}

function text(value: string): number[] {
  return [0x60 | value.length, ...new TextEncoder().encode(value)];
}

/** Sends bytes after which the server must hang up without having done anything. */
async function hangsUp(bytes: Uint8Array): Promise<void> {
  await serving(async ({ connect, server }) => {
    const peer = connect();
    await peer.raw(bytes);
    assert.equal(await peer.body(), undefined);
    await peer.served;
    assert.equal(server.stats().aborted, 1);
    const other = connect();
    assert.equal(await errnoOf(other, "getattr", { path: "/w/made" }), ERRNO.ENOENT);
  });
}

/** Sends a frame that must be answered with an errno, after which the connection lives. */
async function isAnswered(bytes: Uint8Array, errno: number): Promise<void> {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.raw(bytes);
    assert.equal((await peer.answer()).err, -errno);
    assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0);
    assert.equal(await errnoOf(peer, "getattr", { path: "/w/made" }), ERRNO.ENOENT);
  });
}

async function create(peer: Peer, path: string, data = ""): Promise<number> {
  const { fh, err } = await peer.ask("create", { path, mode: 0o644 });
  assert.equal(err, 0);
  if (data !== "") await peer.ask("write", { fh, data: new TextEncoder().encode(data) });
  return Number(fh);
}

test("fault 1: a frame of length 0 ends the connection", async () => {
  await hangsUp(Uint8Array.of(0, 0, 0, 0));
});

test("fault 2: a frame over the limit ends the connection before any of it arrives", async () => {
  const limit = (1 << 20) + (64 << 10);
  await hangsUp(Uint8Array.of(0, (limit + 1) >> 16, (limit + 1) >> 8 & 255, (limit + 1) & 255));
  await hangsUp(Uint8Array.of(255, 255, 255, 255));
});

test("fault 3: a frame in pieces of one byte works", async () => {
  await serving(async ({ connect }) => {
    const peer = connect({ chunk: 1 });
    assert.equal((await peer.ask("getattr", { path: "/w" })).err, 0);
    assert.equal((await peer.ask("mkdir", { path: "/w/d", mode: 0o700 })).err, 0);
  });
});

test("fault 4: a frame that ends too early is not executed", async () => {
  for (const length of [3, 4, 5, MKDIR.length - 1]) {
    await serving(async ({ connect }) => {
      const peer = connect();
      await peer.raw(MKDIR.subarray(0, length));
      peer.far.halfClose();
      assert.equal(await peer.body(), undefined);
      await peer.served;
      assert.equal(await errnoOf(connect(), "getattr", { path: "/w/made" }), ERRNO.ENOENT);
    });
  }
});

test("fault 5: a frame that does not become complete ends the connection at the deadline", async () => {
  await serving(async ({ connect, server }) => {
    const slow = connect();
    let gone = false;
    void slow.gone.then(() => gone = true);
    const other = connect();
    // A byte now and then does not help: the deadline counts from the first one.
    for (let i = 0; i < MKDIR.length - 1 && !gone; i++) {
      await slow.raw(MKDIR.subarray(i, i + 1));
      assert.equal(await errnoOf(other, "getattr", { path: "/w" }), 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await slow.served;
    assert.equal(server.stats().aborted, 1);
    assert.equal(await errnoOf(other, "getattr", { path: "/w/made" }), ERRNO.ENOENT);
  }, { frameMs: 100 });
});

test("fault 6: 100 frames in one segment are answered in order", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const frames = Array.from({ length: 50 }, (_, i) => [
      frameOf("mkdir", { path: `/w/${i}`, mode: 0o700 + i }),
      frameOf("getattr", { path: `/w/${i}` }),
    ]).flat();
    await peer.raw(joined(frames));
    for (let i = 0; i < 50; i++) {
      assert.equal((await peer.answer()).stat!.mode & 0o777, 0o700 + i);
      assert.equal((await peer.answer()).stat!.mode & 0o777, 0o700 + i);
    }
  });
});

test("fault 7: invalid CBOR ends the connection; what came before is answered, nothing after", async () => {
  await hangsUp(frame([0xa2, ...text("op"), 6, ...text("path"), 0x67, 0x2f]));
  await serving(async ({ connect }) => {
    const peer = connect();
    const bad = frame([0xa2, ...text("op"), 6, 0xff]);
    await peer.raw(joined([GETATTR, bad, MKDIR]));
    assert.equal((await peer.answer()).err, 0);
    assert.equal(await peer.body(), undefined);
    await peer.served;
    assert.equal(await errnoOf(connect(), "getattr", { path: "/w/made" }), ERRNO.ENOENT);
  });
});

test("fault 8: a million levels of nesting are refused", async () => {
  const body = new Uint8Array(1_000_010).fill(0x81);
  body.set([0xa2, ...text("op"), 1, ...text("x")]);
  const header = Uint8Array.of(0, body.length >> 16, body.length >> 8 & 255, body.length & 255);
  await hangsUp(joined([header, body]));
});

test("fault 9: indefinite lengths are refused", async () => {
  await hangsUp(frame([0xbf, ...text("op"), 6, ...text("path"), ...text("/w/made"), 0xff]));
  await hangsUp(frame([0xa2, ...text("op"), 6, ...text("path"), 0x7f, ...text("/w/made"), 0xff]));
  await hangsUp(frame([0xa2, ...text("op"), 4, ...text("data"), 0x5f, 0x41, 1, 0xff]));
});

test("fault 10: a key that comes twice is refused", async () => {
  await hangsUp(
    frame([0xa3, ...text("op"), 6, ...text("path"), ...text("/w/made"), ...text("op"), 6]),
  );
});

test("fault 11: unknown keys are ignored, up to a number of them", async () => {
  const extra = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, { deep: [i, null] }]));
  await isAnswered(frame(encode({ op: 1, path: "/w/none", ...extra(16) })), ERRNO.ENOENT);
  await hangsUp(frame(encode({ op: 6, path: "/w/made", ...extra(17) })));
});

test("fault 12: a field of the wrong type is EINVAL", async () => {
  const wrong: object[] = [
    { op: "mkdir", path: "/w/made" },
    { op: 6, path: 1 },
    { op: 6, path: new Uint8Array([0x2f]) },
    { op: 6, path: "/w/made", mode: "x" },
    { op: 6, path: "/w/made", mode: -1 },
    { op: 6, path: "/w/made", uid: 2 ** 32 },
    { op: 6, path: "/w/made", data: "text" },
    { op: 6, path: "/w/made", off: [] },
    { op: 6, path: "/w/made", fh: {} },
    { op: 6, path: "/w/made", new_path: null },
    { op: 6, path: "/w/made", flags: true },
    { path: "/w/made" },
  ];
  for (const message of wrong) await isAnswered(frame(encode(message)), ERRNO.EINVAL);
});

test("fault 13: bytes after the map end the connection", async () => {
  await hangsUp(frame([...MKDIR.subarray(4), 0]));
  await hangsUp(frame([...MKDIR.subarray(4), 0xa0]));
});

test("fault 14: long integers, floats and NaN are EINVAL", async () => {
  const path = [...text("path"), ...text("/w/made")];
  await isAnswered(frame([0xa2, ...text("op"), 0x18, 6, ...path]), ERRNO.EINVAL);
  await isAnswered(
    frame([0xa2, ...text("op"), 0x1b, 0, 0, 0, 0, 0, 0, 0, 6, ...path]),
    ERRNO.EINVAL,
  );
  await isAnswered(frame([0xa2, ...text("op"), 0xf9, 0x46, 0, ...path]), ERRNO.EINVAL);
  await isAnswered(
    frame([0xa3, ...text("op"), 6, ...path, ...text("mode"), 0xf9, 0x7e, 0]),
    ERRNO.EINVAL,
  );
});

test("fault 15: keys with a meaning for JavaScript are unknown keys like others", async () => {
  const proto = [...text("__proto__"), 0xa1, ...text("path"), ...text("/w")];
  await isAnswered(
    frame([0xa3, ...text("op"), 1, ...proto, ...text("constructor"), 1]),
    ERRNO.ENOENT,
  );
  assert.equal(({} as { path?: string }).path, undefined);
});

test("fault 16: tags and big numbers are refused", async () => {
  await hangsUp(frame([0xc0, ...MKDIR.subarray(4)]));
  await hangsUp(frame([0xa1, ...text("op"), 0xc2, 0x41, 6]));
  await hangsUp(frame([0xa2, ...text("op"), 6, ...text("x"), 0xc1, 0]));
});

test("fault 17: an unknown operation is ENOSYS, whatever its fields are", async () => {
  for (const op of [20, 31, 200, 255, 256, 2 ** 32 - 1]) {
    await isAnswered(frame(encode({ op, path: "/w/made" })), ERRNO.ENOSYS);
    await isAnswered(frame(encode({ op, path: 5, data: "x" })), ERRNO.ENOSYS);
  }
});

test("fault 18: a key in another case is an unknown key", async () => {
  // The reference server's decoder takes "Path" for "path"; nobody sends it.
  await isAnswered(frame(encode({ op: 6, Path: "/w/made", PATH: "/w/made" })), ERRNO.ENOENT);
});

test("fault 19: a read of 4 GiB is cut to the limit", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f");
    await peer.ask("truncate", { fh, off: 3 << 20 });
    const { data } = await peer.ask("read", { fh, sz: 2 ** 32 - 1 });
    assert.equal(data.length, 1 << 20);
  });
});

test("fault 20: a read of nothing gives nothing", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "hello");
    const { err, data } = await peer.ask("read", { fh, sz: 0 });
    assert.deepEqual([err, data.length], [0, 0]);
  });
});

test("fault 21: a negative offset is EINVAL", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "hello");
    for (const off of [-1, -(2n ** 53n), -(2n ** 63n)]) {
      assert.equal(await errnoOf(peer, "read", { fh, off, sz: 1 }), ERRNO.EINVAL);
      assert.equal(
        await errnoOf(peer, "write", { fh, off, data: new Uint8Array(1) }),
        ERRNO.EINVAL,
      );
    }
    assert.equal((await peer.ask("getattr", { path: "/w/f" })).stat!.size, 5);
  });
});

test("fault 22: a range beyond 2^53 is EINVAL or EFBIG, never a place nearby", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "hello");
    const data = new Uint8Array(2);
    for (const off of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      assert.equal(await errnoOf(peer, "read", { fh, off, sz: 1 }), ERRNO.EINVAL);
      assert.equal(await errnoOf(peer, "write", { fh, off, data }), ERRNO.EINVAL);
      assert.equal(await errnoOf(peer, "truncate", { fh, off }), ERRNO.EINVAL);
    }
    const last = Number.MAX_SAFE_INTEGER;
    assert.equal(await errnoOf(peer, "read", { fh, off: last, sz: 2 }), ERRNO.EFBIG);
    assert.equal(await errnoOf(peer, "write", { fh, off: last - 1, data }), ERRNO.EFBIG);
    assert.equal((await peer.ask("getattr", { path: "/w/f" })).stat!.size, 5);
  });
});

test("fault 23: truncate to a negative size is EINVAL", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "hello");
    assert.equal(await errnoOf(peer, "truncate", { path: "/w/f", off: -1 }), ERRNO.EINVAL);
    assert.equal(await errnoOf(peer, "truncate", { fh, off: -1 }), ERRNO.EINVAL);
    assert.equal((await peer.ask("getattr", { path: "/w/f" })).stat!.size, 5);
  });
});

test("fault 24: a write over the limit is EINVAL", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f");
    const data = new Uint8Array((1 << 20) + 1);
    assert.equal(await errnoOf(peer, "write", { fh, data }), ERRNO.EINVAL);
    assert.equal((await peer.ask("write", { fh, data: data.subarray(1) })).written, 1 << 20);
  });
});

test("fault 25: a handle that does not exist is EBADF", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    for (const fh of [0, 1, 77, 2n ** 63n, 2n ** 64n - 1n]) {
      assert.equal(await errnoOf(peer, "read", { fh, sz: 1 }), ERRNO.EBADF);
      assert.equal(await errnoOf(peer, "write", { fh, data: new Uint8Array(1) }), ERRNO.EBADF);
      assert.equal(await errnoOf(peer, "fsync", { fh }), ERRNO.EBADF);
      assert.equal(await errnoOf(peer, "truncate", { fh, off: 1 }), ERRNO.EBADF);
    }
  });
});

test("fault 26: a handle of another connection is EBADF", async () => {
  await serving(async ({ connect }) => {
    const mine = connect();
    const other = connect();
    const fh = await create(mine, "/w/f", "secret");
    assert.equal(await errnoOf(other, "read", { fh, sz: 10 }), ERRNO.EBADF);
    assert.equal(await errnoOf(other, "release", { fh }), 0);
    assert.equal((await mine.ask("read", { fh, sz: 10 })).data.length, 6);
  });
});

test("fault 27: releasing twice does nothing to anybody", async () => {
  await serving(async ({ connect, server }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "one");
    assert.equal(await errnoOf(peer, "release", { fh }), 0);
    const next = await create(peer, "/w/g", "two");
    assert.notEqual(next, fh);
    assert.equal(await errnoOf(peer, "release", { fh }), 0);
    assert.equal((await peer.ask("read", { fh: next, sz: 10 })).data.length, 3);
    assert.equal(server.stats().handles, 1);
  });
});

test("fault 28: a read behind a release is EBADF, never another file", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const fh = await create(peer, "/w/f", "one");
    await create(peer, "/w/g", "two");
    await peer.raw(joined([
      frameOf("release", { fh }),
      frameOf("open", { path: "/w/g" }),
      frameOf("read", { fh, sz: 10 }),
    ]));
    await peer.answer();
    await peer.answer();
    assert.equal((await peer.answer()).err, -ERRNO.EBADF);
  });
});

test("fault 29: too many handles are EMFILE, and other connections still open files", async () => {
  await serving(async ({ connect }) => {
    const greedy = connect();
    const fh = await create(greedy, "/w/f");
    for (let i = 1; i < 100; i++) assert.equal(await errnoOf(greedy, "open", { path: "/w/f" }), 0);
    assert.equal(await errnoOf(greedy, "open", { path: "/w/f" }), ERRNO.EMFILE);
    assert.equal(await errnoOf(greedy, "create", { path: "/w/g" }), ERRNO.EMFILE);
    assert.equal(await errnoOf(greedy, "getattr", { path: "/w/g" }), ERRNO.ENOENT);
    const other = connect();
    for (let i = 0; i < 50; i++) assert.equal(await errnoOf(other, "open", { path: "/w/f" }), 0);
    assert.equal(await errnoOf(other, "open", { path: "/w/f" }), ERRNO.ENFILE);
    assert.equal(await errnoOf(greedy, "release", { fh }), 0);
    assert.equal(await errnoOf(other, "open", { path: "/w/f" }), 0);
  }, { handlesPerConnection: 100, handles: 150 });
});

test("fault 30: handles are closed when the connection ends without releasing them", async () => {
  await serving(async ({ connect, server, events }) => {
    const peer = connect();
    await create(peer, "/w/f");
    for (let i = 1; i < 20; i++) await peer.ask("open", { path: "/w/f" });
    assert.equal(server.stats().handles, 20);
    peer.far.destroy();
    await peer.served;
    assert.equal(server.stats().handles, 0);
    const closed = events.find((event) => event.type === "close");
    assert.equal(closed?.type === "close" && closed.handles, 20);
  });
});

test("fault 31: reading what is open for writing, and the reverse, is EBADF", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await create(peer, "/w/f", "hello");
    const { fh: writing } = await peer.ask("open", { path: "/w/f", flags: O_WRONLY });
    assert.equal(await errnoOf(peer, "read", { fh: writing, sz: 1 }), ERRNO.EBADF);
    const { fh: reading } = await peer.ask("open", { path: "/w/f", flags: O_RDONLY });
    const data = new Uint8Array(1);
    assert.equal(await errnoOf(peer, "write", { fh: reading, data }), ERRNO.EBADF);
    assert.equal(await errnoOf(peer, "truncate", { fh: reading, off: 0 }), ERRNO.EINVAL);
    assert.equal((await peer.ask("getattr", { path: "/w/f" })).stat!.size, 5);
  });
});

test("fault 32: a directory's handle cannot be read or written", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.ask("mkdir", { path: "/w/d", mode: 0o755 });
    const { fh, err } = await peer.ask("open", { path: "/w/d", flags: O_RDONLY });
    assert.equal(err, 0);
    assert.equal(await errnoOf(peer, "read", { fh, sz: 1 }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "write", { fh, data: new Uint8Array(1) }), ERRNO.EBADF);
  });
});

test("fault 33: open flags that mean nothing are left out, those that cannot be are EINVAL", async () => {
  const seen: number[] = [];
  class Watched extends MemoryProvider {
    override open(...args: Parameters<MemoryProvider["open"]>): ReturnType<MemoryProvider["open"]> {
      seen.push(args[1]);
      return super.open(...args);
    }
  }
  await serving(
    async ({ connect }) => {
      const peer = connect();
      const refused = [
        0o3, // Both access modes.
        0o10000000, // O_PATH
        0o20200000, // O_TMPFILE
        0o20200002,
        0o100 | 0o200000, // O_CREAT with O_DIRECTORY
      ];
      for (const flags of refused) {
        assert.equal(await errnoOf(peer, "open", { path: "/f", flags }), ERRNO.EINVAL);
      }
      assert.deepEqual(seen, []);
      // O_DIRECT, O_NONBLOCK, O_NOCTTY, O_LARGEFILE, O_CLOEXEC and bits that nobody knows.
      const noise = 0o40000 | 0o4000 | 0o400 | 0o100000 | 0o2000000 | 0o40000000 | 2 ** 31;
      const flags = (O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | noise) >>> 0;
      assert.equal(await errnoOf(peer, "open", { path: "/f", flags, mode: 0o644 }), 0);
      assert.deepEqual(seen, [O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_APPEND]);
      assert.equal(await errnoOf(peer, "open", { path: "/f", flags }), ERRNO.EEXIST);
    },
    {},
    new Watched(),
  );
});

test("fault 34: a peer that does not read is not read from any more", async () => {
  await serving(async ({ connect, server }) => {
    const peer = connect({ capacity: 256 << 10, chunk: 8192 });
    const fh = await create(peer, "/w/f");
    await peer.ask("truncate", { fh, off: 1 << 20 });
    peer.far.pause();
    const before = server.stats();
    const flood = Array.from({ length: 4000 }, () => frameOf("read", { fh, sz: 16_384 }));
    const sent = peer.raw(joined(flood));
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setTimeout(resolve));
    const { bytesOut, bytesIn } = server.stats();
    assert.ok(bytesOut - before.bytesOut < 1 << 20, `${bytesOut} bytes were sent`);
    assert.ok(bytesIn - before.bytesIn < 1 << 18, `${bytesIn} bytes were read`);
    assert.ok(peer.near.paused);
    peer.far.resume();
    await sent;
    for (let i = 0; i < flood.length; i++) {
      assert.equal((await peer.body())!.length, 16_384 + 14);
    }
  });
});

test("fault 35: the answer reaches a peer that has closed its half", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.raw(joined([GETATTR, MKDIR]));
    peer.far.halfClose();
    assert.equal((await peer.answer()).err, 0);
    assert.equal((await peer.answer()).err, 0);
    assert.equal(await peer.body(), undefined);
    await peer.served;
  });
});

test("fault 37: 10,000 connections are cut to the limit, and those that were accepted are served", async () => {
  await serving(async ({ connect, server }) => {
    const peers: Connected[] = [];
    for (let i = 0; i < 10_000; i++) peers.push(connect());
    assert.equal(server.stats().accepted, 64);
    assert.equal(server.stats().refused, 9_936);
    for (const peer of peers.slice(0, 64)) {
      assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0);
    }
    assert.equal(await peers[64]!.body(), undefined);
    peers[0]!.far.destroy();
    await peers[0]!.served;
    assert.equal(await errnoOf(connect(), "getattr", { path: "/w" }), 0);
  });
});

test("fault 39: an answer that does not fit into a frame is EOVERFLOW", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    for (let i = 0; i < 20; i++) {
      await peer.ask("mkdir", { path: `/w/${"n".repeat(100)}${i}`, mode: 0o755 });
    }
    assert.equal(await errnoOf(peer, "readdir", { path: "/w" }), ERRNO.EOVERFLOW);
    assert.equal(await errnoOf(peer, "getattr", { path: "/w" }), 0);
    await peer.ask("symlink", { path: "/w/l", new_path: "t".repeat(4095) });
    assert.equal(await errnoOf(peer, "readlink", { path: "/w/l" }), ERRNO.EOVERFLOW);
    await peer.ask("rmdir", { path: `/w/${"n".repeat(100)}0` });
    const fh = await create(peer, "/w/f");
    await peer.ask("truncate", { fh, off: 5000 });
    assert.equal(await errnoOf(peer, "read", { fh, sz: 4096 }), ERRNO.EOVERFLOW);
    assert.equal((await peer.ask("read", { fh, sz: 1000 })).data.length, 1000);
  }, { replyBytes: 2000 });
});

test("fault 40: uid and gid are passed on as a claim, and are worth nothing more", async () => {
  const seen: unknown[] = [];
  class Watched extends MemoryProvider {
    override mkdir(
      ...args: Parameters<MemoryProvider["mkdir"]>
    ): ReturnType<MemoryProvider["mkdir"]> {
      const { uid, gid, pid, origin } = args[2]!;
      seen.push({ uid, gid, pid, origin });
      return super.mkdir(...args);
    }
  }
  await serving(
    async ({ connect }) => {
      const peer = connect();
      await peer.ask("mkdir", { path: "/w/a", uid: 2 ** 32 - 1, gid: 5 });
      await peer.ask("mkdir", { path: "/w/b" });
      assert.deepEqual(seen, [
        { uid: 2 ** 32 - 1, gid: 5, pid: 0, origin: "wire:1" },
        { uid: 0, gid: 0, pid: 0, origin: "wire:1" },
      ]);
    },
    {},
    new MountRouter({ "/w": new Watched() }),
  );
});
