import type { Awaitable } from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";

/**
 * How one operation is executed, in two steps, so that neither an answer at hand nor a promised one
 * needs an object in between.
 */
export interface Handler<T> {
  /**
   * Asks the provider.
   *
   * @param exchange The request.
   * @returns What it says, at once or promised.
   */
  run(exchange: Exchange): Awaitable<T>;

  /**
   * Writes the answer. What it throws is answered in its place.
   *
   * @param exchange The request.
   * @param value What `run` gave, which nobody has checked.
   */
  answer(exchange: Exchange, value: T): void;
}
