/** The protocol cases of the list of attacks and faults, for version 2. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "cborg";
import {
  ERRNO,
  type ErrnoCode,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  type Provider,
} from "../src/fs/mod.ts";
import { OP, type OperationName, type WireRequest2 } from "../src/protocol/mod.ts";
import { MemoryProvider, readonly } from "../src/providers/mod.ts";
import { VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import { MemoryTransport, type PairOptions } from "./_memory_transport.ts";
import { frame2, Peer2 } from "./_peer2.ts";
import { SlowProvider } from "./_slow_provider.ts";

interface Kit {
  readonly server: VfsServer;
  readonly peer: Peer2;
  readonly here: MemoryTransport;
  connect(options?: PairOptions): Promise<{ peer: Peer2; here: MemoryTransport }>;
}

/** Serves a tree to a peer that has said hello. */
async function serving(
  run: (kit: Kit) => Promise<void>,
  options: VfsServerOptions = {},
  provider: Provider = MemoryProvider.from({ "f": "content", "d": {} }),
): Promise<void> {
  const server = new VfsServer(provider, options);
  const connect = async (pair: PairOptions = {}) => {
    const [here, there] = MemoryTransport.pair(pair);
    void server.handleConnection(there);
    const { peer } = await Peer2.open(here);
    return { peer, here };
  };
  try {
    await run({ server, connect, ...await connect() });
  } finally {
    await server.stop();
  }
}

/** A frame around a body. */
function framed(body: Uint8Array | readonly number[]): Uint8Array {
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

function cbor(value: unknown): Uint8Array {
  return framed(encode(value));
}

const MKDIR = { op: OP.mkdir, path: "/made", mode: 0o755 };

/** After these bytes the server hangs up, and has done nothing of what came after what is valid. */
async function hangsUp(bytes: Uint8Array): Promise<void> {
  await serving(async ({ peer, server, connect }) => {
    peer.raw(bytes);
    peer.raw(frame2("mkdir", { ...MKDIR, id: 1000 }));
    await peer.gone;
    assert.equal(server.stats().aborted, 1);
    const { peer: other } = await connect();
    assert.equal((await other.ask("lookup", { path: "/made" })).err, -ERRNO.ENOENT);
  });
}

async function fails(
  peer: Peer2,
  code: ErrnoCode,
  name: OperationName | number,
  fields: Partial<WireRequest2> = {},
): Promise<void> {
  const { err } = await peer.ask(name, fields);
  assert.equal(err, -ERRNO[code], `${name} ${JSON.stringify(fields, printable)}`);
}

function printable(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

test("fault 1 (version 2): a frame of length 0 ends the connection", () =>
  hangsUp(new Uint8Array(4)));

test("fault 2 (version 2): a frame over the limit ends the connection before it arrives", () =>
  hangsUp(new Uint8Array([0xff, 0xff, 0xff, 0xff])));

test("fault 3 (version 2): a frame in pieces of one byte works", async () => {
  await serving(async ({ connect }) => {
    const { peer } = await connect({ chunk: 1 });
    assert.equal((await peer.ask("mkdir", MKDIR)).err, 0);
  });
});

test("fault 4 (version 2): a frame that ends too early is not executed", async () => {
  const frame = frame2("mkdir", { ...MKDIR, id: 99 });
  for (const length of [3, 4, 5, frame.length - 1]) {
    await serving(async ({ peer, here, connect }) => {
      peer.raw(frame.subarray(0, length));
      here.halfClose();
      await peer.gone;
      const { peer: other } = await connect();
      await fails(other, "ENOENT", "lookup", { path: "/made" });
    });
  }
});

test("fault 5 (version 2): a frame that does not become complete ends the connection", async () => {
  await serving(async ({ peer, connect }) => {
    peer.raw(frame2("ping", { id: 99 }).subarray(0, 6));
    await peer.gone;
    const { peer: other } = await connect();
    assert.equal((await other.ask("ping")).err, 0);
  }, { limits: { frameMs: 20 } });
});

test("fault 6 (version 2): 100 frames in one segment are answered", async () => {
  await serving(async ({ peer }) => {
    const ids = Array.from({ length: 100 }, (_, i) => 100 + i);
    const frames = ids.map((id) => frame2("lookup", { id, path: "/f" }));
    peer.raw(Uint8Array.from(frames.flatMap((frame) => [...frame])));
    for (const id of ids) assert.equal((await peer.answer(id)).err, 0);
  });
});

test("fault 7 (version 2): invalid CBOR ends the connection", () => hangsUp(framed([0xff])));

test("fault 8 (version 2): a million levels of nesting are refused", () => {
  const body = new Uint8Array(1_000_004).fill(0x81);
  body.set([0xa1, 0x62, 0x7a, 0x7a]);
  return hangsUp(framed(body));
});

test("fault 9 (version 2): indefinite lengths are refused", async () => {
  await hangsUp(framed([0xbf, 0xff]));
  await hangsUp(framed([0xa1, 0x64, 0x70, 0x61, 0x74, 0x68, 0x7f, 0x61, 0x2f, 0xff]));
});

test("fault 10 (version 2): a key that comes twice is refused", () =>
  hangsUp(framed([0xa2, 0x62, 0x69, 0x64, 0x05, 0x62, 0x69, 0x64, 0x06])));

test("fault 11 (version 2): unknown keys are ignored, up to a number of them", async () => {
  const unknown = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`unknown${i}`, [{ a: i }]]));
  await serving(async ({ peer }) => {
    peer.raw(cbor({ op: OP.ping, id: 50, ...unknown(16) }));
    assert.equal((await peer.answer(50)).err, 0);
  });
  await hangsUp(cbor({ op: OP.ping, id: 50, ...unknown(17) }));
});

