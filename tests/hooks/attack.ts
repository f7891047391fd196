/** A guest that tries anything, in an order that a seed decides. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  type Handle,
  joinPath,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  S_IFIFO,
  S_IFREG,
} from "../../src/fs/mod.ts";
import type { Random } from "../_random.ts";
import { bytes } from "./kit.ts";

/** What is there, or may be: where an attack goes. */
const PATHS: readonly string[] = [
  "/",
  "/w",
  "/w/secret",
  "/w/secret/key",
  "/w/secret/dir",
  "/w/secret/dir/deep",
  "/w/locked",
  "/w/locked/cfg",
  "/w/locked/empty",
  "/w/pub",
  "/w/pub/mine",
  "/w/pub/dir",
  "/w/pub/dir/x",
  "/w/links",
  "/w/links/pre-deep",
  "/w/pre-secret",
  "/w/pre-locked",
  "/w/.env",
  "/w/pub/.env.d",
  "/w/pub/.env.d/x",
  "/w/alias",
  "/w/new",
  "/w/pub/new",
  "/x",
  "/y",
];
const NAMES: readonly string[] = ["secret", "locked", "pub", "key", "cfg", "dir", ".env", "a", "b"];
const FLAGS: readonly number[] = [
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_RDWR | O_CREAT,
  O_RDWR | O_CREAT | O_EXCL,
  O_RDWR | O_CREAT | O_TRUNC,
  O_WRONLY | O_TRUNC,
  O_RDONLY | O_TRUNC,
  O_WRONLY | O_APPEND,
  O_RDWR | O_TMPFILE,
  O_RDONLY | O_DIRECTORY,
];
const RENAMES: readonly number[] = [0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE];
const THEN = { sec: 1, nsec: 0 };

/** One step: what it is called, and what it gives. */
export interface Step {
  readonly name: string;
  readonly run: () => unknown;
}

/** What a guest does next: with names, or with what it has open. */
export class Attack {
  readonly handles: Handle[] = [];
  readonly #random: Random;
  readonly #guest: Provider;

  constructor(random: Random, guest: Provider) {
    this.#random = random;
    this.#guest = guest;
  }

  /** A step that leaves every content as it is: opens, links and renames. */
  prepare(): Step {
    const { open, link, rename } = this.#steps();
    return this.#random.pick([open!, link!, rename!]);
  }

