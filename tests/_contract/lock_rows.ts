import assert from "node:assert/strict";
import {
  type FileLock,
  type Handle,
  HOST_CONTEXT,
  O_RDWR,
  type Provider,
} from "../../src/fs/mod.ts";
import { fails, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** A lock of an owner on a range; the whole file unless said otherwise. */
function lock(owner: string, type: FileLock["type"], start = 0, end = Infinity): FileLock {
  return { kind: "posix", type, start, end, owner, pid: owner.charCodeAt(0) };
}

function flock(owner: string, type: FileLock["type"]): FileLock {
  return { ...lock(owner, type), kind: "flock" };
}

/** Runs an action with two handles on one file. */
function row(name: string, action: (a: Handle, b: Handle, fs: Provider) => Promise<void>): Row {
  return {
    name,
    needs: ["locks"],
    async run(fs) {
      await put(fs, "/a", "hello");
      const a = await fs.open("/a", O_RDWR);
      const b = await fs.open("/a", O_RDWR);
      try {
        await action(a, b, fs);
      } finally {
        await a.close();
        await b.close();
      }
    },
  };
}

export const lockRows: readonly Row[] = [
  row("lock: two owners read-lock one range", async (a, b) => {
    await a.lock(lock("A", "read"));
    await b.lock(lock("B", "read"));
  }),
  row("lock: a write lock is in conflict with a read and a write lock", async (a, b) => {
    await a.lock(lock("A", "write"));
    await fails("EAGAIN", () => b.lock(lock("B", "read")));
    await fails("EAGAIN", () => b.lock(lock("B", "write")));
    await a.lock(lock("A", "read"));
    await fails("EAGAIN", () => b.lock(lock("B", "write")));
  }),
  row("lock: ranges that do not overlap are not in conflict", async (a, b) => {
    await a.lock(lock("A", "write", 0, 10));
    await b.lock(lock("B", "write", 10, 20));
    await fails("EAGAIN", () => b.lock(lock("B", "write", 9, 10)));
  }),
  row("lock: unlock gives the range back", async (a, b) => {
    await a.lock(lock("A", "write"));
    await a.lock(lock("A", "unlock"));
    await b.lock(lock("B", "write"));
  }),
  row("lock: unlocking the middle leaves both ends locked", async (a, b) => {
    await a.lock(lock("A", "write", 0, 30));
    await a.lock(lock("A", "unlock", 10, 20));
    await b.lock(lock("B", "write", 10, 20));
    await fails("EAGAIN", () => b.lock(lock("B", "write", 0, 1)));
    await fails("EAGAIN", () => b.lock(lock("B", "write", 29, 30)));
  }),
  row("lock: unlocking what is not locked succeeds", async (a) => {
    await a.lock(lock("A", "unlock", 5, 10));
  }),
  row("lock: locks of one owner replace each other, through whatever handle", async (a, b) => {
    await a.lock(lock("A", "write"));
    await b.lock(lock("A", "read"));
    await b.lock(lock("B", "read"));
    await fails("EAGAIN", () => b.lock(lock("B", "write")));
  }),
  row("lock: an upgrade in conflict fails and keeps the lock one had", async (a, b) => {
    await a.lock(lock("A", "read"));
    await b.lock(lock("B", "read"));
    await fails("EAGAIN", () => a.lock(lock("A", "write")));
    await fails("EAGAIN", () => b.lock(lock("C", "write")));
    await b.lock(lock("B", "unlock"));
    await a.lock(lock("A", "write"));
  }),
  row("lock: a range to infinity covers what is far behind the end", async (a, b) => {
    await a.lock(lock("A", "write", 100));
    await fails("EAGAIN", () => b.lock(lock("B", "read", 2 ** 50, 2 ** 50 + 1)));
    await b.lock(lock("B", "write", 0, 100));
  }),
  row("lock: closing the handle gives back what was taken through it", async (a, b) => {
    await a.lock(lock("A", "write", 0, 10));
    await a.lock(flock("A", "write"));
    await a.close();
    await b.lock(lock("B", "write", 0, 10));
    await b.lock(flock("B", "write"));
  }),
  row("lock: closing another handle of the file gives nothing back", async (a, b, fs) => {
    await a.lock(lock("A", "write"));
    const third = await fs.open("/a", O_RDWR);
    await third.close();
    await fails("EAGAIN", () => b.lock(lock("B", "write")));
  }),
  row("lock: getLock tells who is in the way", async (a, b) => {
    await a.lock(lock("A", "write", 10, 20));
    const found = await b.getLock(lock("B", "read", 15, 40));
    assert.deepEqual(found, lock("A", "write", 10, 20));
  }),
  row("lock: getLock answers undefined when nobody is in the way", async (a, b) => {
    await a.lock(lock("A", "read", 0, 10));
    assert.equal(await b.getLock(lock("B", "read", 0, 10)), undefined);
    assert.equal(await b.getLock(lock("B", "write", 10, 20)), undefined);
    assert.equal(await a.getLock(lock("A", "write", 0, 10)), undefined);
  }),
  row("lock: flock locks exclude each other", async (a, b) => {
    await a.lock(flock("A", "read"));
    await b.lock(flock("B", "read"));
    await fails("EAGAIN", () => b.lock(flock("B", "write")));
    await a.lock(flock("A", "unlock"));
    await b.lock(flock("B", "write"));
  }),
  row("lock: flock and posix locks never conflict", async (a, b) => {
    await a.lock(flock("A", "write"));
    await b.lock(lock("B", "write"));
  }),
  row("lock: one that waits is granted when the way is free", async (a, b) => {
    await a.lock(lock("A", "write"));
    let granted = false;
    const waiting = Promise.resolve(b.lock(lock("B", "write"), true)).then(() => granted = true);
    await Promise.resolve();
    assert.ok(!granted);
    await a.lock(lock("A", "unlock"));
    await waiting;
    await fails("EAGAIN", () => a.lock(lock("A", "read")));
  }),
  row("lock: closing a handle lets one that waits have its turn", async (a, b) => {
    await a.lock(lock("A", "write"));
    const waiting = Promise.resolve(b.lock(lock("B", "write"), true));
    await a.close();
    await waiting;
  }),
  row("lock: the signal ends a wait with EINTR", async (a, b) => {
    await a.lock(lock("A", "write"));
    const controller = new AbortController();
    const context = { ...HOST_CONTEXT, signal: controller.signal };
    const waiting = Promise.resolve(b.lock(lock("B", "write"), true, context));
    controller.abort();
    await fails("EINTR", () => waiting);
    await a.lock(lock("A", "unlock"));
    await a.lock(lock("A", "write"));
  }),
  row("lock: two that would wait for each other get EDEADLK", async (a, b) => {
    await a.lock(lock("A", "write", 0, 10));
    await b.lock(lock("B", "write", 10, 20));
    const waiting = Promise.resolve(a.lock(lock("A", "write", 10, 20), true));
    await fails("EDEADLK", () => b.lock(lock("B", "write", 0, 10), true));
    await b.lock(lock("B", "unlock", 10, 20));
    await waiting;
  }),
  row("lock: locks outlive the name of the file", async (a, b, fs) => {
    await a.lock(lock("A", "write"));
    await fs.unlink("/a");
    await fails("EAGAIN", () => b.lock(lock("B", "write")));
  }),
  row("lock: files do not share locks", async (a, _b, fs) => {
    await put(fs, "/other");
    const other = await fs.open("/other", O_RDWR);
    await a.lock(lock("A", "write"));
    await other.lock(lock("B", "write"));
    await other.close();
  }),
];