test("fault 12 (version 2): a field of the wrong type is EINVAL", async () => {
  const wrong: Record<string, unknown>[] = [
    { path: 5 },
    { sz: "x" },
    { data: "text" },
    { plus: 1 },
    { atime: [1] },
    { atime: ["a", "b"] },
    { mtime: 5 },
    { owner: new Uint8Array(1) },
    { features: "notify" },
    { features: [1] },
    { target: -1 },
    { len: 1.5 },
    { fh2: [] },
    { wait: null },
  ];
  await serving(async ({ peer }) => {
    for (const [i, fields] of wrong.entries()) {
      peer.raw(cbor({ op: OP.ping, id: 50 + i, ...fields }));
      assert.equal((await peer.answer(50 + i)).err, -ERRNO.EINVAL, JSON.stringify(fields));
    }
  });
});

test("fault 13 (version 2): bytes after the map end the connection", () =>
  hangsUp(framed([...encode({ id: 50, op: OP.ping }), 0])));

test("fault 14 (version 2): long integers are EINVAL; an id that is none ends the connection", async () => {
  await serving(async ({ peer }) => {
    peer.raw(framed([0xa2, 0x62, 0x6f, 0x70, 0x19, 0, OP.ping, 0x62, 0x69, 0x64, 0x18, 50]));
    assert.equal((await peer.answer(50)).err, -ERRNO.EINVAL);
  });
  await hangsUp(cbor({ op: OP.ping, id: 5.5 }));
  await hangsUp(cbor({ op: OP.ping, id: 2n ** 60n }));
});

test("fault 15 (version 2): keys with a meaning for JavaScript are unknown keys", async () => {
  await serving(async ({ peer }) => {
    peer.raw(
      cbor(
        new Map<string, unknown>([["__proto__", { err: 1 }], ["constructor", 1], ["op", OP.ping], [
          "id",
          50,
        ]]),
      ),
    );
    assert.equal((await peer.answer(50)).err, 0);
  });
});

test("fault 16 (version 2): tags are refused", () =>
  hangsUp(framed([0xa1, 0x62, 0x7a, 0x7a, 0xc2, 0x41, 0x01])));

test("fault 17 (version 2): an unknown operation is ENOSYS, and the connection lives", async () => {
  await serving(async ({ peer }) => {
    for (const op of [20, 31, 52, 0xffff_ffff]) await fails(peer, "ENOSYS", op, { path: "/f" });
    assert.equal((await peer.ask("ping")).err, 0);
  });
});

test("fault 18 (version 2): a key in another case is an unknown key", async () => {
  await serving(async ({ peer }) => {
    peer.raw(cbor({ op: OP.lookup, id: 50, Path: "/f" }));
    assert.equal((await peer.answer(50)).err, -ERRNO.ENOENT);
  });
});

