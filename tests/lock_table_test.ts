import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { type Awaitable, type FileLock, isPromiseLike, type VfsError } from "../src/fs/mod.ts";
import { LockTable } from "../src/providers/lock_table.ts";
import { errnoOf } from "./_memory_kit.ts";

const RUNS = Number(process.env["LOCK_RUNS"] ?? 300);

type Type = FileLock["type"];

function posix(owner: string, type: Type, start = 0, end = Infinity): FileLock {
  return { kind: "posix", type, start, end, owner, pid: owner.charCodeAt(0) };
}

function flock(owner: string, type: Type): FileLock {
  return { ...posix(owner, type), kind: "flock" };
}

/** A table with one file, and a handle for each owner. */
class Bench {
  readonly table: LockTable;
  readonly file = {};
  readonly #handles = new Map<string, object>();

  constructor(table: LockTable = new LockTable()) {
    this.table = table;
  }

  handle(name: string): object {
    if (!this.#handles.has(name)) this.#handles.set(name, {});
    return this.#handles.get(name)!;
  }

  take(lock: FileLock): string | undefined {
    return errnoOf(() => this.table.lock(this.file, this.handle(lock.owner), lock));
  }

  wait(lock: FileLock, signal?: AbortSignal): Awaitable<void> {
    return this.table.lock(this.file, this.handle(lock.owner), lock, true, signal);
  }

  release(owner: string): void {
    this.table.release(this.file, this.handle(owner));
  }
}

/** Notes how waits end, in the order in which they do. */
function noting(log: string[], name: string, answer: Awaitable<void>): void {
  assert.ok(isPromiseLike(answer), `${name} does not wait`);
  answer.then(() => log.push(name), (error) => log.push(`${name} ${(error as VfsError).code}`));
}

/** Lets everything happen that a promise was waiting for. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test("LockTable.lock() splits a range where its middle is given back or changed", () => {
  const bench = new Bench();
  bench.take(posix("a", "write", 0, 30));
  bench.take(posix("a", "unlock", 10, 20));
  assert.equal(bench.table.size, 2);
  assert.equal(bench.take(posix("b", "write", 10, 20)), undefined);
  assert.equal(bench.take(posix("b", "read", 9, 10)), "EAGAIN");
  bench.take(posix("a", "read", 2, 4));
  assert.equal(bench.table.size, 5);
  assert.equal(bench.take(posix("b", "read", 2, 4)), undefined);
  assert.equal(bench.take(posix("b", "read", 4, 5)), "EAGAIN");
});

test("LockTable.lock() merges ranges that touch or overlap", () => {
  const bench = new Bench();
  bench.take(posix("a", "write", 0, 10));
  bench.take(posix("a", "write", 20, 30));
  bench.take(posix("a", "write", 10, 20));
  assert.equal(bench.table.size, 1);
  assert.deepEqual(
    bench.table.getLock(bench.file, posix("b", "read", 15, 16)),
    posix("a", "write", 0, 30),
  );
});

test("LockTable.lock() keeps the lock that one had when changing it fails, for ranges", () => {
  const bench = new Bench();
  bench.take(posix("a", "read"));
  bench.take(posix("b", "read"));
  assert.equal(bench.take(posix("a", "write")), "EAGAIN");
  assert.equal(bench.take(posix("c", "write")), "EAGAIN");
  bench.release("b");
  assert.equal(bench.take(posix("c", "write")), "EAGAIN");
  assert.equal(bench.take(posix("a", "write")), undefined);
});

test("LockTable.lock() loses the flock that one had when changing it fails, as Linux does", () => {
  const bench = new Bench();
  bench.take(flock("a", "read"));
  bench.take(flock("b", "read"));
  assert.equal(bench.take(flock("a", "write")), "EAGAIN");
  assert.equal(bench.table.size, 1);
  assert.equal(bench.take(flock("b", "write")), undefined);
});

test("LockTable.lock() takes an flock of the whole file, whatever the range says", () => {
  const bench = new Bench();
  bench.take({ ...flock("a", "write"), start: 0, end: 0 });
  assert.equal(bench.take({ ...flock("b", "read"), start: 50, end: 60 }), "EAGAIN");
  assert.equal(bench.take(posix("b", "write", 0, 10)), undefined);
});

test("LockTable.lock() refuses ranges that are empty or begin before the file", () => {
  const bench = new Bench();
  for (const [start, end] of [[5, 5], [6, 5], [-1, 5], [NaN, 5], [0, NaN]] as const) {
    assert.equal(bench.take(posix("a", "write", start, end)), "EINVAL");
  }
});

test("LockTable.release() gives back what one handle took, and nothing else of its owner", () => {
  const { table, file } = new Bench();
  const one = {};
  const two = {};
  table.lock(file, one, posix("a", "write", 0, 10));
  table.lock(file, two, posix("a", "write", 10, 20));
  table.release(file, one);
  assert.equal(table.getLock(file, posix("b", "read", 0, 10)), undefined);
  assert.equal(table.getLock(file, posix("b", "read", 10, 11))?.owner, "a");
  table.release(file, two);
  assert.equal(table.size, 0);
});

test("LockTable.getLock() tells what is in the way, and nothing for an unlock", () => {
  const bench = new Bench();
  bench.take(posix("a", "read", 10, 20));
  const ask = (lock: FileLock) => bench.table.getLock(bench.file, lock);
  assert.deepEqual(ask(posix("b", "write", 0, 11)), posix("a", "read", 10, 20));
  assert.equal(ask(posix("b", "read", 0, 11)), undefined);
  assert.equal(ask(posix("a", "write", 0, 11)), undefined);
  assert.equal(ask(posix("b", "unlock", 0, 11)), undefined);
  assert.equal(ask(flock("b", "write")), undefined);
});

test("those who wait are served in the order of their coming", async () => {
  const bench = new Bench();
  const log: string[] = [];
  bench.take(posix("a", "write"));
  for (const owner of ["b", "c", "d"]) noting(log, owner, bench.wait(posix(owner, "write")));
  assert.equal(bench.table.waiting, 3);
  for (const owner of ["a", "b", "c"]) {
    bench.take(posix(owner, "unlock"));
    await settle();
  }
  assert.deepEqual(log, ["b", "c", "d"]);
});

test("readers who wait are served together", async () => {
  const bench = new Bench();
  const log: string[] = [];
  bench.take(posix("a", "write"));
  for (const owner of ["b", "c"]) noting(log, owner, bench.wait(posix(owner, "read")));
  bench.take(posix("a", "read"));
  await settle();
  assert.deepEqual(log, ["b", "c"]);
  assert.equal(bench.table.waiting, 0);
});

test("a wait ends when the holder of the lock is released", async () => {
  const bench = new Bench();
  const log: string[] = [];
  bench.take(flock("a", "write"));
  noting(log, "b", bench.wait(flock("b", "write")));
  bench.release("a");
  await settle();
  assert.deepEqual(log, ["b"]);
  assert.equal(bench.take(flock("a", "read")), "EAGAIN");
});

test("a wait whose own handle is released ends with EINTR", async () => {
  const bench = new Bench();
  const log: string[] = [];
  bench.take(posix("a", "write"));
  noting(log, "b", bench.wait(posix("b", "write")));
  bench.release("b");
  bench.release("a");
  await settle();
  assert.deepEqual(log, ["b EINTR"]);
  assert.deepEqual([bench.table.size, bench.table.waiting], [0, 0]);
});

test("the signal ends a wait with EINTR, before or while it waits", async () => {
  const bench = new Bench();
  const log: string[] = [];
  const controller = new AbortController();
  bench.take(posix("a", "write"));
  noting(log, "b", bench.wait(posix("b", "write"), controller.signal));
  noting(log, "c", bench.wait(posix("c", "write")));
  controller.abort();
  await settle();
  assert.equal(errnoOf(() => bench.wait(posix("b", "write"), controller.signal)), "EINTR");
  assert.equal(
    errnoOf(() => bench.wait(posix("a", "read"), controller.signal)),
    undefined,
    "Without a conflict the signal does not matter",
  );
  bench.release("a");
  await settle();
  assert.deepEqual(log, ["b EINTR", "c"]);
});

test("two owners that would wait for each other get EDEADLK, in one file or in two", () => {
  const table = new LockTable();
  const [x, y, handle] = [{}, {}, {}];
  table.lock(x, handle, posix("a", "write"));
  table.lock(y, handle, posix("b", "write"));
  const log: string[] = [];
  noting(log, "a", table.lock(y, {}, posix("a", "write"), true));
  assert.equal(errnoOf(() => table.lock(x, {}, posix("b", "write"), true)), "EDEADLK");
  assert.equal(errnoOf(() => table.lock(x, {}, posix("b", "write"))), "EAGAIN");
});

test("a circle of four is found, a chain of four is none", () => {
  const bench = new Bench();
  const log: string[] = [];
  const owners = ["a", "b", "c", "d"];
  owners.forEach((owner, i) => bench.take(posix(owner, "write", i, i + 1)));
  for (const [i, owner] of owners.slice(0, 3).entries()) {
    noting(log, owner, bench.wait(posix(owner, "write", i + 1, i + 2)));
  }
  assert.equal(errnoOf(() => bench.wait(posix("d", "read", 0, 1))), "EDEADLK");
  noting(log, "e", bench.wait(posix("e", "read", 0, 1)));
});

test("flock waits are not looked at for deadlocks", () => {
  const table = new LockTable();
  const [x, y] = [{}, {}];
  table.lock(x, {}, flock("a", "write"));
  table.lock(y, {}, flock("b", "write"));
  const log: string[] = [];
  noting(log, "a", table.lock(y, {}, flock("a", "write"), true));
  noting(log, "b", table.lock(x, {}, flock("b", "write"), true));
});

test("more locks or waiters than allowed get ENOLCK", () => {
  const bench = new Bench(new LockTable({ locks: 3, waiters: 1 }));
  for (const i of [0, 2, 4]) bench.take(posix("a", "write", i, i + 1));
  assert.equal(bench.take(posix("a", "write", 6, 7)), "ENOLCK");
  assert.equal(bench.take(posix("a", "write", 1, 2)), undefined, "Merging needs no more");
  assert.equal(bench.take(posix("a", "unlock", 1, 2)), undefined);
  assert.equal(bench.take(posix("a", "write", 0, 10)), undefined);
  assert.equal(bench.take(posix("a", "unlock", 5, 6)), undefined);
  assert.equal(bench.take(posix("a", "unlock", 1, 2)), undefined);
  assert.equal(bench.take(posix("a", "unlock", 3, 4)), "ENOLCK");
  const log: string[] = [];
  noting(log, "b", bench.wait(posix("b", "write")));
  assert.equal(errnoOf(() => bench.wait(posix("c", "write"))), "ENOLCK");
});

/** What the table should do, byte by byte, for one file of a few bytes. */
class Model {
  readonly #cells = new Map<string, ({ type: Type; holder: string } | undefined)[]>();
  readonly waiters: { lock: FileLock; name: string }[] = [];

