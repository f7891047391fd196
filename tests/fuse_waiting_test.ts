import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Awaitable,
  type DirPageEntry,
  ERRNO,
  type FileInfo,
  type Handle,
  type OpContext,
  type Provider,
  VfsError,
} from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import { Kernel, OP, readParts, setattrParts, u32, u64 } from "./_fuse_kernel.ts";

const ROOT = 1;

/** Lets everything run that is only waiting for its turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Waits until something is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A memory whose files are opened through a function of the test's. */
class Changed extends MemoryProvider {
  wrap: (handle: Handle) => Awaitable<Handle> = (handle) => handle;
  closed = 0;

  // deno-lint-ignore no-explicit-any
  override open(...args: any[]): any {
    // deno-lint-ignore no-explicit-any
    const handle = (super.open as any)(...args) as Handle;
    const close = handle.close.bind(handle);
    handle.close = () => {
      this.closed++;
      return close();
    };
    return this.wrap(handle);
  }
}

function started(
  provider: Provider,
  init?: ConstructorParameters<typeof Kernel>[1],
): Kernel {
  const kernel = new Kernel(provider, init);
  assert.equal(kernel.init().error, 0);
  return kernel;
}

/** A file whose reads and writes wait until the test lets them go on. */
function slowFile() {
  const provider = new Changed();
  const gates: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const gate = async <T>(operation: () => Awaitable<T>): Promise<T> => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => gates.push(resolve));
    running--;
    return await operation();
  };
  provider.wrap = (handle) => {
    const readAt = handle.readAt.bind(handle);
    const writeAt = handle.writeAt.bind(handle);
    handle.readAt = (buffer, offset) => gate(() => readAt(buffer, offset));
    handle.writeAt = (data, offset) => gate(() => writeAt(data, offset));
    return handle;
  };
  return { provider, gates, most: () => most };
}

test("FuseSession answers others while a provider thinks, and mixes nothing up", async () => {
  const { provider, gates } = slowFile();
  const kernel = started(provider);
  const { node, fh } = kernel.create(ROOT, "a");
  const head = [u64(fh), u64(0), u32(5), u32(0), u64(0), u32(0), u32(0)];
  const write = kernel.send(OP.write, node, ...head, new TextEncoder().encode("first"));
  assert.ok(!kernel.has(write));
  assert.equal(kernel.session.unsettled, 1);
  // Others use the buffers in the meantime.
  for (let i = 0; i < 20; i++) kernel.create(ROOT, `other${i}${"x".repeat(100)}`);
  gates.shift()!();
  await until(() => kernel.has(write));
  assert.equal(kernel.replyTo(write).u32(0), 5);
  const reads = [0, 1, 2].map((at) => kernel.send(OP.read, node, ...readParts(fh, at, 10)));
  for (const _ of reads) {
    await until(() => gates.length > 0);
    kernel.lookup(ROOT, "other3" + "x".repeat(100));
    gates.shift()!();
    await turn();
  }
  await until(() => reads.every((unique) => kernel.has(unique)));
  assert.deepEqual(reads.map((unique) => kernel.replyTo(unique).text), ["first", "irst", "rst"]);
  assert.equal(kernel.session.unsettled, 0);
  assert.equal(kernel.session.stats().pending, 0);
});

test("FuseSession runs one operation at a time on a handle", async () => {
  const { provider, gates, most } = slowFile();
  const kernel = started(provider);
  const { node, fh } = kernel.create(ROOT, "a");
  const reads = Array.from(
    { length: 5 },
    () => kernel.send(OP.read, node, ...readParts(fh, 0, 10)),
  );
  const release = kernel.send(OP.release, node, u64(fh), u32(0), u32(0), u64(0));
  for (let i = 0; i < reads.length; i++) {
    await until(() => gates.length > 0);
    assert.equal(provider.closed, 0, "closing waits for its turn");
    gates.shift()!();
    await turn();
  }
  await until(() => kernel.has(release));
  assert.equal(most(), 1);
  assert.ok(reads.every((unique) => kernel.replyTo(unique).error === 0));
  assert.equal(provider.closed, 1);
});

