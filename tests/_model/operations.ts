import process from "node:process";
import {
  type Handle,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
  VfsError,
} from "../../src/fs/mod.ts";
import type { Random } from "../_random.ts";
import { digest, type Side, SLOTS } from "./side.ts";

/** An operation with all its arguments: what it is called, and how to do it to either side. */
export interface Operation {
  readonly text: string;
  run(side: Side): unknown;
}

const NAMES = ["a", "b", "c", "d"];

/** True once in `n` times. */
const once = (random: Random, n: number) => random.below(n) === 0;

/** A path of one to three names out of four, so that operations meet each other often. */
function path(random: Random): string {
  const depth = random.pick([1, 1, 2, 2, 2, 3]);
  return Array.from({ length: depth }, () => `/${random.pick(NAMES)}`).join("");
}

/** A write by anybody but root takes setuid from the file; the provider's caller is root. */
const SETUID = process.getuid?.() === 0 ? 0o4000 : 0;

/** Permissions that let the owner do everything: the test may run as anybody. */
const mode = (random: Random) => 0o700 | random.below(0o100) | (once(random, 5) ? SETUID : 0);
const offset = (random: Random) => random.below(once(random, 4) ? 200_000 : 5_000);

function openFlags(random: Random): number {
  let flags = random.pick([O_RDONLY, O_WRONLY, O_RDWR, O_RDWR]);
  if (!once(random, 3)) flags |= O_CREAT;
  if (once(random, 8)) flags |= O_EXCL;
  if (once(random, 5)) flags |= O_TRUNC;
  if (once(random, 5)) flags |= O_APPEND;
  if (once(random, 12)) flags |= O_DIRECTORY;
  // Kernels differ over a directory that is to be made by open(2), and O_EXCL alone is undefined.
  if ((flags & O_CREAT) !== 0) flags &= ~O_DIRECTORY;
  else flags &= ~O_EXCL;
  return flags;
}

function data(random: Random): Uint8Array {
  // Not every runtime asks the system about nothing.
  const length = 1 + random.below(once(random, 4) ? 70_000 : 200);
  return new Uint8Array(length).fill(1 + random.below(255));
}

/** Makes an operation by path. */
function byPath(name: string, args: unknown[], run: Operation["run"]): Operation {
  return { text: `${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`, run };
}

/** Makes an operation on the handle in a slot; without a handle there it does nothing. */
function byHandle(
  random: Random,
  name: string,
  args: unknown[],
  run: (handle: Handle, side: Side) => unknown,
): Operation {
  const slot = random.below(SLOTS);
  return {
    text: `#${slot}.${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`,
    run: (side) => {
      const handle = side.handles[slot];
      return handle === undefined ? "no handle" : run(handle, side);
    },
  };
}

type Maker = (random: Random) => Operation;

