/**
 * The last answers to requests that must not be executed twice, for a peer that asks again because
 * its connection was lost.
 *
 * Answers arrive in the order in which they were sent. Those that were lost are therefore the last
 * that were sent, and each belongs to a request that the peer counts as unanswered: to keep as many
 * as may be unanswered is enough.
 */
export class RetainedAnswers {
  readonly #frames = new Map<number, Uint8Array>();
  readonly #limit: number;

  /** @param limit How many requests may be unanswered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps a copy of an answer. */
  keep(id: number, frame: Uint8Array): void {
    this.#frames.set(id, frame.slice());
    if (this.#frames.size <= this.#limit) return;
    // A map gives its keys in the order in which they were added.
    for (const oldest of this.#frames.keys()) {
      this.#frames.delete(oldest);
      return;
    }
  }

  /** The answer to a request, if it is kept. */
  find(id: number): Uint8Array | undefined {
    return this.#frames.get(id);
  }
}