test("FuseSession answers ETIMEDOUT for a silent provider, once, and closes what comes late", async () => {
  const provider = new Changed();
  let release: () => void = () => {};
  const kernel = started(provider, { deadline: 20 });
  const made = kernel.create(ROOT, "a");
  kernel.release(made.node, made.fh);
  provider.wrap = async (handle) => {
    await new Promise<void>((resolve) => release = resolve);
    return handle;
  };
  provider.closed = 0;
  const unique = kernel.send(OP.open, made.node, u32(0), u32(0));
  await until(() => kernel.has(unique));
  assert.equal(kernel.replyTo(unique).error, ERRNO.ETIMEDOUT);
  assert.equal(kernel.session.stats().timeouts, 1);
  assert.equal(kernel.session.unsettled, 1);
  release();
  await until(() => kernel.session.unsettled === 0);
  kernel.replyTo(unique);
  assert.equal(provider.closed, 1);
  assert.equal(kernel.session.stats().files, 0);
});

test("FuseSession lets what is about to end do so, though its caller got a signal", async () => {
  const provider = new MemoryProvider();
  const kernel = started(provider);
  const { promise, resolve } = Promise.withResolvers<void>();
  let aborted: boolean | undefined;
  (provider as Provider).mkdir = async (path, mode, context) => {
    await promise;
    aborted = context!.signal.aborted;
    MemoryProvider.prototype.mkdir.call(provider, path, mode, context);
  };
  const unique = kernel.send(OP.mkdir, ROOT, u32(0o755), u32(0), "d");
  kernel.send(OP.interrupt, 0, u64(unique));
  await turn();
  assert.ok(!kernel.has(unique));
  resolve();
  await until(() => kernel.has(unique));
  assert.deepEqual([kernel.replyTo(unique).error, aborted], [0, false]);
});

test("FuseSession aborts the signal of an interrupted request, and answers EINTR", async () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider, { interruptGrace: 10 });
  provider.lookup = (_path, context) =>
    new Promise((_, reject) => {
      context!.signal.addEventListener("abort", () => reject(context!.signal.reason));
    });
  const unique = kernel.send(OP.lookup, ROOT, "slow");
  await turn();
  assert.ok(!kernel.has(unique));
  const before = kernel.replies.length;
  kernel.send(OP.interrupt, 0, u64(unique));
  await until(() => kernel.has(unique));
  assert.equal(kernel.replyTo(unique).error, ERRNO.EINTR);
  assert.equal(kernel.replies.length, before + 1, "INTERRUPT itself has no reply");
  kernel.send(OP.interrupt, 0, u64(unique));
  kernel.send(OP.interrupt, 0, u64(99_999));
  assert.equal(kernel.replies.length, before + 1, "there is nothing to interrupt any more");
  assert.equal(kernel.session.stats().interrupts, 1);
});

test("FuseSession answers EINTR for a provider that ignores the signal", async () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider, { interruptGrace: 10 });
  provider.lookup = () => new Promise(() => {});
  const unique = kernel.send(OP.lookup, ROOT, "slow");
  kernel.send(OP.interrupt, 0, u64(unique));
  await until(() => kernel.has(unique));
  assert.equal(kernel.replyTo(unique).error, ERRNO.EINTR);
});

test("FuseSession lets a lock be waited for beyond the deadline, until it is free", async () => {
  const kernel = started(new MemoryProvider(), { locks: "provider", deadline: 10 });
  const { node, fh } = kernel.create(ROOT, "a");
  const lock = (
    type: number,
    owner: number,
  ) => [u64(fh), u64(owner), u64(0), u64(9), u32(type), u32(1), u32(0), u32(0)];
  assert.equal(kernel.ask(OP.setlk, node, ...lock(1, 1)).error, 0);
  const waiting = kernel.send(OP.setlkw, node, ...lock(1, 2));
  const given = kernel.send(OP.setlkw, node, ...lock(1, 3));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(!kernel.has(waiting) && !kernel.has(given));
  kernel.send(OP.interrupt, 0, u64(given));
  await until(() => kernel.has(given));
  assert.equal(kernel.replyTo(given).error, ERRNO.EINTR);
  assert.equal(kernel.ask(OP.setlk, node, ...lock(2, 1)).error, 0);
  await until(() => kernel.has(waiting));
  assert.equal(kernel.replyTo(waiting).error, 0);
});

test("FuseSession tells a path that went stale under way from a file that is not there", async () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  const dir = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d").u64(0);
  kernel.create(dir, "f");
  const lookup = provider.lookup.bind(provider);
  provider.lookup = async (path, context) => {
    await turn();
    return await lookup(path, context);
  };
  const unique = kernel.send(OP.lookup, dir, "f");
  assert.equal(kernel.ask(OP.rename, ROOT, u64(ROOT), "d", "e").error, 0);
  await until(() => kernel.has(unique));
  assert.equal(kernel.replyTo(unique).error, ERRNO.ESTALE, "the kernel looks again");
});