/** How to make each operation, and how often. */
const MAKERS: readonly [weight: number, make: Maker][] = [
  [4, (random) => {
    const p = path(random);
    return byPath("stat", [p], async (side) => side.facts(await side.fs.stat(p)));
  }],
  [3, (random) => {
    const p = path(random);
    return byPath("lookup", [p], async (side) => side.facts(await side.fs.lookup(p)));
  }],
  [4, (random) => {
    const p = once(random, 4) ? "/" : path(random);
    return byPath("readDir", [p], async (side) => {
      const entries = await side.fs.readDir(p);
      return entries.map(({ name, mode }) => `${name} ${mode >> 12}`).sort();
    });
  }],
  [14, (random) => {
    const [p, flags, bits] = [path(random), openFlags(random), mode(random)];
    const slot = random.below(SLOTS);
    return byPath(`#${slot} = open`, [p, flags, bits], async (side) => {
      await side.keep(slot, await side.fs.open(p, flags, bits));
    });
  }],
  [3, (random) => {
    const [p, bits, slot] = [path(random), mode(random), random.below(SLOTS)];
    return byPath(`#${slot} = create`, [p, bits], async (side) => {
      await side.keep(slot, await side.fs.create(p, bits));
    });
  }],
  [2, (random) => {
    const [p, slot] = [path(random), random.below(SLOTS)];
    return byPath(`#${slot} = openDir`, [p], async (side) => {
      await side.keep(slot, await side.fs.openDir(p));
    });
  }],
  [10, (random) => {
    const [p, bits] = [path(random), 0o700 | random.below(0o100)];
    return byPath("mkdir", [p, bits], (side) => side.fs.mkdir(p, bits));
  }],
  [2, (random) => {
    const p = path(random);
    return byPath("mkdirAll", [p], (side) => side.fs.mkdirAll(p, 0o755));
  }],
  [4, (random) => {
    const p = path(random);
    return byPath("rmdir", [p], (side) => side.fs.rmdir(p));
  }],
  [4, (random) => {
    const p = path(random);
    return byPath("unlink", [p], (side) => side.fs.unlink(p));
  }],
  [2, (random) => {
    const p = path(random);
    return byPath("remove", [p], (side) => side.fs.remove(p));
  }],
  [1, (random) => {
    const p = path(random);
    return byPath("removeAll", [p], (side) => side.fs.removeAll(p));
  }],
  [12, (random) => {
    const [from, to] = [path(random), path(random)];
    return byPath("rename", [from, to], (side) => side.fs.rename(from, to));
  }],
  [6, (random) => {
    const [existing, p] = [path(random), path(random)];
    return byPath("link", [existing, p], (side) => side.fs.link(existing, p));
  }],
  [4, (random) => {
    const [target, p] = [random.pick(["a", "../b", "/c/d", "nowhere"]), path(random)];
    return byPath("symlink", [target, p], (side) => side.fs.symlink(target, p));
  }],
  [2, (random) => {
    const p = path(random);
    return byPath("readlink", [p], (side) => side.fs.readlink(p));
  }],
  [3, (random) => {
    const [p, bits] = [path(random), mode(random)];
    return byPath("chmod", [p, bits], (side) => side.fs.chmod(p, bits));
  }],
  [2, (random) => {
    const p = path(random);
    const time = { sec: 1_000_000_000 + random.below(100_000_000), nsec: 0 };
    return byPath("utimes", [p, time.sec], async (side) => {
      await side.fs.utimes(p, time, time);
      return (await side.fs.stat(p)).mtime;
    });
  }],
  [3, (random) => {
    const [p, size] = [path(random), offset(random)];
    return byPath("truncate", [p, size], (side) => side.fs.truncate(p, size));
  }],
  [12, (random) => {
    const [at, what] = [offset(random), data(random)];
    return byHandle(random, "writeAt", [digest(what), at], (file) => file.writeAt(what, at));
  }],
  [10, (random) => {
    const [at, length] = [offset(random), 1 + random.below(20_000)];
    return byHandle(random, "readAt", [length, at], async (file) => {
      const buffer = new Uint8Array(length);
      return digest(buffer.subarray(0, await file.readAt(buffer, at)));
    });
  }],
  [3, (random) => {
    const what = data(random);
    return byHandle(random, "write", [digest(what)], (file) => file.write(what));
  }],
  [3, (random) => {
    const length = 1 + random.below(5_000);
    return byHandle(random, "read", [length], async (file) => {
      const buffer = new Uint8Array(length);
      return digest(buffer.subarray(0, await file.read(buffer)));
    });
  }],
  [3, (random) => {
    const [by, whence] = [random.below(8_000) - 4_000, random.pick([SEEK_SET, SEEK_CUR, SEEK_END])];
    return byHandle(random, "seek", [by, whence], async (file, side) => {
      // How far the end of a directory is only its filesystem knows.
      const directory = side.facts(await file.stat()).startsWith("4");
      return directory ? "directory" : await file.seek(by, whence);
    });
  }],
  [3, (random) => {
    const size = offset(random);
    return byHandle(random, "truncate", [size], (file) => file.truncate(size));
  }],
  [
    5,
    (random) => byHandle(random, "stat", [], async (file, side) => side.facts(await file.stat())),
  ],
  [1, (random) => {
    const bits = mode(random);
    return byHandle(random, "chmod", [bits], (file) => file.chmod(bits));
  }],
  [2, (random) =>
    byHandle(random, "readDir", [], async (file) => {
      const entries = await file.readDir(0, 1000);
      return entries.map(({ name, mode }) => `${name} ${mode >> 12}`).sort();
    })],
  [1, (random) => byHandle(random, "sync", [], (file) => file.sync())],
  [3, (random) => {
    const slot = random.below(SLOTS);
    return byPath(`#${slot} = close`, [], (side) => side.keep(slot, undefined));
  }],
];

const TOTAL = MAKERS.reduce((sum, [weight]) => sum + weight, 0);

/** What a sequence begins with: in an empty tree most operations would find nothing to do. */
export function firstOperations(random: Random): Operation[] {
  const mkdirs = ["/a", "/b", "/a/b", "/b/a"].map((p) =>
    byPath("mkdir", [p], (side) => side.fs.mkdir(p, 0o755))
  );
  const creates = ["/c", "/a/a", "/b/c", "/a/b/d"].map((p, slot) => {
    const what = data(random);
    return byPath(`#${slot} = create`, [p, digest(what)], async (side) => {
      const file = await side.fs.create(p, 0o644);
      await side.keep(slot, file);
      return await file.writeAt(what, 0);
    });
  });
  return [...mkdirs, ...creates];
}

/** Makes the next operation. */
export function nextOperation(random: Random): Operation {
  let n = random.below(TOTAL);
  for (const [weight, make] of MAKERS) {
    n -= weight;
    if (n < 0) return make(random);
  }
  throw new Error("The weights do not add up");
}

/** Does an operation, and tells what came of it: its answer or its errno. */
export async function outcome(operation: Operation, side: Side): Promise<string> {
  try {
    return JSON.stringify(await operation.run(side)) ?? "done";
  } catch (error) {
    if (error instanceof VfsError) return error.code;
    throw error;
  }
}
