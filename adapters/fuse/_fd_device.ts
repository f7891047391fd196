import type { FuseDevice } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";

/** EIO, as the header of a reply has it. */
const EIO = 5;
const HEADER = 16;

/** The FUSE device behind a file descriptor. */
export class FdDevice implements FuseDevice {
  readonly #io: DeviceIo;
  #notifying: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(io: DeviceIo) {
    this.#io = io;
  }

  write(bytes: Uint8Array, length: number): boolean {
    try {
      this.#io.write(bytes, length);
      return true;
    } catch (error) {
      // ENOENT: nobody waits any more. ENODEV and the like: the connection has ended.
      if ((error as { code?: unknown }).code === "EINVAL" && length > HEADER) this.#refused(bytes);
      return false;
    }
  }

  /** The kernel did not understand a reply; its caller must not wait for ever because of that. */
  #refused(bytes: Uint8Array): void {
    const reply = bytes.slice(0, HEADER);
    const words = new Int32Array(reply.buffer);
    words[0] = HEADER;
    words[1] = -EIO;
    this.write(reply, HEADER);
  }

  /** One after the other: each may have to wait, and each takes a thread while it does. */
  notify(bytes: Uint8Array): Promise<boolean> {
    const told = this.#notifying.then(() => !this.#closed && this.#io.writeLater(bytes));
    this.#notifying = told;
    return told;
  }

  /** From now on nothing is notified. */
  close(): void {
    this.#closed = true;
  }
}
