import { Fifo } from "./_fifo.ts";
import type { HookEvent, HookLoss, HookRecord } from "./event.ts";

/** How a stream of events behaves when nobody reads fast enough. */
export interface EventStreamOptions {
  /** How many events wait for their reader (default 4096). */
  readonly limit?: number;
  /**
   * What happens to more: `"report"` counts them and delivers a loss record in their place;
   * `"wait"` makes operations wait for the reader, for at most the time that a hook may take, and
   * reports what is more than twice the limit all the same (default `"report"`).
   */
  readonly overflow?: "report" | "wait";
}

/**
 * A bounded stream of events for one reader: `for await (const event of engine.events())`.
 *
 * Each event is delivered, or counted by the loss record that stands in its place.
 */
export class EventStream implements AsyncIterableIterator<HookRecord> {
  readonly #limit: number;
  readonly #hardLimit: number;
  readonly #waits: boolean;
  readonly #onClose: (stream: EventStream) => void;
  readonly #records = new Fifo<HookRecord>();
  #lost: { count: number; from: number; to: number } | undefined;
  /** What was lost elsewhere and there was no room to tell of. */
  #lostCalls: HookLoss | undefined;
  #reader: ((result: IteratorResult<HookRecord>) => void) | undefined;
  #writers: (() => void)[] = [];
  #closed = false;
  #totalLost = 0;

  /**
   * Made by {@link HookEngine.events}.
   *
   * @param options How it behaves.
   * @param onClose Is called when its reader ends it.
   * @throws {RangeError} If the limit is not a whole number of at least 1.
   */
  constructor(options: EventStreamOptions, onClose: (stream: EventStream) => void) {
    const limit = options.limit ?? 4096;
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`Cannot hold ${limit} events: the limit is not a number of at least 1`);
    }
    this.#limit = limit;
    this.#waits = options.overflow === "wait";
    this.#hardLimit = this.#waits ? limit * 2 : limit;
    this.#onClose = onClose;
  }

  /** How many events are waiting. */
  get size(): number {
    return this.#records.size;
  }

  /** How many events were lost so far. */
  get lost(): number {
    return this.#totalLost;
  }

  /** Adds an event, or counts it as lost. For the engine. */
  push(event: HookEvent): void {
    if (this.#closed) return;
    if (this.size >= this.#hardLimit) return this.#lose(event.seq);
    this.#takeLosses();
    this.#put(event);
  }

  /** Adds the record of a loss elsewhere, to the one before where there is no room. For the engine. */
  pushLoss(loss: HookLoss): void {
    if (this.#closed) return;
    const before = this.#lostCalls;
    this.#lostCalls = before === undefined
      ? loss
      : { ...loss, count: before.count + loss.count, from: before.from };
    if (this.size < this.#hardLimit) this.#takeLosses();
  }

  /** A promise to wait for before producing more, if there is reason to. For the engine. */
  pressure(): Promise<void> | undefined {
    if (!this.#waits || this.#closed || this.size < this.#limit) return undefined;
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  /** Gives the next record, when there is one. */
  next(): Promise<IteratorResult<HookRecord>> {
    if (this.size === 0) this.#takeLosses();
    const record = this.#records.shift();
    if (record !== undefined) {
      if (this.#writers.length > 0 && this.size < this.#limit) this.#release();
      return Promise.resolve({ done: false, value: record });
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#reader = resolve);
  }

  /** Ends the stream at once; what was not read is gone. */
  return(): Promise<IteratorResult<HookRecord>> {
    this.#records.clear();
    this.#lost = this.#lostCalls = undefined;
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Takes no more events; what is waiting can still be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
    this.#release();
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  /** Itself: a stream has one reader. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #put(record: HookRecord): void {
    const reader = this.#reader;
    if (reader === undefined) {
      this.#records.push(record);
    } else {
      // Whoever waits has read all that was there.
      this.#reader = undefined;
      reader({ done: false, value: record });
    }
  }

  #lose(seq: number): void {
    this.#totalLost++;
    this.#lost ??= { count: 0, from: seq, to: seq };
    this.#lost.count++;
    this.#lost.to = seq;
  }

  /** Puts what was lost into its place, for there is room again. */
  #takeLosses(): void {
    const lost = this.#lost;
    const calls = this.#lostCalls;
    this.#lost = this.#lostCalls = undefined;
    if (lost !== undefined) this.#put({ type: "loss", what: "events", ...lost });
    if (calls !== undefined) this.#put(calls);
  }

  /** Lets operations go on that wait for room. */
  #release(): void {
    const writers = this.#writers;
    this.#writers = [];
    for (const resolve of writers) resolve();
  }
}
