import type { OpContext } from "../fs/mod.ts";
import type { RemoteFile } from "./remote_file.ts";

/** How a single call behaves. */
export interface CallOptions {
  /** Who asks, and how to tell that the answer is no longer wanted. */
  readonly context?: OpContext | undefined;
  /** Ends the call with EINTR; beside the signal of the context. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take, in milliseconds, instead of what the client's options say. */
  readonly timeoutMs?: number | undefined;
  /** The handles that it is about. */
  readonly files?: readonly RemoteFile[];
}
