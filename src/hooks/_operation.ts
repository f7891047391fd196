import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import type { ErrnoCode } from "../fs/errno.ts";
import type { Handle } from "../fs/handle.ts";
import type { FileInfo } from "../fs/info.ts";
import { cleanPath, joinPath, parentPath } from "../fs/path.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import type { HookTrees } from "./_hook_call.ts";
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

/** What an operation is done to. */
export interface Trees extends HookTrees {
  readonly core: HookCore;
}

const NONE: readonly never[] = [];
const MISSING = /* @__PURE__ */ new VfsError("ENOENT");

/** One operation on its way: what was asked for, what the hooks made of it, how it ended. */
export class Operation {
  readonly id: number;
  readonly trees: Trees;
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
  /** All names that the file is known by. */
  names: readonly string[];
  /** All names that the file at the new path is known by. */
  newNames: readonly string[] = NONE;
  /** Whether it is settled that no rule is about it. */
  isJudged = false;
  /** The open file that it is done to. */
  handle: Handle | undefined;
  /** Of a handle: the version of the engine when it was opened. Otherwise later than all. */
  since: number = Infinity;
  /** What an open did beside opening, for the after-hooks. */
  truncates = false;
  /** Whether it is done, and its file described as it is afterwards. */
  isOver = false;
  outcome: HookOutcome = "allowed";
  rule: string | undefined;
  error: VfsError | undefined;
  bytes = 0;
  /** The result that a hook gave. */
  answer: unknown;
  /** What hooks said so far. */
  answers: Answered[] | undefined;
  /** The hooks that sent it to another path, and are not asked again. */
  movers: CompiledHook[] | undefined;

  constructor(
    trees: Trees,
    table: OpTable,
    op: HookOp,
    path: string,
    newPath: string | undefined,
    context: OpContext,
    id: number = ++trees.core.operations,
  ) {
    this.id = id;
    this.trees = trees;
    this.core = trees.core;
    this.table = table;
    this.op = op;
    this.path = this.asked = path;
    this.newPath = this.askedNewPath = newPath;
    this.names = [path];
    if (newPath !== undefined && op !== "symlink") this.newNames = [newPath];
    this.context = context;
  }

  /** Takes the paths for the only names. */
  nameByPath(): void {
    this.names = [this.path];
    const { newPath } = this;
    this.newNames = newPath === undefined || this.op === "symlink" ? NONE : [newPath];
  }

  /** Describes the file, past all hooks. */
  describe(): Awaitable<FileInfo | undefined> {
    if (this.handle !== undefined) return this.handle.stat();
    return this.trees.inner.lookup(this.op === "rename" && this.isOver ? this.newPath! : this.path);
  }

  /** What a hook sees. Its data is a copy: nobody else's, and as it is at this moment. */
  request(op: HookOp, path: string): HookRequest {
    const { context, data } = this;
    // What replaces content without writing it has no bytes to look at.
    const isDerivedWrite = op === "write" && this.op !== "write";
    return Object.freeze({
      id: this.id,
      op,
      cause: this.cause ?? this.op,
      path,
      newPath: this.newPath,
      flags: this.flags,
      mode: this.mode,
      uid: context.uid,
      gid: context.gid,
      pid: context.pid,
      origin: context.origin,
      offset: this.offset,
      size: this.size,
      data: isDerivedWrite ? new Uint8Array(0) : data?.slice(),
      name: this.name,
      newUid: this.newUid,
      newGid: this.newGid,
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

  /** Nothing was found: an answer, and a failure as far as events go. */
  miss(): void {
    this.error = MISSING;
    this.outcome = "failed";
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
