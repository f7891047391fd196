import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRNO } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import { entriesOf, Kernel, OP, readParts, setattrParts, u32, u64 } from "./_fuse_kernel.ts";

const ROOT = 1;

/** A kernel that has said INIT to a session on an empty memory. */
function started(init?: ConstructorParameters<typeof Kernel>[1]): Kernel {
  const kernel = new Kernel(new MemoryProvider(), init);
  assert.equal(kernel.init().error, 0);
  return kernel;
}

test("FuseSession agrees with kernels of 7.31 and newer on a version", () => {
  for (const [offered, agreed] of [[31, 31], [38, 38], [45, 45], [60, 45]] as const) {
    const reply = new Kernel(new MemoryProvider()).init(offered);
    assert.equal(reply.error, 0);
    assert.equal(reply.u32(0), 7);
    assert.equal(reply.u32(4), agreed);
    assert.equal(reply.u32(20), 1 << 20, "max_write");
    assert.equal(reply.body.getUint16(28, true), 256, "max_pages");
  }
});

test("FuseSession refuses kernels that are too old, and makes newer ones begin again", () => {
  assert.equal(new Kernel(new MemoryProvider()).init(30).error, ERRNO.EIO);
  const kernel = new Kernel(new MemoryProvider());
  const reply = kernel.ask(OP.init, 0, u32(8), u32(0), u32(0), u32(0));
  assert.equal(reply.error, 0);
  assert.equal(reply.u32(0), 7);
  assert.equal(kernel.init().error, 0);
});

test("FuseSession takes only what the kernel offers, and what the options ask for", () => {
  const plain = new Kernel(new MemoryProvider()).init(45, 0);
  assert.equal(plain.u32(12), 0);
  const flags = new Kernel(new MemoryProvider()).init().u32(12);
  assert.ok(flags & (1 << 28), "HANDLE_KILLPRIV_V2");
  assert.equal(flags & (1 << 16), 0, "no write-back unless asked for");
  assert.equal(flags & (1 << 1), 0, "locks are the kernel's unless asked for");
  const init = { writeback: true, locks: "provider", readdirplus: "never" } as const;
  const other = new Kernel(new MemoryProvider(), init).init().u32(12);
  assert.ok(other & (1 << 16) && other & (1 << 1) && other & (1 << 10));
  assert.equal(other & (1 << 13), 0);
});

test("FuseSession answers nothing but INIT before INIT, and INIT only once", () => {
  const kernel = new Kernel(new MemoryProvider());
  assert.equal(kernel.ask(OP.lookup, ROOT, "a").error, ERRNO.EIO);
  assert.equal(kernel.init().error, 0);
  assert.equal(kernel.init().error, ERRNO.EIO);
});

test("FuseSession tells of its start, and of a root that is none", () => {
  const told: unknown[] = [];
  new Kernel(new MemoryProvider(), { onStart: (error) => told.push(error?.code) }).init();
  assert.equal(told.length, 1);
  assert.equal(told[0], undefined);
  const broken = new MemoryProvider();
  broken.stat = () => {
    throw new TypeError("broken");
  };
  const kernel = new Kernel(broken, { onStart: (error) => told.push(error?.code) });
  assert.equal(kernel.init().error, ERRNO.EIO);
  assert.deepEqual(told, [undefined, "EIO"]);
});

test("FuseSession creates, writes, reads and describes a file", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a");
  assert.equal(kernel.write(node, fh, 0, "hello").u32(0), 5);
  assert.equal(kernel.read(node, fh, 1, 100).text, "ello");
  assert.equal(kernel.read(node, fh, 5, 100).body.byteLength, 0);
  const attr = kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0));
  assert.equal(attr.u64(24), 5, "size");
  assert.equal(attr.u32(76), 0o100644, "mode");
  assert.equal(attr.u64(0), 1, "one second of life");
  assert.equal(kernel.release(node, fh).error, 0);
  assert.equal(kernel.read(node, fh, 0, 1).error, ERRNO.EBADF);
});

