/**
 * An engine as the best-known ones are built, so that the tests can show what they refuse: one list
 * of hooks, matched by operation and path alone, wrong rules dropped, errors the only decision, a
 * queue that drops what does not fit, one flag for all side effects. It is built after what is known
 * of the reference's behaviour, and is what nobody should use.
 */
import type { FileInfo } from "../../src/fs/mod.ts";
import { ERRNO, type ErrnoCode, VfsError } from "../../src/fs/mod.ts";
import type { HookEvent, HookRequest, HookResult, HookSource } from "../../src/hooks/mod.ts";

/** A request as the hooks share it: whoever changes it changes it for all, and for the operation. */
export interface NaiveRequest {
  op: string;
  path: string;
  newPath: string | undefined;
  flags: number;
  mode: number;
  uid: number;
  gid: number;
  offset: number;
  data: Uint8Array | undefined;
}

/** How an operation ended, for after-hooks. */
export interface NaiveResult {
  readonly err: VfsError | undefined;
  readonly bytes: number;
  readonly info?: FileInfo;
}

/** Any rule, hook or policy, as far as it is looked at. */
interface NaiveHook {
  readonly name?: string;
  readonly phase?: string;
  readonly ops?: readonly string[];
  readonly pathPattern?: string | readonly string[];
  readonly matcher?: { match(request: HookRequest): boolean };
  readonly action?: string;
  readonly actionFunc?: (request: HookRequest) => unknown;
  readonly mutateWrite?: string | Uint8Array;
  readonly mutateWriteFunc?: (request: object) => string | Uint8Array;
  readonly decision?: unknown;
  readonly before?: (request: HookRequest, tools: object) => unknown;
  readonly after?: (request: HookRequest, result: HookResult, tools: object) => unknown;
  readonly hook?: NaiveHook["after"];
  readonly async?: boolean;
  readonly sideEffect?: boolean;
}

const QUEUE = 128;
const STACK = 100;

/** The engine. */
export class NaiveEngine {
  #hooks: NaiveHook[];
  #eventFunc: ((request: HookRequest, result: HookResult) => void) | undefined;
  #isInSideEffect = false;
  readonly #queue: (() => unknown)[] = [];
  #working: Promise<void> | undefined;
  #isClosed = false;
  #depth = 0;
  operations = 0;
  /** What hooks get to work with: there is nothing but the tree itself. */
  tree: object = {};

  constructor(sources: readonly HookSource[] = []) {
    this.#hooks = flatten(sources);
  }

  get size(): number {
    return this.#hooks.length;
  }

  add(...sources: readonly HookSource[]): () => void {
    const added = flatten(sources);
    this.#hooks = [...this.#hooks, ...added];
    return () => this.#hooks = this.#hooks.filter((hook) => !added.includes(hook));
  }

  setEventFunc(eventFunc: ((request: HookRequest, result: HookResult) => void) | undefined): void {
    this.#eventFunc = eventFunc;
  }

