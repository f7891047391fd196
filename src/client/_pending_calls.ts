import { VfsError } from "../fs/mod.ts";
import type { WireResponse } from "../protocol/mod.ts";

/** A call that waits for its answer. */
interface PendingCall {
  readonly resolve: (response: WireResponse) => void;
  readonly reject: (error: VfsError) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * The calls of a client, in the order in which they will be answered.
 *
 * A call that is given up keeps its place: its answer still comes, and must not be taken for that of
 * the next.
 */
export class PendingCalls {
  readonly #calls: PendingCall[] = [];
  #first = 0;

  /** Waits for an answer behind all the others. */
  add(timeoutMs: number, detail: string): Promise<WireResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<WireResponse>();
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => {
      reject(new VfsError("ETIMEDOUT", `${detail}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#calls.push({ resolve, reject, timer });
    return promise;
  }

  /** Gives the oldest call its answer. False if nobody asked. */
  answer(response: WireResponse): boolean {
    const call = this.#calls[this.#first];
    if (call === undefined) return false;
    // To shift an array by one for each answer would cost more than to do it now and then.
    if (++this.#first === this.#calls.length || this.#first === 1024) {
      this.#calls.splice(0, this.#first);
      this.#first = 0;
    }
    clearTimeout(call.timer);
    call.resolve(response);
    return true;
  }

  /** Fails all of them. */
  fail(error: VfsError): void {
    for (const call of this.#calls.splice(0).slice(this.#first)) {
      clearTimeout(call.timer);
      call.reject(error);
    }
    this.#first = 0;
  }
}