test("FuseSession reads large pieces from where they lie, holes and ends too", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a");
  const text = "0123456789".repeat(20_000);
  kernel.write(node, fh, 100_000, text);
  for (const [offset, size] of [[0, 70_000], [99_990, 1 << 17], [150_001, 1 << 20]] as const) {
    const whole = "\0".repeat(100_000) + text;
    assert.equal(kernel.read(node, fh, offset, size).text, whole.slice(offset, offset + size));
  }
  assert.equal(kernel.inParts, 3);
  assert.equal(kernel.read(node, fh, 300_000, 1 << 20).body.byteLength, 0, "the end");
  kernel.read(node, fh, 0, 4096);
  assert.equal(kernel.inParts, 4, "what is small is copied");
});

test("FuseSession makes new files the caller's", () => {
  const kernel = started();
  const head = [u32(2), u32(0o600), u32(0), u32(0)];
  const reply = kernel.replyTo(
    kernel.sendAs({ uid: 7, gid: 8 }, OP.create, ROOT, ...head, "mine"),
  );
  assert.deepEqual([reply.u32(40 + 68), reply.u32(40 + 72)], [7, 8]);
});

test("FuseSession counts lookups and forgets nodes exactly when the kernel does", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a");
  kernel.release(node, fh);
  assert.equal(kernel.lookup(ROOT, "a"), node);
  assert.equal(kernel.lookup(ROOT, "a"), node);
  const before = kernel.replies.length;
  kernel.send(OP.forget, node, u64(2));
  assert.equal(kernel.session.stats().nodes, 2);
  kernel.send(OP.batchForget, 0, u32(1), u32(0), u64(node), u64(1));
  assert.equal(kernel.session.stats().nodes, 1);
  assert.equal(kernel.replies.length, before, "FORGET has no reply");
  assert.equal(kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0)).error, ERRNO.ESTALE);
  assert.notEqual(kernel.lookup(ROOT, "a"), node, "a number is never given twice");
});

test("FuseSession keeps a directory while something below it is known", () => {
  const kernel = started();
  const dir = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d").u64(0);
  const { node, fh } = kernel.create(dir, "f");
  kernel.send(OP.forget, dir, u64(1));
  assert.equal(kernel.write(node, fh, 0, "x").error, 0);
  assert.equal(kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0)).error, 0);
  kernel.release(node, fh);
  kernel.send(OP.forget, node, u64(1));
  assert.equal(kernel.session.stats().nodes, 1);
});

test("FuseSession gives all names of a file one node", () => {
  const kernel = started();
  const { node } = kernel.create(ROOT, "a");
  const linked = kernel.ask(OP.link, ROOT, u64(node), "b");
  assert.equal(linked.u64(0), node);
  assert.equal(linked.u32(40 + 64), 2, "nlink");
  assert.equal(kernel.lookup(ROOT, "b"), node);
  assert.equal(kernel.ask(OP.unlink, ROOT, "a").error, 0);
  const attr = kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0));
  assert.equal(attr.error, 0, "by the other name");
  assert.equal(attr.u32(80), 1);
});

test("FuseSession goes on with an open file that has lost its name", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a");
  assert.equal(kernel.ask(OP.unlink, ROOT, "a").error, 0);
  assert.equal(kernel.write(node, fh, 0, "still").error, 0);
  const attr = kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0));
  assert.deepEqual([attr.error, attr.u32(80), attr.u64(24)], [0, 0, 5]);
  const chmod = kernel.ask(OP.setattr, node, ...setattrParts(1, { mode: 0o600 }));
  assert.deepEqual([chmod.error, chmod.u32(76)], [0, 0o100600]);
  const cut = kernel.ask(OP.setattr, node, ...setattrParts(8 | 64, { fh, size: 2 }));
  assert.deepEqual([cut.error, cut.u64(24)], [0, 2]);
  const other = kernel.create(ROOT, "a");
  assert.notEqual(other.node, node, "a new file of that name is another one");
  kernel.release(node, fh);
  kernel.send(OP.forget, node, u64(1));
  assert.equal(kernel.ask(OP.getattr, other.node, u32(0), u32(0), u64(0)).error, 0);
});