  /** Its events come from the event function, and are as many as that is called for. */
  events(): AsyncIterable<HookEvent> {
    const found: HookEvent[] = [];
    const ended = new Promise<void>((resolve) => this.#onClose.push(resolve));
    this.setEventFunc((request, { err, bytes }) =>
      found.push({
        type: "event",
        seq: found.length + 1,
        time: Date.now(),
        duration: 0,
        ...request,
        outcome: err === undefined ? "allowed" : "failed",
        errno: err?.code,
        rule: undefined,
        bytes,
      })
    );
    return {
      async *[Symbol.asyncIterator]() {
        await ended;
        yield* found;
      },
    };
  }

  readonly #onClose: (() => void)[] = [];

  stats(): { operations: number; blocked: number; timeouts: number; failures: number } {
    return { operations: this.operations, blocked: 0, timeouts: 0, failures: 0 };
  }

  async wait(): Promise<void> {
    await this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#working;
    for (const end of this.#onClose) end();
  }

  /** Asks one hook after the other; an error ends it, and is all that they can say. */
  before(request: NaiveRequest): PromiseLike<void> | undefined {
    this.operations++;
    return this.#askFrom(0, request);
  }

  #askFrom(first: number, request: NaiveRequest): PromiseLike<void> | undefined {
    for (let i = first; i < this.#hooks.length; i++) {
      const hook = this.#hooks[i]!;
      if (hook.phase === "after" || !matches(hook, request)) continue;
      if (++this.#depth > STACK) throw new RangeError("The stack is full");
      const said = decide(hook, request, this.tree);
      if (isPromise(said)) {
        return said.then((decision) => {
          this.#depth--;
          take(decision, request);
          return this.#askFrom(i + 1, request);
        });
      }
      this.#depth--;
      take(said, request);
    }
  }

  /** Tells of what was done; what was refused is not. */
  after(request: NaiveRequest, result: NaiveResult): PromiseLike<void> | undefined {
    if (this.#isClosed) return;
    const told = this.#tellFrom(0, request, resultOf(result));
    const emit = () => this.#eventFunc?.(requestOf(request), resultOf(result));
    if (told !== undefined) return told.then(emit);
    emit();
  }

  #tellFrom(
    first: number,
    request: NaiveRequest,
    result: HookResult,
  ): PromiseLike<void> | undefined {
    for (let i = first; i < this.#hooks.length; i++) {
      const hook = this.#hooks[i]!;
      const after = hook.after ?? hook.hook;
      if (after === undefined || !matches(hook, request)) continue;
      if (hook.sideEffect === true && this.#isInSideEffect) continue;
      const call = () => after(requestOf(request), result, { fs: this.tree });
      if (hook.async === true) this.#enqueue(hook, call);
      else {
        // Nothing stops a hook that calls itself but the end of the stack.
        if (++this.#depth > STACK) throw new RangeError("The stack is full");
        const told = call();
        if (isPromise(told)) {
          return told.then(() => {
            this.#depth--;
            return this.#tellFrom(i + 1, request, result);
          });
        }
        this.#depth--;
      }
    }
  }

  #enqueue(hook: NaiveHook, call: () => unknown): void {
    // One is being worked on, and what does not fit behind it is gone.
    if (this.#queue.length >= QUEUE) return;
    this.#queue.push(async () => {
      if (hook.sideEffect !== true) return await call();
      if (this.#isInSideEffect) return;
      this.#isInSideEffect = true;
      await call();
      this.#isInSideEffect = false;
    });
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    await null;
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      await call();
    }
    this.#working = undefined;
  }
}

function flatten(sources: readonly HookSource[]): NaiveHook[] {
  const hooks = sources.flatMap((source) =>
    Array.isArray(source) ? flatten(source) : [source as NaiveHook]
  );
  return hooks.filter(({ action, actionFunc, before, after, hook, decision }) =>
    // An action that is not known is `allow`, and that is nothing.
    action === "block" || action === "mutate_write" ||
    (actionFunc ?? before ?? after ?? hook ?? decision) !== undefined
  );
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | undefined)?.then === "function";
}

/** The request as a hook sees it: not a copy, so that its data is everybody's. */
function requestOf(request: NaiveRequest): HookRequest {
  return Object.assign(Object.create(null), request, {
    id: 0,
    cause: request.op,
    pid: 0,
    origin: "",
    size: request.data?.length ?? 0,
  });
}

function resultOf({ err, bytes, info }: NaiveResult): HookResult {
  return { err, bytes, meta: info, rule: undefined, duration: 0, outcome: "allowed" };
}

/** By the operation, if it is one of the names given, and the first path. */
function matches({ ops, pathPattern, matcher }: NaiveHook, request: NaiveRequest): boolean {
  if (ops !== undefined && ops.length > 0 && !ops.includes(request.op)) return false;
  if (matcher !== undefined && !matcher.match(requestOf(request))) return false;
  if (pathPattern === undefined) return true;
  return [pathPattern].flat().some((pattern) => globMatches(pattern, request.path));
}

/** `*` and `?` within a name, classes; a pattern that is none matches nothing. */
function globMatches(pattern: string, path: string): boolean {
  const source = pattern.replace(
    /[.+^${}()|\\]|\*+|\?/g,
    (found) => found[0] === "*" ? "[^/]*" : found === "?" ? "[^/]" : `\\${found}`,
  );
  try {
    return new RegExp(`^${source}$`, "u").test(path);
  } catch {
    return false;
  }
}

function decide(hook: NaiveHook, request: NaiveRequest, tree: object): unknown {
  if (hook.before !== undefined) return hook.before(requestOf(request), { fs: tree });
  if (hook.actionFunc !== undefined) return hook.actionFunc(requestOf(request));
  if (hook.action === "mutate_write" && request.op === "write") {
    const { path, offset, mode, uid, gid, data } = request;
    const size = data!.length;
    const mutated = hook.mutateWriteFunc?.({ path, offset, size, data, mode, uid, gid }) ??
      hook.mutateWrite!;
    const bytes = typeof mutated === "string" ? new TextEncoder().encode(mutated) : mutated;
    // To replace it by nothing is not to replace it.
    if (bytes.length > 0) request.data = bytes;
    return undefined;
  }
  return hook.decision ?? (hook.action === "block" ? "block" : undefined);
}

/** An error, or other arguments, which nobody looks at; every other decision is none. */
function take(said: unknown, request: NaiveRequest): void {
  if (said === "block") throw new VfsError("EPERM", request.path);
  const decision = said as { kind?: string; errno?: ErrnoCode; fields?: object } | undefined;
  if (decision?.kind === "block") {
    const { errno } = decision;
    throw new VfsError(errno !== undefined && errno in ERRNO ? errno : "EPERM", request.path);
  }
  if (decision?.kind === "change") Object.assign(request, decision.fields);
}
