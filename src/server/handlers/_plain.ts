import type { Awaitable } from "../../fs/mod.ts";
import type { Answers } from "../answers.ts";
import type { Exchange } from "../exchange.ts";
import { onPath } from "./_paths.ts";

/** What an operation that has nothing to tell is answered with. */
export function answerOk({ reply }: { readonly reply: Answers }): void {
  reply.ok();
}

/** How an operation that has nothing to tell is executed, in either version. */
interface Plain<E> {
  run(exchange: E): Awaitable<unknown>;
  answer(exchange: E): void;
}

/** A handler of an operation that has nothing to tell. */
/* @__NO_SIDE_EFFECTS__ */
export function plain<E extends Exchange>(run: (exchange: E) => Awaitable<unknown>): Plain<E> {
  return { run, answer: answerOk };
}

/** The same for what is done at the path of the request. */
/* @__NO_SIDE_EFFECTS__ */
export function plainAtPath<E extends Exchange>(
  operation: (path: string, exchange: E) => Awaitable<unknown>,
): Plain<E> {
  return plain(onPath(operation));
}
