import { spawnSync } from "node:child_process";
import process from "node:process";
import { findMount } from "./_mountinfo.ts";
import { Watchdog } from "./_watchdog.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Sees to it that a mount ends with its process, however the process ends: by a signal, by
 * `process.exit`, by an uncaught error, or by `kill -9`. It is there before the mount is.
 */
export class Guard {
  readonly #mountPoint: string;
  readonly #before: string;
  readonly #watchdog: Watchdog;
  readonly #threaded: boolean;
  #signalled = false;
  #unmount: (() => void) | undefined;

  /**
   * @param mountPoint Where something is about to be mounted.
   * @param given Whether somebody else has mounted it there already, for us to serve.
   * @param threaded Whether a thread of its own will serve it.
   * @param signals Whether the signals that ask a process to end unmount.
   */
  constructor(mountPoint: string, given: boolean, threaded: boolean, signals: boolean) {
    this.#mountPoint = mountPoint;
    this.#before = given ? "" : findMount(mountPoint)?.device ?? "";
    this.#threaded = threaded;
    this.#watchdog = new Watchdog(mountPoint, this.#before);
    if (signals) { for (const signal of SIGNALS) process.on(signal, this.#onSignal); }
    process.on("exit", this.#onExit);
  }

  /** The device of what is mounted now; empty if nothing is that was not there before. */
  get device(): string {
    const device = findMount(this.#mountPoint)?.device ?? "";
    return device === this.#before ? "" : device;
  }

  /** The mount answers: from now on signals unmount, and one that has come already does so. */
  ready(unmount: () => void): void {
    this.#unmount = unmount;
    if (this.#signalled) unmount();
  }

  /** The mount has ended. */
  dismiss(): void {
    this.#watchdog.dismiss();
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.off("exit", this.#onExit);
  }

  readonly #onSignal = (): void => {
    this.#signalled = true;
    this.#unmount?.();
  };

  /**
   * A thread that waits for the kernel keeps its process from ending, so the wait has to end here.
   * What this thread serves itself must not be touched here; the watchdog sees to that.
   */
  readonly #onExit = (): void => {
    if (!this.#threaded || this.device === "") return;
    spawnSync("umount", ["-l", this.#mountPoint], { timeout: 5000 });
  };
}