test("FuseSession follows directories that are renamed, and all below them", () => {
  const kernel = started();
  const a = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "a").u64(0);
  const b = kernel.ask(OP.mkdir, a, u32(0o755), u32(0), "b").u64(0);
  const { node, fh } = kernel.create(b, "f");
  kernel.release(node, fh);
  const c = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "c").u64(0);
  assert.equal(kernel.ask(OP.rename2, a, u64(c), u32(0), u32(0), "b", "moved").error, 0);
  assert.equal(kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0)).error, 0);
  assert.equal(kernel.lookup(c, "moved"), b);
  assert.equal(kernel.ask(OP.lookup, a, "b").error, ERRNO.ENOENT);
  assert.equal(kernel.ask(OP.rename2, ROOT, u64(ROOT), u32(2), u32(0), "a", "c").error, 0);
  assert.equal(kernel.lookup(ROOT, "a"), c);
  assert.equal(kernel.lookup(ROOT, "c"), a);
  assert.equal(kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0)).error, 0);
  assert.equal(
    kernel.ask(OP.rename2, ROOT, u64(ROOT), u32(4), u32(0), "a", "x").error,
    ERRNO.EINVAL,
  );
});

test("FuseSession forgets the number of a file that a rename replaced", () => {
  const kernel = started();
  const a = kernel.create(ROOT, "a");
  const b = kernel.create(ROOT, "b");
  assert.equal(kernel.ask(OP.rename, ROOT, u64(ROOT), "a", "b").error, 0);
  assert.equal(kernel.lookup(ROOT, "b"), a.node);
  const attr = kernel.ask(OP.getattr, b.node, u32(0), u32(0), u64(0));
  assert.deepEqual([attr.error, attr.u32(80)], [0, 0], "open, without a name");
});

test("FuseSession tells of a directory without a name what was known of it", () => {
  const kernel = started();
  const dir = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d").u64(0);
  assert.equal(kernel.ask(OP.rmdir, ROOT, "d").error, 0);
  const attr = kernel.ask(OP.getattr, dir, u32(0), u32(0), u64(0));
  assert.deepEqual([attr.error, attr.u32(80)], [0, 0]);
  assert.equal(kernel.ask(OP.lookup, dir, "x").error, ERRNO.ENOENT);
  const head = [u32(2), u32(0o600), u32(0), u32(0)];
  assert.equal(kernel.ask(OP.create, dir, ...head, "x").error, ERRNO.ENOENT);
});

test("FuseSession refuses names that are no text, too long, or none", () => {
  const kernel = started();
  assert.equal(kernel.ask(OP.lookup, ROOT, new Uint8Array([0x61, 0xff, 0])).error, ERRNO.EILSEQ);
  assert.equal(kernel.ask(OP.lookup, ROOT, "n".repeat(256)).error, ERRNO.ENAMETOOLONG);
  assert.equal(kernel.ask(OP.lookup, ROOT, "ü".repeat(128)).error, ERRNO.ENAMETOOLONG);
  assert.equal(kernel.ask(OP.lookup, ROOT, "ü".repeat(127)).error, ERRNO.ENOENT);
  assert.equal(kernel.ask(OP.lookup, ROOT, "..").error, ERRNO.EINVAL);
  assert.equal(kernel.ask(OP.lookup, ROOT, new Uint8Array([0x61, 0x61])).error, ERRNO.EINVAL);
  const link = kernel.ask(OP.symlink, ROOT, "l", new Uint8Array([0xc3, 0x28, 0]));
  assert.equal(link.error, ERRNO.EILSEQ);
});

