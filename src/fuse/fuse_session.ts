import {
  type Change,
  ERRNO,
  isPromiseLike,
  isWatchable,
  type Provider,
  toVfsError,
  VfsError,
} from "../fs/mod.ts";
import { FORGET, IN_HEADER, INIT, INTERRUPT } from "./_abi.ts";
import { Core } from "./_core.ts";
import { tellChange } from "./_notify.ts";
import { OPERATIONS } from "./_operations.ts";
import { abandon } from "./_recover.ts";
import { Request } from "./_request.ts";
import type { FuseDevice } from "./device.ts";
import { type FuseOptions, resolveFuseOptions } from "./options.ts";
import { COUNTER, FuseCounters, type FuseStats } from "./stats.ts";

/** What a {@link FuseSession} needs beside its provider and device. */
export interface FuseSessionInit extends FuseOptions {
  /** Where to count (default: a memory of its own). */
  readonly counters?: FuseCounters;
  /**
   * Told once when the kernel and the session have agreed on the protocol, or why they have not.
   */
  readonly onStart?: (error?: VfsError) => void;
}

/**
 * Serves a {@link Provider} to the Linux kernel: requests of the FUSE protocol in, replies out.
 *
 * It does no input or output of its own. Whoever owns the device reads a request into
 * {@link FuseSession.buffer} and calls {@link FuseSession.receive}; replies go to the
 * {@link FuseDevice}, each exactly once: at once where the provider answers at once, otherwise when
 * it does, when the caller was interrupted, or at the deadline.
 *
 * @example
 * ```ts
 * import { BaseProvider, type FileInfo, FuseSession, now, S_IFDIR } from "@vfs/server/core";
 *
 * class Empty extends BaseProvider {
 *   override stat(): FileInfo {
 *     const time = now();
 *     return {
 *       ino: 1n, mode: S_IFDIR | 0o755, nlink: 2, uid: 0, gid: 0, rdev: 0, size: 0,
 *       blocks: 0, blksize: 4096, atime: time, mtime: time, ctime: time,
 *     };
 *   }
 * }
 * const replies: Uint8Array[] = [];
 * const session = new FuseSession(new Empty(), {
 *   write: (bytes, length) => replies.push(bytes.slice(0, length)) > 0,
 *   notify: () => Promise.resolve(true),
 * });
 * const { buffer, byteOffset } = session.buffer;
 * const init = new Uint32Array(buffer, byteOffset, 26);
 * init.set([104, 26, 2, 0, 0, 0, 0, 0, 0, 0, 7, 45]); // INIT: version 7.45
 * session.receive(104);
 * console.log(replies.length); // 1
 * ```
 */
export class FuseSession {
  readonly #core: Core;
  readonly #onStart: ((error?: VfsError) => void) | undefined;
  #unsettled = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;
  #closed = false;
  #operating = false;
  #unwatch: (() => void) | undefined;

  /**
   * Answers the kernel with what a provider says.
   *
   * @param provider What is served.
   * @param device Where replies go.
   * @param init How to serve it.
   * @throws {RangeError} For an option out of range.
   */
  constructor(provider: Provider, device: FuseDevice, init: FuseSessionInit = {}) {
    const counters = init.counters ?? new FuseCounters();
    this.#core = new Core(provider, device, resolveFuseOptions(init), counters);
    this.#onStart = init.onStart;
  }

  /** Where the next request goes. Another array after each {@link FuseSession.receive}, perhaps. */
  get buffer(): Uint8Array {
    return this.#core.input.bytes;
  }

  /**
   * How many operations wait for the provider, those included whose caller has been answered
   * already. While there are any, the event loop must turn.
   */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Whether the kernel has said that it is done (DESTROY). */
  get destroyed(): boolean {
    return this.#core.destroyed;
  }

  /**
   * Answers what was counted so far.
   *
   * @returns What the session has done and what it holds.
   */
  stats(): FuseStats {
    this.#count();
    return this.#core.counters.snapshot();
  }

  /**
   * Takes the request that was read into {@link FuseSession.buffer}. It never throws: whatever goes
   * wrong is the answer to the request.
   *
   * @param length How long the request is.
   */
  receive(length: number): void {
    const core = this.#core;
    if (length < IN_HEADER) return;
    const request = new Request(core.input, length);
    core.counters.cells[COUNTER.requests]!++;
    const { opcode } = request;
    if (opcode === INTERRUPT) return this.#interrupt(request.u64(0));
    const operation = OPERATIONS[opcode];
    if (operation === undefined) return core.error(request, ERRNO.ENOSYS);
    try {
      if (length - IN_HEADER < operation.size) throw new VfsError("EINVAL");
      if (!core.started && opcode !== INIT) throw new VfsError("EIO");
      this.#operating = true;
      const result = operation.run(core, request);
      this.#operating = false;
      if (isPromiseLike(result)) return this.#park(request, result);
    } catch (error) {
      this.#operating = false;
      if (operation.silent !== true) core.fail(request, error);
      if (opcode === INIT) return this.#started(error);
    }
    if (opcode === INIT) this.#started();
    if (opcode === FORGET) return;
    this.#count();
  }

