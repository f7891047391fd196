import {
  andThen,
  type Awaitable,
  cleanPath,
  type ErrnoCode,
  isDirectory,
  VfsError,
} from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";

const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Runs an operation on a path from the wire.
 *
 * A path that ends in a slash, or in `/.`, names a directory or nothing. Cleaning takes the slash
 * away, so this looks at it first: `file/` is ENOTDIR, and so is `link/`, which on a host would
 * follow the link.
 *
 * @param missing The errno if there is a slash and nothing there, for operations that would make
 * something that is no directory; without it the operation finds out by itself.
 */
export function atPath<T, E extends Exchange>(
  exchange: E,
  text: string,
  operation: (path: string, exchange: E) => Awaitable<T>,
  missing?: ErrnoCode,
): Awaitable<T> {
  const path = cleanPath(text);
  if (!namesDirectory(text)) return operation(path, exchange);
  return andThen(exchange.provider.lookup(path, exchange.context), (info) => {
    if (info !== undefined) {
      if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", text);
    } else if (missing !== undefined) {
      throw new VfsError(missing, text);
    }
    return operation(path, exchange);
  });
}

/** What runs an operation on the path of a request: see {@link atPath}. */
/* @__NO_SIDE_EFFECTS__ */
export function onPath<T, E extends Exchange>(
  operation: (path: string, exchange: E) => Awaitable<T>,
  missing?: ErrnoCode,
): (exchange: E) => Awaitable<T> {
  return (exchange) => atPath(exchange, exchange.request.path, operation, missing);
}

/** Whether a path can name nothing but a directory. The root is one anyway. */
export function namesDirectory(text: string): boolean {
  const last = text.length - 1;
  if (last === 0) return false;
  const unit = text.charCodeAt(last);
  return unit === SLASH ||
    unit === DOT && text.charCodeAt(last - 1) === SLASH;
}
