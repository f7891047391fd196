import { write, writeSync } from "node:fs";
import type { FuseDevice } from "../../src/fuse/mod.ts";

/** What a failed write tells. */
interface WriteError {
  readonly code?: unknown;
  readonly errno?: unknown;
}

/** EIO, as the header of a reply has it. */
const EIO = 5;

/** The FUSE device behind a file descriptor. */
export class FdDevice implements FuseDevice {
  readonly #fd: number;
  #notifying: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array, length: number): boolean {
    try {
      writeSync(this.#fd, bytes, 0, length);
      return true;
    } catch (error) {
      // ENOENT: nobody waits any more. ENODEV and the like: the connection has ended.
      if ((error as WriteError).code === "EINVAL" && length > 16) this.#refused(bytes);
      return false;
    }
  }

  /** The kernel did not understand a reply; its caller must not wait for ever because of that. */
  #refused(bytes: Uint8Array): void {
    const reply = bytes.slice(0, 16);
    const words = new Int32Array(reply.buffer);
    words[0] = 16;
    words[1] = -EIO;
    this.write(reply, 16);
  }

  /** One after the other: each may have to wait, and each takes a thread while it does. */
  notify(bytes: Uint8Array): Promise<boolean> {
    const told = this.#notifying.then(() => this.#closed ? false : this.#writeLater(bytes));
    this.#notifying = told;
    return told;
  }

  #writeLater(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      write(this.#fd, bytes, 0, bytes.length, null, (error) => resolve(error === null));
    });
  }

  /** From now on nothing is written: the descriptor may soon be somebody else's. */
  close(): void {
    this.#closed = true;
  }
}
