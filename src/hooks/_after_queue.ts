import { Fifo } from "./_fifo.ts";
import type { HookLoss } from "./event.ts";

/** One call of an after-hook that nobody waits for. */
export interface AfterTask {
  /** The number of the operation. */
  readonly id: number;
  /** How much memory it holds, in bytes. */
  readonly bytes: number;
  /** Calls the hook. It never throws. */
  readonly run: () => PromiseLike<void> | void;
}

/** How many calls are made in one turn of the loop. */
const BATCH = 256;

/** Calls asynchronous after-hooks one after the other, in the order of their operations. */
export class AfterQueue {
  readonly #limit: number;
  readonly #byteLimit: number;
  readonly #onLoss: (loss: HookLoss) => void;
  readonly #tasks = new Fifo<AfterTask>();
  #bytes = 0;
  #running = false;
  #lost: { count: number; from: number; to: number } | undefined;
  #idle: (() => void)[] = [];
  #room: (() => void)[] = [];
  #closed = false;
  /** How many calls were made. */
  done = 0;
  /** How many calls there was no room for. */
  lost = 0;

  constructor(limit: number, byteLimit: number, onLoss: (loss: HookLoss) => void) {
    this.#limit = limit;
    this.#byteLimit = byteLimit;
    this.#onLoss = onLoss;
  }

  /** How many calls are waiting. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Whether there is no room for another call. */
  get full(): boolean {
    return this.#tasks.size >= this.#limit || this.#bytes >= this.#byteLimit;
  }

  /** Adds a call, or counts it as lost. */
  push(task: AfterTask): void {
    if (this.#closed || this.full) return this.#lose(task.id);
    this.#tasks.push(task);
    this.#bytes += task.bytes;
    if (this.#running) return;
    this.#running = true;
    // In a turn of its own: the operation that it is about is answered first.
    setTimeout(() => this.#work(), 0);
  }

  /** Waits until there is room for another call. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#room.push(resolve));
  }

  /** Waits until all calls are made, those that were added meanwhile included. */
  wait(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Takes no more calls, and waits for those that it has. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.wait();
  }

  async #work(): Promise<void> {
    for (let made = 0, task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      this.#bytes -= task.bytes;
      this.#wake();
      await task.run();
      this.done++;
      // Hooks that answer at once must not keep the loop from everything else.
      if (++made % BATCH === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    this.#running = false;
    if (this.#lost !== undefined) this.#report();
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #wake(): void {
    if (this.#lost !== undefined) this.#report();
    this.#room.shift()?.();
  }

  #lose(id: number): void {
    this.lost++;
    this.#lost ??= { count: 0, from: id, to: id };
    this.#lost.count++;
    this.#lost.to = id;
    if (!this.#running) this.#report();
  }

  #report(): void {
    const { count, from, to } = this.#lost!;
    this.#lost = undefined;
    this.#onLoss({ type: "loss", what: "hooks", count, from, to });
  }
}
