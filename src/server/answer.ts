import { ERRNO, type ErrnoCode, isPromiseLike, toVfsError } from "../fs/mod.ts";
import { NO_OP, operationOf } from "../protocol/mod.ts";
import type { Exchange } from "./exchange.ts";
import type { Handler } from "./handlers/handler.ts";
import { HANDLERS } from "./handlers/mod.ts";

/**
 * Executes one request and writes its answer: exactly one, whatever the provider does.
 *
 * @param exchange The request.
 * @param fault What the decoder found wrong with its fields.
 * @returns `undefined` if the answer is written; otherwise a promise, never rejected, of the time
 * when it is.
 */
export function answer(
  exchange: Exchange,
  fault: ErrnoCode | undefined,
): Promise<void> | undefined {
  const { request, reply } = exchange;
  const handler = HANDLERS[request.op];
  if (handler === undefined) {
    reply.error(request.op === NO_OP ? ERRNO.EINVAL : ERRNO.ENOSYS);
    return;
  }
  if (fault !== undefined) {
    reply.error(ERRNO[fault]);
    return;
  }
  try {
    const value: unknown = handler.run(exchange);
    if (isPromiseLike(value)) return finish(exchange, handler, value);
    handler.answer(exchange, value);
    exchange.session.changed(request);
  } catch (error) {
    fail(exchange, error);
  }
}

async function finish(
  exchange: Exchange,
  handler: Handler<unknown>,
  value: PromiseLike<unknown>,
): Promise<void> {
  try {
    handler.answer(exchange, await value);
    exchange.session.changed(exchange.request);
  } catch (error) {
    fail(exchange, error);
  }
}

/** Answers with the errno of whatever was thrown, and tells of what has none. */
function fail({ request, reply, session }: Exchange, thrown: unknown): void {
  const error = toVfsError(thrown);
  reply.error(error.errno);
  session.failed(request);
  if (error !== thrown && error.code === "EIO") {
    session.fault(operationOf(request.op)?.name ?? String(request.op), thrown);
  }
}
