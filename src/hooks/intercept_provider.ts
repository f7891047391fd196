import { andThen, type Awaitable } from "../fs/awaitable.ts";
import { BaseProvider } from "../fs/base_provider.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import { O_CREAT, O_RDWR, O_TRUNC } from "../fs/flags.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirEntry, FileInfo, StatFs } from "../fs/info.ts";
import type { Provider } from "../fs/provider.ts";
import type { TimeChange } from "../fs/time.ts";
import { type Change, isWatchable, tellableOf } from "../fs/watch.ts";
import { EFFECTS } from "./_effects.ts";
import { Guard } from "./_guard.ts";
import { listVisible } from "./_listing.ts";
import { lookupVisible } from "./_lookup.ts";
import { openDirectory, openFile } from "./_open.ts";
import { linkFile, renameName } from "./_rename.ts";
import { removeAllBelow } from "./_remove_all.ts";
import { tellableChange, toldAt, watchableAt } from "./_tell_change.ts";
import { prepare } from "./layers/_prepare.ts";
import { coreOf, type HookEngine } from "./engine.ts";
import type { HookOp } from "./ops.ts";

/**
 * Any tree, with an engine between it and whoever uses it.
 *
 * Everything that is asked for is judged by the engine's rules and told to its hooks. All guests of
 * a tree have to come by way of one intercepting provider: it follows files through the renames and
 * links that it sees. What is renamed or linked behind its back is judged, for handles that are
 * open, by the names that it last knew.
 *
 * Operations on which nobody has an opinion are passed on as they are; those on which only
 * synchronous hooks have one are answered at once, if the tree does.
 *
 * @example
 * ```ts
 * import { deny, HookEngine, InterceptProvider, MemoryProvider, toVfsError } from "@vfs/server/core";
 *
 * const engine = new HookEngine([deny(["/w/secret"])]);
 * const files = new InterceptProvider(new MemoryProvider(), engine);
 * await files.mkdir("/w", 0o755);
 * try {
 *   await files.mkdir("/w/secret", 0o755);
 * } catch (error) {
 *   console.log(toVfsError(error).code); // "EACCES"
 * }
 * ```
 */
export class InterceptProvider extends BaseProvider {
  readonly #guard: Guard;
  readonly #inner: Provider;
  /** The tree itself, without what some policies lay upon it. */
  readonly #tree: Provider;

  /** Tells of changes, if the tree does, as far as they are {@link InterceptProvider.tellable}. */
  readonly watch?: (path: string, listener: (change: Change) => void) => () => void;

