import process from "node:process";

let ignored = false;

interface DenoSignals {
  addSignalListener(signal: "SIGXFSZ", listener: () => void): void;
}

/**
 * Keeps the process alive when a file would grow beyond RLIMIT_FSIZE. The kernel sends SIGXFSZ
 * before it answers EFBIG; Node and Bun ignore the signal, Deno dies of it.
 */
export function ignoreFileSizeSignal(): void {
  if (ignored || !("deno" in process.versions)) return;
  ignored = true;
  const { Deno } = globalThis as unknown as { Deno: DenoSignals };
  Deno.addSignalListener("SIGXFSZ", () => {});
}