  #of(owner: string) {
    if (!this.#cells.has(owner)) this.#cells.set(owner, new Array(BYTES).fill(undefined));
    return this.#cells.get(owner)!;
  }

  blockers(lock: FileLock): string[] {
    const found = new Set<string>();
    for (const [owner, cells] of this.#cells) {
      if (owner === lock.owner || lock.type === "unlock") continue;
      for (let i = lock.start; i < Math.min(lock.end, BYTES); i++) {
        const held = cells[i]?.type;
        if (held === "write" || (held === "read" && lock.type === "write")) found.add(owner);
      }
    }
    return [...found];
  }

  set(lock: FileLock, holder: string): void {
    const cells = this.#of(lock.owner);
    const cell = lock.type === "unlock" ? undefined : { type: lock.type, holder };
    for (let i = lock.start; i < Math.min(lock.end, BYTES); i++) cells[i] = cell;
  }

  release(holder: string): void {
    for (const cells of this.#cells.values()) {
      for (let i = 0; i < BYTES; i++) if (cells[i]?.holder === holder) cells[i] = undefined;
    }
  }

  /** The number of ranges of the same kind. */
  get size(): number {
    let size = 0;
    for (const cells of this.#cells.values()) {
      let before = "";
      for (const cell of cells) {
        const here = cell === undefined ? "" : `${cell.type} ${cell.holder}`;
        if (here !== before && here !== "") size++;
        before = here;
      }
    }
    return size;
  }