test("faults 19 to 24 (version 2): sizes and offsets that cannot be", async () => {
  await serving(async ({ peer }) => {
    const { fh } = await peer.ask("open", { path: "/f", flags: O_RDWR });
    await fails(peer, "EINVAL", "read", { fh, sz: 0xffff_ffff });
    assert.equal((await peer.ask("read", { fh })).data.length, 0);
    const far = 2n ** 53n;
    for (const off of [-1, far, 2n ** 63n - 1n]) {
      await fails(peer, "EINVAL", "read", { fh, off, sz: 1 });
      await fails(peer, "EINVAL", "write", { fh, off, data: new Uint8Array(1) });
      await fails(peer, "EINVAL", "truncate", { fh, off });
      await fails(peer, "EINVAL", "truncate", { path: "/f", off });
      await fails(peer, "EINVAL", "setattr", { path: "/f", mask: 8, size: off });
      await fails(peer, "EINVAL", "allocate", { fh, off, len: 1 });
      await fails(peer, "EINVAL", "allocate", { fh, len: off });
      await fails(peer, "EINVAL", "seek", { fh, off, whence: 3 });
      await fails(peer, "EINVAL", "lock", { fh, off });
      await fails(peer, "EINVAL", "copyrange", { fh, off, fh2: fh, len: 1 });
      await fails(peer, "EINVAL", "copyrange", { fh, off2: off, fh2: fh, len: 1 });
    }
    const last = Number.MAX_SAFE_INTEGER;
    await fails(peer, "EFBIG", "read", { fh, off: last, sz: 1 });
    await fails(peer, "EFBIG", "write", { fh, off: last, data: new Uint8Array(1) });
    await fails(peer, "EFBIG", "allocate", { fh, off: last, len: 1 });
    await fails(peer, "EFBIG", "lock", { fh, off: last, len: 1 });
    await fails(peer, "EINVAL", "allocate", { fh });
    await fails(peer, "EINVAL", "write", { fh, data: new Uint8Array((1 << 20) + 1) });
    await fails(peer, "E2BIG", "setxattr", {
      path: "/f",
      name: "user.a",
      data: new Uint8Array(65_537),
    });
    assert.equal((await peer.ask("read", { fh, sz: 100 })).data.length, 7);
  });
});

test("faults 25 to 28 (version 2): handles that are none, of others, and closed", async () => {
  await serving(async ({ peer, connect }) => {
    const { fh } = await peer.ask("open", { path: "/f" });
    const { peer: other } = await connect();
    const all: [OperationName, Partial<WireRequest2>][] = [
      ["read", { sz: 1 }],
      ["write", { data: new Uint8Array(1) }],
      ["getattr", {}],
      ["setattr", { mask: 1 }],
      ["truncate", {}],
      ["fsync", {}],
      ["datasync", {}],
      ["readdir", {}],
      ["allocate", { len: 1 }],
      ["seek", { whence: 3 }],
      ["copyrange", { fh2: fh, len: 1 }],
      ["lock", {}],
      ["getlock", {}],
    ];
    for (const number of [0, 77, 2n ** 64n - 1n]) {
      for (const [name, fields] of all) await fails(peer, "EBADF", name, { ...fields, fh: number });
    }
    for (const [name, fields] of all) await fails(other, "EBADF", name, { ...fields, fh });
    await fails(peer, "EBADF", "copyrange", { fh, fh2: 77, len: 1 });
    for (let i = 0; i < 2; i++) assert.equal((await peer.ask("release", { fh })).err, 0);
    const { fh: next } = await peer.ask("open", { path: "/d", flags: O_DIRECTORY });
    assert.notEqual(next, fh);
    await fails(peer, "EBADF", "read", { fh, sz: 1 });
  });
});

test("fault 29 (version 2): too many handles are EMFILE, and other connections still open files", async () => {
  await serving(async ({ peer, connect }) => {
    for (let i = 0; i < 10; i++) assert.equal((await peer.ask("open", { path: "/f" })).err, 0);
    await fails(peer, "EMFILE", "open", { path: "/f" });
    await fails(peer, "EMFILE", "opendir", { path: "/d" });
    await fails(peer, "EMFILE", "create", { path: "/new" });
    await fails(peer, "ENOENT", "lookup", { path: "/new" });
    const { peer: other } = await connect();
    assert.equal((await other.ask("open", { path: "/f" })).err, 0);
    for (let i = 0; i < 9; i++) await other.ask("open", { path: "/f" });
    await fails(other, "EMFILE", "open", { path: "/f" });
  }, { limits: { handlesPerConnection: 10, handles: 20 } });
});