test("FuseSession keeps names with a byte order mark and characters of all lengths", () => {
  const kernel = started();
  for (const name of ["\ufeffbom", "日本", "😀".repeat(20), "a\nb", " ", "e\u0301"]) {
    const { node } = kernel.create(ROOT, name);
    assert.equal(kernel.lookup(ROOT, name), node);
  }
  const dir = kernel.ask(OP.opendir, ROOT, u32(0), u32(0)).u64(0);
  const names = entriesOf(kernel.ask(OP.readdir, ROOT, ...readParts(dir, 0, 4096)), false)
    .map(({ name }) => name);
  assert.ok(names.includes("\ufeffbom") && names.includes("😀".repeat(20)));
});

test("FuseSession lists a directory in parts, each entry once", () => {
  for (const plus of [false, true]) {
    const kernel = started();
    const wanted = [".", ".."];
    for (let i = 0; i < 300; i++) {
      const name = `${"x".repeat(i % 40)}${i}`;
      kernel.create(ROOT, name);
      wanted.push(name);
    }
    const fh = kernel.ask(OP.opendir, ROOT, u32(0), u32(0)).u64(0);
    const seen: string[] = [];
    for (let offset = 0, round = 0; round < 400; round++) {
      const opcode = plus ? OP.readdirplus : OP.readdir;
      const reply = kernel.ask(opcode, ROOT, ...readParts(fh, offset, 1024));
      assert.ok(reply.body.byteLength <= 1024);
      const entries = entriesOf(reply, plus);
      if (entries.length === 0) break;
      seen.push(...entries.map(({ name }) => name));
      offset = entries.at(-1)!.next;
    }
    assert.deepEqual(seen.sort(), wanted.sort());
    const again = kernel.ask(plus ? OP.readdirplus : OP.readdir, ROOT, ...readParts(fh, 0, 1024));
    assert.equal(entriesOf(again, plus)[0]!.name, ".", "from the start");
    assert.equal(kernel.ask(OP.releasedir, ROOT, u64(fh), u32(0), u32(0), u64(0)).error, 0);
  }
});

test("FuseSession counts the lookups that a listing with attributes brings", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a");
  kernel.release(node, fh);
  const dir = kernel.ask(OP.opendir, ROOT, u32(0), u32(0)).u64(0);
  const reply = kernel.ask(OP.readdirplus, ROOT, ...readParts(dir, 0, 4096));
  assert.deepEqual(entriesOf(reply, true).map((entry) => entry.node), [0, 0, node]);
  kernel.send(OP.forget, node, u64(1));
  assert.equal(kernel.session.stats().nodes, 2);
  kernel.send(OP.forget, node, u64(1));
  assert.equal(kernel.session.stats().nodes, 1);
});

test("FuseSession describes what it lists, and not once more a moment later", () => {
  for (const [attrLifetime, expected] of [[1e6, 0], [0, 1]] as const) {
    const kernel = started({ attrLifetime, entryLifetime: 1e6 });
    const { node } = kernel.create(ROOT, "a");
    const nodes = [1, 2].map(() => {
      const dir = kernel.ask(OP.opendir, ROOT, u32(0), u32(0)).u64(0);
      const reply = kernel.ask(OP.readdirplus, ROOT, ...readParts(dir, 0, 4096));
      const entry = entriesOf(reply, true)[2]!;
      assert.deepEqual([entry.name, entry.type], ["a", 8]);
      return entry.node;
    });
    assert.deepEqual(nodes, [node, expected * node]);
  }
});

