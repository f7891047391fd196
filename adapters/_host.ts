import { access } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { startDaemon } from "./_daemon.ts";
import { mountSource, unmountAt } from "./_mounting.ts";
import { RealDirectoryProvider } from "./realfs/mod.ts";
import type { Runtime } from "./runtime.ts";

/** What differs from runtime to runtime. */
export type OwnParts = Pick<Runtime, "name" | "version" | "listen" | "connect">;

/** Completes a runtime with what all three offer in the same way: their common `node:process`. */
export function makeRuntime(own: OwnParts): Runtime {
  return {
    ...own,
    args: process.argv.slice(2),
    openDirectory: (path, options) => new RealDirectoryProvider(path, options),
    mount: mountSource,
    unmount: unmountAt,
    startDaemon,
    cwd: () => process.cwd(),
    env: (name) => process.env[name],
    onSignal(signal, callback) {
      process.on(signal, callback);
      return () => void process.off(signal, callback);
    },
    print,
    stdin: () => process.stdin,
    setExitCode(code) {
      process.exitCode = code;
    },
    async importModule(path) {
      // Each runtime has words of its own for a file that is not there; the errno has one.
      await access(path);
      return await import(pathToFileURL(resolve(path)).href);
    },
  };
}

function print(stream: 1 | 2, text: string | Uint8Array): Promise<void> {
  const output = stream === 1 ? process.stdout : process.stderr;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The callback tells of a failure; an event that nobody listens for would end the process.
  if (output.listenerCount("error") === 0) output.on("error", () => {});
  output.write(text, (error) => error == null ? resolve() : reject(error));
  return promise;
}