test("fault 30 (version 2): handles are closed when the connection ends without releasing them", async () => {
  await serving(async ({ peer, here, server }) => {
    await peer.ask("open", { path: "/f" });
    await peer.ask("opendir", { path: "/d" });
    here.destroy();
    while (server.stats().handles > 0) await new Promise((resolve) => setTimeout(resolve));
  });
});

test("faults 31 and 32 (version 2): what a handle is not open for", async () => {
  await serving(async ({ peer }) => {
    const read = (await peer.ask("open", { path: "/f", flags: O_RDONLY })).fh;
    const write = (await peer.ask("open", { path: "/f", flags: O_WRONLY })).fh;
    const list = (await peer.ask("opendir", { path: "/d" })).fh;
    await fails(peer, "EBADF", "read", { fh: write, sz: 1 });
    await fails(peer, "EBADF", "write", { fh: read, data: new Uint8Array(1) });
    await fails(peer, "EBADF", "allocate", { fh: read, len: 1 });
    await fails(peer, "EBADF", "copyrange", { fh: read, fh2: read, len: 1 });
    await fails(peer, "EBADF", "copyrange", { fh: write, fh2: write, len: 1 });
    await fails(peer, "EINVAL", "truncate", { fh: read });
    await fails(peer, "EINVAL", "setattr", { fh: read, mask: 8 });
    await fails(peer, "EISDIR", "read", { fh: list, sz: 1 });
    await fails(peer, "EBADF", "write", { fh: list, data: new Uint8Array(1) });
    await fails(peer, "ENOTDIR", "readdir", { fh: read });
  });
});

test("fault 33 (version 2): open flags that cannot be are EINVAL", async () => {
  await serving(async ({ peer }) => {
    for (
      const flags of [3, O_PATH, O_TMPFILE, O_TMPFILE | O_CREAT | O_RDWR, O_CREAT | O_DIRECTORY]
    ) {
      await fails(peer, "EINVAL", "open", { path: "/f", flags });
    }
    assert.equal((await peer.ask("open", { path: "/f", flags: 0x4000 | O_RDWR })).err, 0);
    await fails(peer, "EINVAL", "rename", { path: "/f", new_path: "/g", flags: 4 });
    await fails(peer, "EINVAL", "setxattr", { path: "/f", name: "user.a", flags: 8 });
    await fails(peer, "EINVAL", "seek", { path: "", fh: 1, whence: 0 });
    await fails(peer, "EINVAL", "lock", { fh: 1, kind: 2 });
    await fails(peer, "EINVAL", "lock", { fh: 1, type: 3 });
    await fails(peer, "EINVAL", "getlock", { fh: 1, type: 2 });
    await fails(peer, "EINVAL", "lock", { fh: 1, owner: "x".repeat(2000) });
  });
});

