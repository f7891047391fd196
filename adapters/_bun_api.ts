/** The part of Bun's API that the adapter uses: consumers need no types of Bun's for this. */

/** A socket of `Bun.listen` or `Bun.connect`. */
export interface BunSocket {
  /** Whatever the user keeps with the socket. */
  data: BunHandler;
  /** Sends what fits, and returns how much that was; -1 when it is closed. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Closes after what was written. */
  end(): void;
  /** Closes at once. */
  terminate(): void;
}

/** Who is called for one socket. */
export interface BunHandler {
  onOpen(socket: BunSocket): void;
  onData(chunk: Uint8Array<ArrayBuffer>): void;
  onDrain(): void;
  onEnd(): void;
  onClose(error?: unknown): void;
}

/** What a socket calls, whichever it is. */
export interface BunCallbacks {
  binaryType: "uint8array";
  open(socket: BunSocket): void;
  data(socket: BunSocket, chunk: Uint8Array<ArrayBuffer>): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: unknown): void;
  error(socket: BunSocket, error: unknown): void;
  connectError?(socket: unknown, error: unknown): void;
}

interface SocketOptions {
  unix: string;
  allowHalfOpen: boolean;
  socket: BunCallbacks;
}

interface BunApi {
  listen(options: SocketOptions): { stop(closeConnections?: boolean): void };
  connect(options: SocketOptions & { data: BunHandler }): Promise<BunSocket>;
}

/** The global object `Bun`. */
export const bun: BunApi = (globalThis as unknown as { Bun: BunApi }).Bun;
