import type { Awaitable } from "../../../fs/mod.ts";
import type { Exchange2 } from "../exchange2.ts";

/** How one operation of version 2 is executed, in two steps. */
export interface Handler2<T> {
  /**
   * Asks the provider.
   *
   * @param exchange The request.
   * @returns What it says, at once or promised.
   */
  run(exchange: Exchange2): Awaitable<T>;

  /**
   * Writes the answer. What it throws is answered in its place.
   *
   * @param exchange The request.
   * @param value What `run` gave, which nobody has checked.
   */
  answer(exchange: Exchange2, value: T): void;

  /** Frees what `run` gave after the request was cancelled. */
  drop?(exchange: Exchange2, value: T): Awaitable<void>;
}
