/**
 * One connection's bytes, as an adapter offers them to a server or a client.
 *
 * Whoever uses it calls {@link Transport.start} once, and is called back on a {@link Receiver}.
 */
export interface Transport {
  /** Who is at the other end, for logs; empty where that is not known. */
  readonly peer: string;

  /**
   * Begins to deliver what arrives. Nothing is delivered before, and no callback is made from
   * within this call.
   *
   * @param receiver Who takes the bytes.
   */
  start(receiver: Receiver): void;

  /**
   * Sends bytes, in the order of the calls.
   *
   * @param bytes What to send.
   * @returns True if the bytes have been taken and the array may be used for something else; false
   * if the transport needs the array, unchanged, until it calls {@link Receiver.drained}. After
   * false the caller stops producing until then: that is all there is to back-pressure. No callback
   * is made from within this call.
   */
  write(bytes: Uint8Array): boolean;

  /** Stops delivery until `resume`. What the transport has read already may still arrive. */
  pause(): void;

  /** Goes on with delivery. */
  resume(): void;

  /** Sends what was written, then closes. */
  end(): void;

  /** Closes at once; what was not sent is lost. May be called before `start`, then nobody is told. */
  destroy(): void;
}

/** What a {@link Transport} calls. A receiver never throws. */
export interface Receiver {
  /**
   * Where the next bytes had best be read to, so that nobody has to copy them. A transport that
   * chooses where it reads to may ask before each read.
   *
   * @returns The place. What is read there is given to {@link Receiver.receive} as a view of it from
   * its beginning, and the place is not used again without asking. `undefined`: anywhere else.
   */
  room?(): Uint8Array | undefined;

  /**
   * Bytes arrived.
   *
   * @param chunk The bytes.
   * @returns True if the receiver is done with the array, and the transport may use it again; false
   * if the receiver keeps it, and the transport must use another from now on.
   */
  receive(chunk: Uint8Array): boolean;

  /** All that was written is sent; the arrays that `write` kept are free again. */
  drained(): void;

  /** The peer will send no more, but still reads (a half-closed connection). */
  ended(): void;

  /**
   * The connection is gone. This is the last call.
   *
   * @param error Why, unless it was closed in order.
   */
  closed(error?: unknown): void;
}