test("fault 34 (version 2): a peer that does not read is not read from any more", async () => {
  await serving(async ({ connect, server }) => {
    const { peer, here } = await connect({ capacity: 65_536 });
    const { fh } = await peer.ask("open", { path: "/f", flags: O_RDWR });
    await peer.ask("truncate", { fh, off: 100_000 });
    here.pause();
    const before = server.stats().requests;
    let sent = 0;
    try {
      for (; sent < 10_000; sent++) {
        peer.send("read", { fh, sz: 100_000 });
        if (sent % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    } catch {
      // The transport is full: the server does not read.
    }
    assert.ok(sent < 10_000);
    assert.ok(server.stats().requests - before < 20);
  });
});

test("fault 35 (version 2): the answer reaches a peer that has closed its half", async () => {
  const slow = new SlowProvider((name) => name === "mkdir");
  await serving(
    async ({ peer, here }) => {
      const id = peer.send("mkdir", MKDIR);
      await slow.waitFor(1);
      here.halfClose();
      slow.held[0]!.go();
      assert.equal((await peer.answer(id)).err, 0);
      await peer.gone;
    },
    {},
    slow.provider,
  );
});

test("fault 37 (version 2): 10,000 connections are cut to the limit, those accepted are served", async () => {
  await serving(async ({ peer, server, connect }) => {
    const peers = [peer];
    for (let i = 1; i < 64; i++) peers.push((await connect()).peer);
    for (let i = 64; i < 10_000; i++) {
      await assert.rejects(connect(), { message: "The connection is gone" });
    }
    assert.equal(server.stats().accepted, 64);
    assert.equal(server.stats().refused, 9_936);
    for (const each of peers) assert.equal((await each.ask("lookup", { path: "/f" })).err, 0);
    await peer.ask("goodbye");
    await peer.gone;
    while (server.stats().connections === 64) await new Promise((resolve) => setTimeout(resolve));
    const { peer: next } = await connect();
    assert.equal((await next.ask("lookup", { path: "/f" })).err, 0);
  });
});

test("fault 39 (version 2): an answer that does not fit into a frame is EOVERFLOW, or in pages", async () => {
  const tree = new MemoryProvider();
  tree.mkdir("/d", 0o755);
  for (let i = 0; i < 500; i++) tree.writeFile(`/d/${String(i).padEnd(200, "x")}`, "");
  tree.setxattr("/d", "user.large", new Uint8Array(60_000));
  await serving(
    async ({ peer }) => {
      await fails(peer, "EOVERFLOW", "readdir", { path: "/d" });
      await fails(peer, "EOVERFLOW", "getxattr", { path: "/d", name: "user.large" });
      const { fh } = await peer.ask("opendir", { path: "/d" });
      let count = 0;
      for (let cursor = 0;;) {
        const { err, page } = await peer.ask("readdir", { fh, cursor, plus: true });
        assert.equal(err, 0);
        if (page.length === 0) break;
        count += page.length;
        cursor = Number(page.at(-1)!.cursor);
      }
      assert.equal(count, 500);
    },
    { limits: { replyBytes: 20_000 } },
    tree,
  );
});

test("fault 40 (version 2): uid, gid and pid are passed on as a claim", async () => {
  const slow = new SlowProvider((name) => name === "lookup");
  await serving(
    async ({ peer }) => {
      const id = peer.send("lookup", { path: "/f", uid: 7, gid: 8, pid: 9 });
      await slow.waitFor(1);
      const { context } = slow.held[0]!;
      assert.deepEqual([context?.uid, context?.gid, context?.pid], [7, 8, 9]);
      assert.match(context!.origin, /^wire:\d+$/);
      slow.held[0]!.go();
      await peer.answer(id);
    },
    {},
    slow.provider,
  );
});

test("faults 41 to 50 (version 2): names that cannot be, wherever a name can be", async () => {
  const long = "n".repeat(256);
  const bad: [string, ErrnoCode][] = [
    ["/a\0b", "EINVAL"],
    ["", "ENOENT"],
    [`/${long}`, "ENAMETOOLONG"],
    [`/${"ü".repeat(128)}`, "ENAMETOOLONG"],
    [`/${"a/".repeat(2048)}b`, "ENAMETOOLONG"],
    ["/f/", "ENOTDIR"],
    ["/f/.", "ENOTDIR"],
  ];
  await serving(async ({ peer }) => {
    for (const [path, code] of bad) {
      for (const name of ["lookup", "opendir", "listxattr", "statfs", "removeall"] as const) {
        await fails(peer, code, name, { path });
      }
      if (path.startsWith("/f")) continue;
      for (const name of ["mkdir", "mknod", "mkdirall"] as const) {
        await fails(peer, code, name, { path });
      }
      for (const name of ["link", "rename"] as const) {
        await fails(peer, code, name, { path: "/f", new_path: path });
      }
    }
    await fails(peer, "EINVAL", "symlink", { path: "/l", new_path: "a\0b" });
    await fails(peer, "ENAMETOOLONG", "symlink", { path: "/l", new_path: "t".repeat(4096) });
    await fails(peer, "EINVAL", "getxattr", { path: "/f", name: "user.\0" });
    await fails(peer, "ERANGE", "getxattr", { path: "/f", name: `user.${long}` });
    for (const path of ["/..", "/../..", "/a/../../.."]) {
      const { attr } = await peer.ask("lookup", { path });
      assert.equal(attr?.ino, (await peer.ask("lookup", { path: "/" })).attr?.ino);
    }
    for (const name of ["\n", "\\", ":", "-rf", "con", "proc/self/fd/3"]) {
      assert.equal((await peer.ask("mkdirall", { path: `/${name}`, mode: 0o755 })).err, 0);
      assert.equal((await peer.ask("lookup", { path: `/${name}` })).err, 0);
    }
    const invalid = cbor({ op: OP.lookup, id: 5000, path: "/\u00ff\u00ff" });
    // Two bytes of the path are no UTF-8 any more.
    invalid[invalid.length - 1] = 0xff;
    peer.raw(invalid);
    assert.equal((await peer.answer(5000)).err, -ERRNO.EILSEQ);
  });
});

test("fault 72 (version 2): a read-only tree refuses every change with EROFS", async () => {
  const tree = MemoryProvider.from({ "f": "x", "d": {} });
  await serving(
    async ({ peer }) => {
      const { fh } = await peer.ask("open", { path: "/f" });
      const changes: [OperationName, Partial<WireRequest2>][] = [
        ["setattr", { path: "/f", mask: 1 }],
        ["setattr", { path: "/f", mask: 8 }],
        ["setattr", { path: "/f", mask: 64 }],
        ["setattr", { fh, mask: 2 }],
        ["create", { path: "/f" }],
        ["open", { path: "/f", flags: O_RDWR }],
        ["open", { path: "/f", flags: O_RDONLY | O_TRUNC }],
        ["open", { path: "/new", flags: O_WRONLY | O_CREAT | O_APPEND }],
        ["mkdir", { path: "/new" }],
        ["mkdirall", { path: "/new/er" }],
        ["mknod", { path: "/new", mode: 0o010644 }],
        ["unlink", { path: "/f" }],
        ["rmdir", { path: "/d" }],
        ["removeall", { path: "/d" }],
        ["rename", { path: "/f", new_path: "/g" }],
        ["symlink", { path: "/l", new_path: "f" }],
        ["link", { path: "/f", new_path: "/g" }],
        ["truncate", { path: "/f" }],
        ["setxattr", { path: "/f", name: "user.a" }],
        ["removexattr", { path: "/f", name: "user.a" }],
      ];
      for (const [name, fields] of changes) await fails(peer, "EROFS", name, fields);
      const { statfs } = await peer.ask("statfs", { path: "/" });
      assert.equal(statfs?.readonly, true);
      assert.equal((await peer.ask("read", { fh, sz: 1 })).data.length, 1);
    },
    {},
    readonly(tree),
  );
});

test("fault 107 (version 2): a client that goes in the middle of a write has written nothing", async () => {
  await serving(async ({ peer, here, connect }) => {
    const { fh } = await peer.ask("open", { path: "/f", flags: O_RDWR });
    const frame = frame2("write", { id: 99, fh, data: new Uint8Array(5) });
    peer.raw(frame.subarray(0, frame.length - 1));
    here.end();
    await peer.gone;
    const { peer: other } = await connect();
    const { fh: again } = await other.ask("open", { path: "/f" });
    const { data } = await other.ask("read", { fh: again, sz: 10 });
    assert.equal(new TextDecoder().decode(data), "content");
  });
});

test("fault 111 (version 2): what a provider does with the data of a write harms no other request", async () => {
  const seen: Uint8Array[] = [];
  const slow = new SlowProvider((name) => name === "handle.writeAt");
  await serving(
    async ({ peer }) => {
      const { fh } = await peer.ask("create", { path: "/f", mode: 0o644 });
      const ids = [1, 2, 3].map((byte) =>
        peer.send("write", { fh, off: byte * 10, data: new Uint8Array(10).fill(byte) })
      );
      for (let i = 0; i < 3; i++) {
        await slow.waitFor(i + 1);
        await peer.ask("ping");
        slow.held[i]!.go();
        await peer.answer(ids[i]!);
      }
      seen.push((await peer.ask("read", { fh, off: 10, sz: 30 })).data.slice());
    },
    {},
    slow.provider,
  );
  assert.deepEqual([...seen[0]!], [1, 2, 3].flatMap((byte) => Array(10).fill(byte)));
});

test("fault 113 (version 2): a provider that returns nonsense is EIO, and no more", async () => {
  const faults: string[] = [];
  const nonsense = new Proxy(new MemoryProvider(), {
    get: (target, key) => {
      if (key === "readonly") return false;
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function" || key === "then") return value;
      return key === "stat" ? () => Promise.reject("no error") : () => ({ nothing: true });
    },
  });
  await serving(
    async ({ peer }) => {
      for (
        const name of [
          "lookup",
          "open",
          "opendir",
          "getxattr",
          "listxattr",
          "readlink",
          "statfs",
        ] as const
      ) {
        await fails(peer, "EIO", name, { path: "/f", name: "user.a" });
      }
      await fails(peer, "EIO", "fsync", { path: "/f" });
      assert.equal((await peer.ask("ping")).err, 0);
    },
    {
      onEvent: (event) => {
        if (event.type === "fault") faults.push(event.operation);
      },
    },
    nonsense,
  );
  assert.ok(faults.length >= 8);
});