  isDeadlock(lock: FileLock): boolean {
    const seen = new Set<string>();
    const reaches = (owner: string): boolean => {
      if (owner === lock.owner) return true;
      if (seen.has(owner)) return false;
      seen.add(owner);
      return this.waiters.some((waiter) =>
        waiter.lock.owner === owner && this.blockers(waiter.lock).some(reaches)
      );
    };
    return this.blockers(lock).some(reaches);
  }

  /** Grants what can be granted, the first one first. */
  wake(): string[] {
    const names: string[] = [];
    for (;;) {
      const i = this.waiters.findIndex(({ lock }) => this.blockers(lock).length === 0);
      if (i < 0) return names;
      const [{ lock, name }] = this.waiters.splice(i, 1) as [{ lock: FileLock; name: string }];
      this.set(lock, lock.owner);
      names.push(name);
    }
  }
}

const BYTES = 12;

test("LockTable does what a table of bytes would do, waits and deadlocks included", async () => {
  const step = fc.record({
    do: fc.constantFrom("lock" as const, "lock" as const, "wait" as const, "release" as const),
    owner: fc.constantFrom("a", "b", "c", "d"),
    type: fc.constantFrom<Type>("read", "write", "unlock"),
    start: fc.nat(BYTES - 1),
    length: fc.integer({ min: 1, max: BYTES }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const bench = new Bench();
      const model = new Model();
      const log: string[] = [];
      const expected: string[] = [];
      for (const [i, { do: what, owner, type, start, length }] of steps.entries()) {
        // The last byte of the model stands for all that follow.
        const end = start + length >= BYTES ? Infinity : start + length;
        const lock = posix(owner, type, start, end);
        const name = `${i}`;
        if (what === "release") {
          bench.release(owner);
          for (const waiter of model.waiters.filter(({ lock }) => lock.owner === owner)) {
            expected.push(`${waiter.name} EINTR`);
            model.waiters.splice(model.waiters.indexOf(waiter), 1);
          }
          model.release(owner);
        } else if (model.blockers(lock).length === 0) {
          assert.equal(bench.take(lock), undefined);
          model.set(lock, owner);
        } else if (what === "lock") {
          assert.notEqual(bench.table.getLock(bench.file, lock), undefined);
          assert.equal(bench.take(lock), "EAGAIN");
        } else if (model.isDeadlock(lock)) {
          assert.equal(errnoOf(() => bench.wait(lock)), "EDEADLK");
        } else {
          noting(log, name, bench.wait(lock));
          model.waiters.push({ lock, name });
        }
        expected.push(...model.wake());
        await settle();
        assert.deepEqual(log, expected);
        assert.equal(bench.table.size, model.size);
        assert.equal(bench.table.waiting, model.waiters.length);
      }
    }),
    { numRuns: RUNS },
  );
});