  /** Any step at all. */
  next(): Step {
    const handle = this.handles.length > 0 && this.#random.below(3) === 0
      ? this.#random.pick(this.handles)
      : undefined;
    return this.#random.pick(Object.values(
      handle === undefined ? this.#steps() : this.#handleSteps(handle),
    ));
  }

  async end(): Promise<void> {
    for (const handle of this.handles.splice(0)) await handle.close();
  }

  #path(): string {
    const path = this.#random.pick(PATHS);
    return this.#random.below(4) > 0 ? path : joinPath(path, this.#random.pick(NAMES));
  }

  async #keep(handle: Handle | PromiseLike<Handle>): Promise<void> {
    this.handles.push(await handle);
  }

  #steps(): Record<string, Step> {
    const p = this.#guest;
    const random = this.#random;
    const [a, b] = [this.#path(), this.#path()];
    const flags = random.pick(FLAGS);
    const how = random.pick(RENAMES);
    const isPlus = random.below(2) === 0;
    const size = random.below(30);
    const step = (name: string, run: () => unknown): Step => ({ name, run });
    return {
      stat: step(`stat ${a}`, () => p.stat(a)),
      lookup: step(`lookup ${a}`, () => p.lookup(a)),
      readDir: step(`readDir ${a} ${isPlus}`, () => p.readDir(a, isPlus)),
      openDir: step(`openDir ${a}`, () => this.#keep(p.openDir(a))),
      open: step(`open ${a} ${flags.toString(8)}`, () => this.#keep(p.open(a, flags, 0o644))),
      create: step(`create ${a}`, () => this.#keep(p.create(a, 0o644))),
      mkdir: step(`mkdir ${a}`, () => p.mkdir(a, 0o755)),
      mkdirAll: step(`mkdirAll ${a}`, () => p.mkdirAll(a, 0o755)),
      mknod: step(`mknod ${a}`, () => p.mknod(a, S_IFREG | 0o644, 0)),
      fifo: step(`fifo ${a}`, () => p.mknod(a, S_IFIFO | 0o644, 0)),
      symlink: step(`symlink ${a} ${b}`, () => p.symlink(a, b)),
      link: step(`link ${a} ${b}`, () => p.link(a, b)),
      readlink: step(`readlink ${a}`, () => p.readlink(a)),
      unlink: step(`unlink ${a}`, () => p.unlink(a)),
      rmdir: step(`rmdir ${a}`, () => p.rmdir(a)),
      remove: step(`remove ${a}`, () => p.remove(a)),
      // Seldom, or there would soon be nothing left.
      removeAll: random.below(6) > 0
        ? step(`statfs ${a}`, () => p.statfs(a))
        : step(`removeAll ${a}`, () => p.removeAll(a)),
      rename: step(`rename ${a} ${b} ${how}`, () => p.rename(a, b, how)),
      renameBack: step(`rename ${b} ${a} ${how}`, () => p.rename(b, a, how)),
      chmod: step(`chmod ${a}`, () => p.chmod(a, isPlus ? 0o700 : 0o755)),
      chown: step(`chown ${a}`, () => p.chown(a, 1, 1)),
      utimes: step(`utimes ${a}`, () => p.utimes(a, THEN, THEN)),
      truncate: step(`truncate ${a} ${size}`, () => p.truncate(a, size)),
      getxattr: step(`getxattr ${a}`, () => p.getxattr(a, "user.hint")),
      setxattr: step(`setxattr ${a}`, () => p.setxattr(a, "user.hint", bytes("y"))),
      listxattr: step(`listxattr ${a}`, () => p.listxattr(a)),
      removexattr: step(`removexattr ${a}`, () => p.removexattr(a, "user.hint")),
    };
  }

  #handleSteps(handle: Handle): Record<string, Step> {
    const random = this.#random;
    const other = random.pick(this.handles);
    const buffer = new Uint8Array(64);
    const at = random.below(8);
    const isPlus = random.below(2) === 0;
    const step = (name: string, run: () => unknown): Step => ({ name: `handle.${name}`, run });
    return {
      readAt: step("readAt", async () => buffer.subarray(0, await handle.readAt(buffer, 0))),
      read: step("read", async () => {
        await handle.seek(0, 0);
        return buffer.subarray(0, await handle.read(buffer));
      }),
      writeAt: step("writeAt", async () => void await handle.writeAt(bytes("changed"), at)),
      write: step("write", async () => void await handle.write(bytes("changed"))),
      stat: step("stat", () => handle.stat()),
      readDir: step(`readDir ${isPlus}`, () => handle.readDir(0, 1 + at, isPlus)),
      truncate: step("truncate", () => handle.truncate(at)),
      sync: step("sync", () => handle.sync()),
      chmod: step("chmod", () => handle.chmod(0o711)),
      chown: step("chown", () => handle.chown(2, 2)),
      utimes: step("utimes", () => handle.utimes(THEN, THEN)),
      allocate: step("allocate", () => handle.allocate(0, 0, 4096)),
      punch: step("punch", () => {
        return handle.allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4);
      }),
      zero: step("zero", () => handle.allocate(FALLOC_FL_ZERO_RANGE, 0, 4)),
      copyRange: step("copyRange", async () => void await handle.copyRange(0, other, at, 100)),
      close: step("close", () => {
        this.handles.splice(this.handles.indexOf(handle), 1);
        return handle.close();
      }),
    };
  }
}
