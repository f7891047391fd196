import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import type { ErrnoCode } from "../fs/errno.ts";
import type { FileInfo } from "../fs/info.ts";
import { cleanPath, joinPath, parentPath } from "../fs/path.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import type { HookCore, OpTable } from "./_hook_core.ts";
import type { AnyDecision } from "./decision.ts";
import type { HookOp } from "./ops.ts";
import type { HookOutcome, HookRequest } from "./request.ts";

/** What a hook said, so that it is asked once about one thing. */
export interface Answered {
  readonly hook: CompiledHook;
  readonly op: HookOp;
  readonly path: string;
  decision: AnyDecision | undefined;
}

/** One operation on its way: what was asked for, what the hooks made of it, how it ended. */
export class Operation {
  readonly id: number;
  readonly core: HookCore;
  readonly table: OpTable;
  readonly context: OpContext;
  readonly started: number = performance.now();
  /** What was asked for; an open becomes a `create` when it makes the file. */
  op: HookOp;
  /** What it is part of, if it was not asked for by itself. */
  cause: HookOp | undefined;
  /** The path, as hooks may have changed it. */
  path: string;
  newPath: string | undefined;
  flags = 0;
  mode = 0;
  offset = 0;
  size = 0;
  data: Uint8Array | undefined;
  name: string | undefined;
  newUid: number | undefined;
  newGid: number | undefined;
  /** The path as it was asked for. */
  readonly asked: string;
  readonly askedNewPath: string | undefined;
  /** All names that the file is known by; the path first. */
  names: readonly string[];
  /** All names that the file at the new path is known by. */
  newNames: readonly string[] = [];
  /** Of a handle: the version of the engine when it was opened. Otherwise later than all. */
  since: number = Infinity;
  /** What an open did beside opening, for the after-hooks. */
  truncates = false;
  outcome: HookOutcome = "allowed";
  rule: string | undefined;
  error: VfsError | undefined;
  bytes = 0;
  /** The result that a hook gave. */
  answer: unknown;
  readonly answers: Answered[] = [];
  readonly movers: Set<CompiledHook> = new Set();

  constructor(
    core: HookCore,
    table: OpTable,
    op: HookOp,
    path: string,
    newPath: string | undefined,
    context: OpContext,
    id: number = ++core.operations,
  ) {
    this.id = id;
    this.core = core;
    this.table = table;
    this.op = op;
    this.path = this.asked = path;
    this.newPath = this.askedNewPath = newPath;
    this.names = [path];
    if (newPath !== undefined) this.newNames = [newPath];
    this.context = context;
  }

  /** Describes the file, past all hooks. */
  describe: () => Awaitable<FileInfo | undefined> = () => undefined;

  /** What a hook sees. Its data is a copy: nobody else's, and as it is at this moment. */
  request(op: HookOp, path: string): HookRequest {
    const { id, newPath, flags, mode, context, offset, size, data, name, newUid, newGid } = this;
    const { uid, gid, pid, origin } = context;
    const isDerivedWrite = op === "write" && this.op !== "write";
    return Object.freeze({
      id,
      op,
      cause: this.cause ?? this.op,
      path,
      ...(newPath === undefined ? undefined : { newPath }),
      flags,
      mode,
      uid,
      gid,
      pid,
      origin,
      offset,
      size,
      // What replaces content without writing it has no bytes to look at.
      ...(isDerivedWrite
        ? { data: new Uint8Array(0) }
        : data === undefined
        ? undefined
        : { data: data.slice() }),
      ...(name === undefined ? undefined : { name }),
      ...(newUid === undefined ? undefined : { newUid, newGid: newGid! }),
      stat: () => this.describe(),
    });
  }

  block(errno: ErrnoCode, rule: string): void {
    this.refuse(new VfsError(errno, this.path), rule);
  }

  refuse(error: VfsError, rule: string | undefined): void {
    this.error = error;
    this.rule = rule;
    this.outcome = "blocked";
  }

  /** The path that a symlink's target leads to, as far as its text tells. */
  target(): string | undefined {
    const text = this.newPath!;
    try {
      return cleanPath(text.startsWith("/") ? text : joinPath(parentPath(this.path), text));
    } catch {
      return undefined;
    }
  }
}