  /**
   * Tells the kernel that somebody else has changed something, so that it shows up at the mount at
   * once. A provider that is {@link Watchable} needs no help with this.
   *
   * @param change What has changed.
   * @returns When the kernel has been told.
   */
  async changed(change: Change): Promise<void> {
    if (this.#closed || !this.#core.started) return;
    await tellChange(this.#core, change);
  }

  /**
   * Ends the session: whoever still waits is answered with EIO, and everything open is closed.
   *
   * @returns When the provider has closed everything.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch?.();
    const core = this.#core;
    for (const request of [...core.pending.values()]) {
      core.error(request, ERRNO.EIO);
      request.abort(new VfsError("EIO", "The mount has ended"));
    }
    this.#schedule();
    const files = core.files.removeAll();
    await Promise.all(files.map((file) => file.run(() => abandon(file.handle))));
    this.#count();
  }

  #started(error?: unknown): void {
    const failed = error === undefined ? undefined : toVfsError(error);
    if (failed === undefined && !this.#core.started) return;
    const { provider } = this.#core;
    if (failed === undefined && isWatchable(provider)) {
      this.#unwatch = provider.watch("/", (change) => {
        // What a request of the kernel's own changes, the kernel knows.
        if (!this.#operating) void this.changed(change).catch(ignore);
      });
    }
    this.#onStart?.(failed);
  }

  #count(): void {
    const { counters: { cells }, files, pending } = this.#core;
    cells[COUNTER.nodes] = this.#core.started ? this.#core.nodes.size : 0;
    cells[COUNTER.files] = files.size;
    cells[COUNTER.pending] = pending.size;
  }

  /** The provider has promised an answer: from now on there is a deadline. */
  #park(request: Request, result: PromiseLike<void>): void {
    const core = this.#core;
    const { deadline } = core.options;
    this.#unsettled++;
    if (!request.answered) {
      request.parked = true;
      if (core.started) request.path = core.nodes.pathOf(request.nodeid);
      core.pending.set(request.unique, request);
      if (deadline > 0 && !request.patient) {
        request.due = performance.now() + deadline;
        this.#schedule(request.due);
      }
    }
    const settled = (error?: unknown) => {
      this.#unsettled--;
      if (error !== undefined) core.fail(request, error);
      if (request.opcode === INIT) this.#started(error);
      if (core.pending.size === 0) this.#schedule();
      this.#count();
    };
    result.then(() => settled(), (error) => settled(error ?? new VfsError("EIO")));
  }

  /**
   * The caller of a request has got a signal, and the kernel does not say which: most are handled,
   * and no program expects EINTR of a file. So what is about to end may end, and only what goes on
   * for longer, or waits for a lock, gives up.
   */
  #interrupt(unique: number): void {
    const core = this.#core;
    const request = core.pending.get(unique);
    if (request === undefined || request.interrupted) return;
    core.counters.cells[COUNTER.interrupts]!++;
    request.interrupted = true;
    if (request.patient) this.#abort(request);
    else request.due = performance.now() + core.options.interruptGrace;
    this.#schedule(request.due);
  }

  /** Asks the provider to give up, and gives it time to say how that went. */
  #abort(request: Request): void {
    request.due = performance.now() + this.#core.options.interruptGrace;
    request.abort(new VfsError("EINTR"));
  }

  /** Sets the one timer to the nearest end of patience, or to none. */
  #schedule(due: number = Infinity): void {
    if (due !== Infinity && due >= this.#timerDue) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerDue = due;
    if (due === Infinity) return;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, due - performance.now()));
  }

  /** Answers those who have waited long enough. */
  #expire(): void {
    const core = this.#core;
    const now = performance.now();
    this.#timerDue = Infinity;
    let next = Infinity;
    for (const request of [...core.pending.values()]) {
      if (request.due > now) {
        next = Math.min(next, request.due);
      } else if (request.interrupted && !request.aborted) {
        this.#abort(request);
        next = Math.min(next, request.due);
      } else if (request.interrupted) {
        core.error(request, ERRNO.EINTR);
      } else {
        core.counters.cells[COUNTER.timeouts]!++;
        core.error(request, ERRNO.ETIMEDOUT);
        request.abort(new VfsError("ETIMEDOUT"));
      }
    }
    this.#schedule(next);
  }
}

/** What cannot be told is out of date for the lifetime that was promised, and no longer. */
function ignore(): void {}
