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

  /** Only where the runtime can. */
  readonly writeParts: ((parts: readonly Uint8Array[]) => boolean) | undefined;

  constructor(io: DeviceIo) {
    this.#io = io;
    const { writeParts } = io;
    if (writeParts === undefined) return;
    this.writeParts = (parts) => {
      try {
        writeParts(parts);
        return true;
      } catch (error) {
        this.#failed(error, parts[0]!, parts.length > 1);
        return false;
      }
    };
  }

  write(bytes: Uint8Array, length: number): boolean {
    try {
      this.#io.write(bytes, length);
      return true;
    } catch (error) {
      this.#failed(error, bytes, length > HEADER);
      return false;
    }
  }

  /** ENOENT: nobody waits any more. ENODEV and the like: the connection has ended. */
  #failed(error: unknown, bytes: Uint8Array, hasBody: boolean): void {
    if ((error as { code?: unknown }).code === "EINVAL" && hasBody) this.#refused(bytes);
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
