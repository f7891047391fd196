import type { FrameSplitter, FrameWriter } from "../protocol/mod.ts";

/** One version of the protocol, as a connection sees it: what makes answers of frames. */
export interface Conversation {
  /** How many requests were answered with an errno. */
  readonly errors: number;
  /** How many handles the peer holds. */
  readonly handles: number;
  /** Whether requests are being worked on, or are about to be answered. */
  readonly isBusy: boolean;
  /** Whether nothing more can be taken on at present. */
  readonly isFull: boolean;

  /**
   * Executes the request in the frame that was found last.
   *
   * @param frames Where the frame stands.
   * @returns A promise, never rejected, if nothing else may be executed before it is answered.
   * @throws {ProtocolError} It is no request.
   */
  execute(frames: FrameSplitter): Promise<void> | undefined;

  /** Is called before what was written is sent. */
  beforeSending(): void;

  /** The peer will send no more; whether it still reads is not known. */
  ended(): void;

  /**
   * The connection is gone.
   *
   * @param link The connection.
   * @param isOver Whether nobody may come back: the server closed it, or stops.
   */
  end(link: Link, isOver: boolean): Promise<void>;
}

/** A connection, as a conversation sees it. */
export interface Link {
  /** The number of the connection. */
  readonly id: number;

  /**
   * Goes on in another version.
   *
   * @param next Who executes the frames from now on.
   * @param writer Where the answers are written from now on.
   */
  become(next: Conversation, writer: FrameWriter): void;

  /** Says that something has been written, or that more can be taken on. */
  wake(): void;

  /** Closes when everything is sent. */
  finish(): void;

  /** Closes at once. */
  destroy(reason?: unknown): void;
}