test("FuseSession.close() answers who waits, and closes what is open", async () => {
  const { provider } = slowFile();
  const kernel = started(provider);
  const { node, fh } = kernel.create(ROOT, "a");
  const other = kernel.create(ROOT, "b");
  const unique = kernel.send(OP.read, node, ...readParts(fh, 0, 10));
  let aborted = false;
  (provider as Provider).lookup = (_path: string, context?: OpContext) => {
    context!.signal.addEventListener("abort", () => aborted = true);
    return new Promise(() => {});
  };
  kernel.send(OP.lookup, ROOT, "never");
  void kernel.session.close();
  await turn();
  assert.equal(kernel.replyTo(unique).error, ERRNO.EIO);
  assert.ok(aborted);
  assert.ok(provider.closed >= 1, "all but the one that is busy");
  assert.equal(kernel.read(other.node, other.fh, 0, 1).error, ERRNO.EBADF);
});

test("FuseSession closes what the kernel does not want any more", async () => {
  const provider = new Changed();
  const kernel = started(provider);
  kernel.accepts = false;
  const head = [u32(2), u32(0o600), u32(0), u32(0)];
  kernel.send(OP.create, ROOT, ...head, "a");
  await turn();
  assert.deepEqual([provider.closed, kernel.session.stats().files], [1, 0]);
  assert.equal(kernel.session.stats().nodes, 1);
});

/** Things that a provider may say though they cannot be, and what comes of them. */
const LIES: Readonly<Record<string, (provider: Changed) => void>> = {
  "more bytes than wanted": (p) => p.wrap = (h) => Object.assign(h, { readAt: () => 1e6 }),
  "fewer than no bytes": (p) => p.wrap = (h) => Object.assign(h, { readAt: () => -1 }),
  "no number of bytes": (p) => p.wrap = (h) => Object.assign(h, { readAt: () => "4" }),
  "promised nonsense": (p) =>
    p.wrap = (h) => Object.assign(h, { readAt: () => Promise.resolve(NaN) }),
  "an error that is none": (p) =>
    p.wrap = (h) => Object.assign(h, { readAt: () => Promise.reject(undefined) }),
};

for (const [lie, tell] of Object.entries(LIES)) {
  test(`FuseSession answers EIO to a read of which the provider says ${lie}`, async () => {
    const provider = new Changed();
    tell(provider);
    const kernel = started(provider);
    const { node, fh } = kernel.create(ROOT, "a");
    const unique = kernel.send(OP.read, node, ...readParts(fh, 0, 100));
    await until(() => kernel.has(unique));
    assert.equal(kernel.replyTo(unique).error, ERRNO.EIO);
  });
}

test("FuseSession answers EIO to whatever a provider says of a file that cannot be", () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  kernel.create(ROOT, "a");
  const lookup = provider.lookup.bind(provider);
  const wrong: Partial<Record<keyof FileInfo, unknown>>[] = [
    { size: -1 },
    { size: NaN },
    { size: 2 ** 60 },
    { mode: 0o644 },
    { mode: 0o170644 },
    { ino: 5 },
    { atime: undefined },
  ];
  for (const fields of wrong) {
    provider.lookup = (path) => ({ ...lookup(path) as FileInfo, ...fields as Partial<FileInfo> });
    assert.equal(
      kernel.ask(OP.lookup, ROOT, "a").error,
      ERRNO.EIO,
      JSON.stringify(Object.keys(fields)),
    );
  }
  const answers: unknown[] = [null, 5, "x", {}];
  for (const answer of answers) {
    provider.lookup = () => answer as FileInfo;
    assert.equal(kernel.ask(OP.lookup, ROOT, "a").error, ERRNO.EIO);
  }
  provider.lookup = () => {
    throw "a string";
  };
  assert.equal(kernel.ask(OP.lookup, ROOT, "a").error, ERRNO.EIO);
});

