import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { VfsError } from "../fs/error.ts";
import type { FileInfo } from "../fs/info.ts";
import type { Provider } from "../fs/provider.ts";
import type { HookOp } from "./ops.ts";

/**
 * What somebody asks for, as a hook sees it: a frozen snapshot of its own. Writing into `data`
 * changes nothing but the hook's copy.
 *
 * @typeParam Op The operations that it can be.
 */
export interface HookRequest<Op extends HookOp = HookOp> {
  /** The number of the operation: the same for all that is asked about one operation. */
  readonly id: number;
  /** What is done. One operation can do several things: an open that truncates is a truncate too. */
  readonly op: Op;
  /** What was asked for: `"rename"` where `op` is the `create` that a rename amounts to. */
  readonly cause: HookOp;
  /** What it is done to, by its name now: a clean path. */
  readonly path: string;
  /** The other end of a rename, link or copy; of a symlink its target, as text. */
  readonly newPath?: string | undefined;
  /**
   * Rename flags, xattr flags, the mode of an allocate, open flags; of what is done to an open file
   * those that it was opened with. Otherwise 0.
   */
  readonly flags: number;
  /** The mode that is asked for; otherwise 0. */
  readonly mode: number;
  /** The caller's user id, as claimed. */
  readonly uid: number;
  /** The caller's group id, as claimed. */
  readonly gid: number;
  /** The caller's process id, as claimed; 0 where it is not known. */
  readonly pid: number;
  /** Where the operation comes from: `"host"`, `"wire:3"` ... and `"hook:name"` for a hook's own. */
  readonly origin: string;
  /** The place in the file; for `truncate` the new size. */
  readonly offset: number;
  /** How many bytes are read, written, reserved or copied. */
  readonly size: number;
  /** The bytes that are written, or the value of an extended attribute: a copy. */
  readonly data?: Uint8Array | undefined;
  /** The name of an extended attribute. */
  readonly name?: string | undefined;
  /** For `chown`: the new owner; -1 to keep it. */
  readonly newUid?: number | undefined;
  /** For `chown`: the new group; -1 to keep it. */
  readonly newGid?: number | undefined;
  /**
   * Describes the file as it is at present, past all hooks.
   *
   * @returns What it is, or `undefined` if there is nothing of that name.
   */
  stat(): Awaitable<FileInfo | undefined>;
}

/** What an after-hook is told of the file. */
export interface HookFileMeta {
  /** Size in bytes. */
  readonly size: number;
  /** Type and permissions. */
  readonly mode: number;
  /** The owner's user id: the file's, not the caller's. */
  readonly uid: number;
  /** The owner's group id. */
  readonly gid: number;
}

/**
 * How an operation ended:
 * - `allowed`: it was done as it was asked for;
 * - `mutated`: a hook changed its arguments or its bytes;
 * - `answered`: a hook gave the result;
 * - `blocked`: a hook refused it, or failed while it was asked;
 * - `failed`: the provider refused it.
 */
export type HookOutcome = "allowed" | "mutated" | "answered" | "blocked" | "failed";

/** How an operation ended, as an after-hook sees it. */
export interface HookResult {
  /** How it ended. */
  readonly outcome: HookOutcome;
  /** Why it failed or was blocked. */
  readonly err?: VfsError | undefined;
  /** The name of the rule that decided, if one did. */
  readonly rule?: string | undefined;
  /** How many bytes were read, written or copied. */
  readonly bytes: number;
  /** How long it took, in milliseconds, hooks included. */
  readonly duration: number;
  /** The file afterwards, where there is one. */
  readonly meta?: HookFileMeta | undefined;
}

/** What a hook can use. */
export interface HookTools {
  /**
   * The intercepted tree itself. What is done through it is done in the hook's name: by the host,
   * judged by all other hooks, but not a reason for side-effect hooks to run again.
   */
  readonly fs: Provider;
  /** The tree behind the hooks: what is done there is neither judged nor told of. */
  readonly inner: Provider;
  /** The context of those operations, to pass to another provider. */
  readonly context: OpContext;
  /** Aborted when the hook's time is up, or when nobody waits for the operation any more. */
  readonly signal: AbortSignal;
}
