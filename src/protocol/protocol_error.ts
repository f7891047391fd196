/**
 * What a peer sent is not the protocol: the connection cannot go on.
 *
 * A request that is well formed and merely wrong (a field of the wrong type, a path that is too
 * long) is not such an error: it is answered with an errno, and the connection lives.
 *
 * @example
 * ```ts
 * import { Decoder, ProtocolError, REQUEST } from "@vfs/server/core";
 *
 * try {
 *   new Decoder().decode(new Uint8Array([0xff]), 0, 1, REQUEST, {});
 * } catch (error) {
 *   console.log(error instanceof ProtocolError); // true
 * }
 * ```
 */
export class ProtocolError extends Error {
  /** Always `"ProtocolError"`. */
  override get name(): string {
    return "ProtocolError";
  }
}
