/**
 * The kernel's end of a FUSE connection, as an adapter offers it to a {@link FuseSession}.
 *
 * Requests do not come through it: whoever pumps them fills {@link FuseSession.buffer} and calls
 * {@link FuseSession.receive}.
 */
export interface FuseDevice {
  /**
   * Hands one reply to the kernel, now and whole.
   *
   * @param bytes A buffer that begins with the reply.
   * @param length How long the reply is.
   * @returns Whether the kernel took it; false when nobody waits for it any more.
   */
  write(bytes: Uint8Array, length: number): boolean;

  /**
   * Hands one reply to the kernel that lies in parts, without putting them together first. A device
   * that cannot do that does not have it.
   *
   * @param parts The reply in order: its header, and what is in it.
   * @returns What {@link FuseDevice.write} returns.
   */
  readonly writeParts?: ((parts: readonly Uint8Array[]) => boolean) | undefined;

  /**
   * Hands a notification to the kernel, later: the kernel may make it wait for a lock that is held
   * until a request is answered, so this must not block whoever answers requests.
   *
   * @param bytes The notification. The array belongs to the device from now on.
   * @returns When the kernel has taken it: true, or false if it did not know what it was about.
   */
  notify(bytes: Uint8Array): Promise<boolean>;
}