  /**
   * Puts an engine before a tree.
   *
   * @param inner The tree.
   * @param engine What decides and is told.
   */
  constructor(inner: Provider, engine: HookEngine) {
    super();
    const core = coreOf(engine);
    this.#tree = inner;
    this.#inner = prepare(inner, core.hooks);
    this.#guard = new Guard(this.#inner, core, this);
    // What lives elsewhere changes unseen: then nothing is promised.
    if (isWatchable(inner) && core.hooks.every(({ redirect }) => redirect === undefined)) {
      this.watch = (path, listener) => {
        const top = watchableAt(this.#guard, path);
        return inner.watch(top, (change) => {
          const told = toldAt(path, top, change, tellableChange(this.#guard, change));
          if (told !== undefined) listener(told);
        });
      };
    }
  }

  /**
   * Says what guests may be told of a change that one of them made: of what a rule is about, only
   * that something changed, and of what is hidden not even that.
   *
   * @param change The change.
   * @returns What may be told, if anything.
   */
  tellable(change: Change): Change | undefined {
    const told = tellableOf(this.#tree, change);
    return told === undefined ? undefined : tellableChange(this.#guard, told);
  }

  /** Whether nothing in the tree can be changed. */
  override get readonly(): boolean {
    return this.#inner.readonly;
  }

  /** Describes what a path names. */
  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return andThen(this.lookup(path, context), (info) => {
      if (info === undefined) throw new VfsError("ENOENT", path);
      return info;
    });
  }

  /** Describes what a path names, or answers `undefined`. */
  override lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return lookupVisible(this.#guard, path, context);
  }

  /** Lists a directory, without what is hidden. */
  override readDir(path: string, plus = false, context?: OpContext): Awaitable<DirEntry[]> {
    return this.#do("readdir", path, context, (directory) =>
      listVisible(
        this.#guard,
        directory,
        plus,
        context,
        (withInfo) => this.#inner.readDir(directory, withInfo, context),
      ));
  }

  /** Does what is told by its path alone, at the path that the hooks make of it. */
  #do<T>(
    op: HookOp,
    path: string,
    context: OpContext | undefined,
    act: (path: string) => Awaitable<T>,
  ): Awaitable<T> {
    const o = this.#guard.begin(op, path, context);
    return o === undefined ? act(path) : this.#guard.run(o, EFFECTS[op], () => act(o.path));
  }

  /** Opens a directory, to be listed in pages. */
  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return openDirectory(this.#guard, path, context);
  }

  /** Opens what a path names. */
  override open(path: string, flags: number, mode = 0, context?: OpContext): Awaitable<Handle> {
    return openFile(this.#guard, "open", path, flags, mode, context);
  }

  /** Opens a file for reading and writing, made if it is missing and emptied if it is not. */
  override create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return openFile(this.#guard, "create", path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  /** Makes a directory. */
  override mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    const o = this.#guard.begin("mkdir", path, context);
    if (o === undefined) return this.#inner.mkdir(path, mode, context);
    o.mode = mode;
    return this.#guard.run(o, EFFECTS.mkdir, () => this.#inner.mkdir(o.path, o.mode, context));
  }

  /** Makes a directory and those above it that are missing. */
  override mkdirAll(path: string, mode: number, context?: OpContext): Awaitable<void> {
    const { core } = this.#guard;
    // It makes directories one by one wherever somebody could have an opinion on one of them.
    return core.table("mkdir") === undefined && core.table("stat") === undefined
      ? this.#inner.mkdirAll(path, mode, context)
      : super.mkdirAll(path, mode, context);
  }

  /** Makes a fifo, a socket, a regular file or a device node. */
  override mknod(
    path: string,
    mode: number,
    rdev: number,
    context?: OpContext,
  ): Awaitable<void> {
    const o = this.#guard.begin("mknod", path, context);
    if (o === undefined) return this.#inner.mknod(path, mode, rdev, context);
    o.mode = mode;
    return this.#guard.run(
      o,
      EFFECTS.mknod,
      () => this.#inner.mknod(o.path, o.mode, rdev, context),
    );
  }

  /** Makes a symbolic link. */
  override symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    const { core } = this.#guard;
    const table = core.table("symlink");
    if (table === undefined) return this.#inner.symlink(target, path, context);
    const o = this.#guard.operation(table, "symlink", path, context, target);
    return this.#guard.run(
      o,
      EFFECTS.symlink,
      () => this.#inner.symlink(o.newPath!, o.path, context),
    );
  }

  /** Gives a file a further name. */
  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    return linkFile(this.#guard, existing, path, context);
  }

  /** Answers the target of a symbolic link. */
  override readlink(path: string, context?: OpContext): Awaitable<string> {
    return this.#do("readlink", path, context, (each) => this.#inner.readlink(each, context));
  }

  /** Removes a name of something that is no directory. */
  override unlink(path: string, context?: OpContext): Awaitable<void> {
    return this.#removeBy("unlink", path, context, (each) => this.#inner.unlink(each, context));
  }

  /** Removes an empty directory. */
  override rmdir(path: string, context?: OpContext): Awaitable<void> {
    return this.#removeBy("rmdir", path, context, (each) => this.#inner.rmdir(each, context));
  }