test("FuseSession answers EIO to listings, links and attributes that cannot be", () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  const openDir = provider.openDir.bind(provider);
  const listing = (...entries: Partial<Record<keyof DirPageEntry, unknown>>[]) => {
    provider.openDir = (path) => {
      const handle = openDir(path) as Handle;
      const full = { name: "x", ino: 3n, mode: 0o100644, cursor: 1 };
      handle.readDir = () => entries.map((entry) => ({ ...full, ...entry }) as DirPageEntry);
      return handle;
    };
    const fh = kernel.ask(OP.opendir, ROOT, u32(0), u32(0)).u64(0);
    return kernel.ask(OP.readdir, ROOT, ...readParts(fh, 0, 4096)).error;
  };
  assert.equal(listing({}), 0);
  for (const name of ["", "a/b", "a\0b", "\ud800", "x".repeat(300), 7]) {
    assert.equal(listing({ name }), ERRNO.EIO, String(name));
  }
  for (const cursor of [0, -1, 1.5, 2 ** 53]) assert.equal(listing({ cursor }), ERRNO.EIO);
  assert.equal(listing({}, { cursor: 2 }), 0);
  assert.equal(listing({}, { cursor: 1 }), ERRNO.EIO, "a listing that does not go on");
  const link = kernel.ask(OP.symlink, ROOT, "l", "target").u64(0);
  provider.readlink = () => "";
  assert.equal(kernel.ask(OP.readlink, link).error, ERRNO.EIO);
  provider.readlink = () => "x".repeat(5000);
  assert.equal(kernel.ask(OP.readlink, link).error, ERRNO.EIO);
  provider.getxattr = () => "text" as unknown as Uint8Array;
  assert.equal(kernel.ask(OP.getxattr, link, u32(9), u32(0), "user.x").error, ERRNO.EIO);
});

test("FuseSession does not take one inode number for two things", () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d");
  const lookup = provider.lookup.bind(provider);
  // Everything has the number of the root, as a hostile server could say.
  const root = provider.stat("/") as FileInfo;
  provider.lookup = (path) => ({ ...lookup("/d") as FileInfo, ino: root.ino, nlink: path.length });
  const a = kernel.lookup(ROOT, "a");
  const b = kernel.lookup(a, "b");
  const c = kernel.lookup(b, "c");
  assert.equal(new Set([ROOT, a, b, c]).size, 4);
  provider.lookup = () => ({ ...lookup("/d") as FileInfo, ino: 77n });
  const d = kernel.lookup(ROOT, "x");
  const e = kernel.lookup(d, "y");
  assert.notEqual(d, e, "no directory comes below itself");
});

test("FuseSession never lets ENOSYS of a provider turn an operation off", () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  const { node } = kernel.create(ROOT, "a");
  provider.open = () => {
    throw new VfsError("ENOSYS");
  };
  assert.equal(kernel.ask(OP.open, node, u32(0), u32(0)).error, ERRNO.EOPNOTSUPP);
  provider.statfs = () => {
    throw new VfsError("ENOSYS");
  };
  assert.equal(kernel.ask(OP.statfs, ROOT).error, 0, "no figures are figures, too");
});

test("FuseSession.changed() tells the kernel what it knows of, and nothing else", async () => {
  const provider: Provider = new MemoryProvider();
  const kernel = started(provider);
  const dir = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d").u64(0);
  const { node } = kernel.create(dir, "f");
  const codes = async (kind: "entry" | "inode" | "tree", path: string) => {
    kernel.notifications.length = 0;
    await kernel.session.changed({ kind, path });
    return kernel.notifications.map(({ error, body, text }) =>
      `${error} ${body.getUint32(0, true)}${error === 3 ? ` ${text.slice(16, -1)}` : ""}`
    );
  };
  assert.deepEqual(await codes("inode", "/d/f"), [`2 ${node}`]);
  assert.deepEqual(await codes("inode", "/d/unknown"), []);
  assert.deepEqual(await codes("entry", "/d/new"), [`3 ${dir} new`, `2 ${dir}`]);
  assert.deepEqual(await codes("entry", "/unknown/x"), []);
  assert.deepEqual(await codes("tree", "/"), [
    "2 1",
    `2 ${dir}`,
    `2 ${node}`,
    "3 1 d",
    `3 ${dir} f`,
  ]);
  await provider.unlink("/d/f");
  assert.deepEqual(await codes("entry", "/d/f"), [`6 ${dir}`, `2 ${dir}`]);
});

test("FuseSession hears of changes from a provider that tells, but for its own", async () => {
  const provider: Provider = new MemoryProvider();
  let tell: (path: string) => void = () => {};
  let ended = false;
  Object.assign(provider, {
    watch: (_path: string, listener: (change: unknown) => void) => {
      tell = (path) => listener({ kind: "inode", path });
      return () => ended = true;
    },
  });
  const kernel = started(provider);
  const { node } = kernel.create(ROOT, "a");
  const truncate = provider.truncate.bind(provider);
  provider.truncate = (path, size) => {
    void truncate(path, size);
    tell("/a");
  };
  kernel.ask(OP.setattr, node, ...setattrParts(8, { size: 3 }));
  await turn();
  assert.equal(kernel.notifications.length, 0);
  tell("/a");
  await turn();
  assert.equal(kernel.notifications.length, 1);
  await kernel.session.close();
  assert.ok(ended);
});