test("FuseSession does not describe what was looked up name by name a moment ago", () => {
  // All names tell the kernel everything; half of them, or a moment of nothing, do not.
  const cases = [[20, 1e6, 0], [10, 1e6, 20], [20, 0, 20]] as const;
  for (const [lookups, attrLifetime, described] of cases) {
    const kernel = started({ attrLifetime, entryLifetime: 1e6 });
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const directory = kernel.ask(OP.mkdir, ROOT, u32(0o755), u32(0), "d").u64(0);
    for (const name of names) kernel.create(directory, name);
    const list = (opcode: number) => {
      const dir = kernel.ask(OP.opendir, directory, u32(0), u32(0)).u64(0);
      const ask = (from: number) => kernel.ask(opcode, directory, ...readParts(dir, from, 8192));
      const entries = entriesOf(ask(0), opcode === OP.readdirplus);
      assert.equal(entries.length, names.length + 2);
      assert.equal(ask(entries.at(-1)!.next).body.byteLength, 0, "it ends");
      return entries.filter(({ node }) => node > 0).length;
    };
    assert.equal(list(OP.readdir), 0);
    for (const name of names.slice(0, lookups)) kernel.lookup(directory, name);
    assert.equal(list(OP.readdirplus), described);
  }
});

test("FuseSession answers a miss by ENOENT, or by an entry that may be remembered", () => {
  assert.equal(started().ask(OP.lookup, ROOT, "no").error, ERRNO.ENOENT);
  const reply = started({ negativeLifetime: 2500 }).ask(OP.lookup, ROOT, "no");
  assert.deepEqual([reply.error, reply.u64(0), reply.u64(16), reply.u32(32)], [0, 0, 2, 5e8]);
});

test("FuseSession sizes, bounds and lists extended attributes", () => {
  const kernel = started();
  const { node } = kernel.create(ROOT, "a");
  const value = new TextEncoder().encode("value");
  const set = kernel.ask(OP.setxattr, node, u32(5), u32(0), "user.x", value);
  assert.equal(set.error, 0);
  const probe = kernel.ask(OP.getxattr, node, u32(0), u32(0), "user.x");
  assert.deepEqual([probe.error, probe.u32(0)], [0, 5]);
  assert.equal(kernel.ask(OP.getxattr, node, u32(4), u32(0), "user.x").error, ERRNO.ERANGE);
  assert.equal(kernel.ask(OP.getxattr, node, u32(5), u32(0), "user.x").text, "value");
  assert.equal(kernel.ask(OP.getxattr, node, u32(5), u32(0), "user.y").error, ERRNO.ENODATA);
  assert.equal(kernel.ask(OP.listxattr, node, u32(0), u32(0)).u32(0), 7);
  assert.equal(kernel.ask(OP.listxattr, node, u32(6), u32(0)).error, ERRNO.ERANGE);
  assert.equal(kernel.ask(OP.listxattr, node, u32(100), u32(0)).text, "user.x\0");
  assert.equal(kernel.ask(OP.removexattr, node, "user.x").error, 0);
  const short = kernel.ask(OP.setxattr, node, u32(500), u32(0), "user.x", value);
  assert.equal(short.error, ERRNO.EINVAL, "less there than said");
});

test("FuseSession clears set-id bits by writes of others, and by every change of owner", () => {
  const kernel = started();
  const { node, fh } = kernel.create(ROOT, "a", 2, 0o6755);
  const chmod = () => kernel.ask(OP.setattr, node, ...setattrParts(1, { mode: 0o6755 }));
  const mode = () => kernel.ask(OP.getattr, node, u32(0), u32(0), u64(0)).u32(76) & 0o7777;
  chmod();
  kernel.write(node, fh, 0, "root may");
  assert.equal(mode(), 0o6755);
  const byOther = [u64(fh), u64(0), u32(1), u32(4), u64(0), u32(0), u32(0), new Uint8Array(1)];
  kernel.sendAs({ uid: 9, gid: 9 }, OP.write, node, ...byOther);
  assert.equal(mode(), 0o755);
  chmod();
  kernel.ask(OP.setattr, node, ...setattrParts(2, { uid: 5 }));
  assert.equal(mode(), 0o755);
  chmod();
  kernel.ask(OP.setattr, node, ...setattrParts(8 | 2048, { size: 0 }));
  assert.equal(mode(), 0o755);
});

