import fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  type Awaitable,
  isRegularFile,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type Provider,
} from "../../src/fs/mod.ts";
import { type Arena, INSIDE, OUTSIDE, VICTIMS } from "./_arena.ts";

/** An operation of a guest in the middle of an attack; it may fail in any way but one. */
export interface Operation {
  readonly name: string;
  /** Does it for the i-th time. Returns true if it shows something from outside. */
  run(provider: Provider, arena: Arena, i: number): Awaitable<boolean | void>;
}

const buffer = new Uint8Array(64);
const decoder = new TextDecoder();

const read = async (provider: Provider, path: string): Promise<string> => {
  const file = await provider.open(path, O_RDONLY);
  try {
    return decoder.decode(buffer.subarray(0, await file.readAt(buffer, 0)));
  } finally {
    await file.close();
  }
};

const write = async (provider: Provider, path: string): Promise<void> => {
  const file = await provider.open(path, O_WRONLY);
  try {
    await file.writeAt(new TextEncoder().encode(INSIDE), 0);
  } finally {
    await file.close();
  }
};

/** Who is not root can give a file to nobody, but to itself, which the inode remembers as a change. */
const isRoot = process.getuid?.() === 0;
const group = isRoot ? 7 : process.getgid?.() ?? 0;

/** Gives one of the victims, and one of the two ways to a file: through a link, or as a link. */
const victim = (i: number, kind = "v") => `/d/${kind}${i % VICTIMS}`;
const eitherWay = (i: number) => i % 2 === 0 ? "/d/secret" : "/f";

/** Puts back what an operation took from the directory; whatever is there already stays. */
const putBack = (arena: Arena, name: string, make: (path: string) => void): void => {
  try {
    make(join(arena.inside, name));
  } catch {
    // It was not taken.
  }
};

/** Each operation, on objects that exist by the same names on both sides. */
export const OPERATIONS: readonly Operation[] = [
  { name: "read", run: async (fs, _, i) => (await read(fs, eitherWay(i))) === OUTSIDE },
  { name: "write", run: (fs, _, i) => write(fs, eitherWay(i)) },
  {
    name: "open",
    async run(provider) {
      const file = await provider.open("/g", O_RDONLY);
      const { mode } = await file.stat();
      await file.close();
      return !isRegularFile(mode);
    },
  },
  {
    name: "open, not a fifo",
    async run(provider) {
      // A fifo that is opened for both reading and writing waits for nobody.
      const file = await provider.open("/s", O_RDWR);
      const { mode } = await file.stat();
      await file.close();
      return !isRegularFile(mode);
    },
  },
  {
    name: "create",
    async run(provider, _, i) {
      const path = `/d/new${i}`;
      await (await provider.create(path, 0o600)).close();
      await provider.unlink(path);
    },
  },
  {
    name: "mkdir",
    async run(provider, _, i) {
      await provider.mkdir(`/d/new${i}`, 0o700);
      await provider.rmdir(`/d/new${i}`);
    },
  },
  {
    name: "symlink",
    async run(provider, _, i) {
      await provider.symlink("text", `/d/new${i}`);
      await provider.unlink(`/d/new${i}`);
    },
  },
  {
    name: "unlink",
    async run(provider, arena, i) {
      putBack(arena, `v${i % VICTIMS}`, (path) => fs.writeFileSync(path, INSIDE));
      await provider.unlink(victim(i));
    },
  },
  {
    name: "rmdir",
    async run(provider, arena, i) {
      putBack(arena, `e${i % VICTIMS}`, (path) => fs.mkdirSync(path));
      await provider.rmdir(victim(i, "e"));
    },
  },
  {
    name: "rename",
    async run(provider, arena, i) {
      putBack(arena, `v${i % VICTIMS}`, (path) => fs.writeFileSync(path, INSIDE));
      await provider.rename(victim(i), `/d/moved${i % VICTIMS}`);
    },
  },
  {
    name: "link",
    async run(provider, _, i) {
      await provider.link(victim(i), `/d/linked${i}`);
      await provider.unlink(`/d/linked${i}`);
    },
  },
  { name: "chmod", run: (fs, _, i) => fs.chmod(eitherWay(i), 0o600 + i % 64) },
  {
    name: "chown",
    run: (fs, _, i) => fs.chown(i % 2 === 0 ? victim(i) : "/f", isRoot ? i % 1000 : -1, group),
  },
  {
    name: "utimes",
    run: (fs, _, i) => fs.utimes(eitherWay(i), { sec: i, nsec: 0 }, { sec: i, nsec: 0 }),
  },
  { name: "truncate", run: (fs, _, i) => fs.truncate(eitherWay(i), i % 3) },
  {
    name: "stat",
    async run(provider) {
      const { size } = await provider.stat("/d/text");
      return size === OUTSIDE.length;
    },
  },
  { name: "readlink", run: async (fs) => (await fs.readlink("/d/text")) === OUTSIDE },
  {
    name: "readdir",
    async run(provider, arena) {
      // Only the inside has this name.
      putBack(arena, "here", (path) => fs.writeFileSync(path, "", { flag: "wx" }));
      return !(await provider.readDir("/d", true)).some((entry) => entry.name === "here");
    },
  },
  {
    name: "mkdirAll",
    async run(provider, _, i) {
      await provider.mkdirAll(`/d/deep${i}/er`, 0o700);
      await provider.removeAll(`/d/deep${i}`);
    },
  },
  {
    name: "removeAll",
    async run(provider, arena, i) {
      arena.plantTree();
      await provider.removeAll("/w");
      putBack(
        arena,
        join(`t${i % VICTIMS}`, "sub"),
        (path) => fs.mkdirSync(path, { recursive: true }),
      );
      await provider.removeAll(victim(i, "t"));
    },
  },
];