  /** Removes a name of a file, or an empty directory. */
  override remove(path: string, context?: OpContext): Awaitable<void> {
    return this.#removeBy("remove", path, context, (each) => this.#inner.remove(each, context));
  }

  #removeBy(
    op: HookOp,
    path: string,
    context: OpContext | undefined,
    remove: (path: string) => Awaitable<void>,
  ): Awaitable<void> {
    return this.#do(
      op,
      path,
      context,
      (each) => andThen(remove(each), () => this.#guard.names.removed(each)),
    );
  }

  /** Removes what a path names with all that is below it. */
  override removeAll(path: string, context?: OpContext): Awaitable<void> {
    return removeAllBelow(this.#guard, path, context);
  }

  /** Gives something another name. */
  override rename(
    from: string,
    to: string,
    flags = 0,
    context?: OpContext,
  ): Awaitable<void> {
    return renameName(this.#guard, from, to, flags, context);
  }

  /** Sets the permissions of what a path names. */
  override chmod(path: string, mode: number, context?: OpContext): Awaitable<void> {
    const o = this.#guard.begin("chmod", path, context);
    if (o === undefined) return this.#inner.chmod(path, mode, context);
    o.mode = mode;
    return this.#guard.run(o, EFFECTS.chmod, () => this.#inner.chmod(o.path, o.mode, context));
  }

  /** Sets the owners of what a path names. */
  override chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void> {
    const o = this.#guard.begin("chown", path, context);
    if (o === undefined) return this.#inner.chown(path, uid, gid, context);
    o.newUid = uid;
    o.newGid = gid;
    return this.#guard.run(o, EFFECTS.chown, () => this.#inner.chown(o.path, uid, gid, context));
  }

  /** Sets the times of what a path names. */
  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    return this.#do(
      "utimes",
      path,
      context,
      (each) => this.#inner.utimes(each, atime, mtime, context),
    );
  }

  /** Sets the size of a file. */
  override truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    const o = this.#guard.begin("truncate", path, context);
    if (o === undefined) return this.#inner.truncate(path, size, context);
    o.offset = size;
    return this.#guard.run(
      o,
      EFFECTS.truncate,
      () => this.#inner.truncate(o.path, o.offset, context),
    );
  }

  /** Tells how large the filesystem is, and how full. */
  override statfs(path: string, context?: OpContext): Awaitable<StatFs> {
    return this.#do("statfs", path, context, (each) => this.#inner.statfs(each, context));
  }

  /** Answers the value of an extended attribute. */
  override getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array> {
    const o = this.#guard.begin("getxattr", path, context);
    if (o === undefined) return this.#inner.getxattr(path, name, context);
    o.name = name;
    return this.#guard.run(
      o,
      EFFECTS.getxattr,
      () => this.#inner.getxattr(o.path, name, context),
    );
  }

  /** Sets an extended attribute. */
  override setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags = 0,
    context?: OpContext,
  ): Awaitable<void> {
    const o = this.#guard.begin("setxattr", path, context);
    if (o === undefined) return this.#inner.setxattr(path, name, value, flags, context);
    o.name = name;
    o.data = value;
    o.size = value.length;
    o.flags = flags;
    return this.#guard.run(
      o,
      EFFECTS.setxattr,
      () => this.#inner.setxattr(o.path, name, o.data!, flags, context),
    );
  }

  /** Lists the names of the extended attributes. */
  override listxattr(path: string, context?: OpContext): Awaitable<string[]> {
    return this.#do("listxattr", path, context, (each) => this.#inner.listxattr(each, context));
  }

  /** Removes an extended attribute. */
  override removexattr(path: string, name: string, context?: OpContext): Awaitable<void> {
    const o = this.#guard.begin("removexattr", path, context);
    if (o === undefined) return this.#inner.removexattr(path, name, context);
    o.name = name;
    return this.#guard.run(
      o,
      EFFECTS.removexattr,
      () => this.#inner.removexattr(o.path, name, context),
    );
  }
}