test("FuseSession finds data and holes, copies, reserves and syncs", () => {
  const kernel = started();
  const a = kernel.create(ROOT, "a");
  const b = kernel.create(ROOT, "b");
  kernel.write(a.node, a.fh, 100_000, "tail");
  const data = kernel.ask(OP.lseek, a.node, u64(a.fh), u64(0), u32(3), u32(0));
  assert.equal(data.error, 0);
  assert.ok(data.u64(0) > 0 && data.u64(0) <= 100_000);
  const hole = kernel.ask(OP.lseek, a.node, u64(a.fh), u64(0), u32(4), u32(0));
  assert.equal(hole.u64(0), 0);
  assert.equal(kernel.ask(OP.lseek, a.node, u64(a.fh), u64(0), u32(0), u32(0)).error, ERRNO.EINVAL);
  const copy = [u64(a.fh), u64(100_000), u64(b.node), u64(b.fh), u64(0), u64(4), u64(0)];
  assert.equal(kernel.ask(OP.copyFileRange, a.node, ...copy).u32(0), 4);
  assert.equal(kernel.read(b.node, b.fh, 0, 10).text, "tail");
  const reserve = [u64(b.fh), u64(0), u64(5000), u32(0), u32(0)];
  assert.equal(kernel.ask(OP.fallocate, b.node, ...reserve).error, 0);
  assert.equal(kernel.ask(OP.getattr, b.node, u32(0), u32(0), u64(0)).u64(24), 5000);
  assert.equal(kernel.ask(OP.fsync, b.node, u64(b.fh), u32(1), u32(0)).error, 0);
  assert.equal(kernel.ask(OP.statfs, ROOT).u32(44), 255);
});

test("FuseSession keeps locks where it is asked to, by owner", () => {
  const kernel = started({ locks: "provider" });
  const { node, fh } = kernel.create(ROOT, "a");
  const lock = (
    type: number,
    owner: number,
    start: number,
    end: number | bigint,
  ) => [u64(fh), u64(owner), u64(start), u64(end), u32(type), u32(owner), u32(0), u32(0)];
  assert.equal(kernel.ask(OP.setlk, node, ...lock(1, 11, 0, 9)).error, 0);
  assert.equal(kernel.ask(OP.setlk, node, ...lock(1, 12, 5, 5)).error, ERRNO.EAGAIN);
  const held = kernel.ask(OP.getlk, node, ...lock(1, 12, 0, 2n ** 63n - 1n));
  assert.deepEqual([held.u64(0), held.u64(8), held.u32(16), held.u32(20)], [0, 9, 1, 11]);
  const free = kernel.ask(OP.getlk, node, ...lock(1, 12, 10, 2n ** 63n - 1n));
  assert.equal(free.u32(16), 2, "F_UNLCK");
  assert.equal(kernel.ask(OP.flush, node, u64(fh), u32(0), u32(0), u64(11)).error, 0);
  assert.equal(kernel.ask(OP.setlk, node, ...lock(1, 12, 5, 5)).error, 0);
  assert.equal(started().ask(OP.flush, node, u64(1), u32(0), u32(0), u64(0)).error, ERRNO.ENOSYS);
});

test("FuseSession refuses what it does not know, and requests that are too short", () => {
  const kernel = started();
  for (const opcode of [OP.poll, OP.tmpfile, 37, 52, 0, 7, 4096, 0xffffffff]) {
    assert.equal(kernel.ask(opcode, ROOT, new Uint8Array(64)).error, ERRNO.ENOSYS, `${opcode}`);
  }
  assert.equal(kernel.ask(OP.ioctl, ROOT, new Uint8Array(32)).error, ERRNO.ENOTTY);
  for (const opcode of Object.values(OP)) {
    if (opcode === OP.forget || opcode === OP.batchForget || opcode === OP.interrupt) continue;
    const { error } = kernel.ask(opcode, 424242);
    assert.ok(error !== 0 || opcode === OP.destroy, `${opcode}`);
  }
  kernel.session.receive(3);
  assert.ok(kernel.session.destroyed);
});
