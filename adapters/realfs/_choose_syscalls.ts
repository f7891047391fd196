import process from "node:process";
import { VfsError } from "../../src/fs/mod.ts";
import { bindLibc } from "./_libc.ts";
import { checkSyscalls } from "./_self_test.ts";
import { NativeSyscalls } from "./native.ts";
import type { RealDirectoryOptions } from "./options.ts";
import { PortableSyscalls } from "./portable.ts";
import type { Syscalls } from "./syscalls.ts";

/** What is missing where there are only the portable calls. */
const MISSING =
  "no extended attributes, holes, rename flags, fifos or locks that other processes see";

/** Chooses the best system calls that work here and keep the promise. */
export function chooseSyscalls(hostPath: string, options: RealDirectoryOptions): Syscalls {
  if (process.platform !== "linux") {
    throw refusal(hostPath, `on ${process.platform} nothing keeps a guest inside it`);
  }
  const { syscalls = "auto" } = options;
  let reason: string | undefined;
  if (syscalls !== "portable") {
    try {
      return native ??= checked(new NativeSyscalls(bindLibc()));
    } catch (error) {
      reason = textOf(error);
      if (syscalls === "native") throw refusal(hostPath, reason, error);
    }
  }
  try {
    portable ??= checked(new PortableSyscalls());
    if (reason !== undefined) notice(options, reason);
    return portable;
  } catch (error) {
    const both = reason === undefined ? textOf(error) : `${reason}; without that, ${textOf(error)}`;
    throw refusal(hostPath, both, error);
  }
}

/** One for each thread: providers do not share state through it, only memory for arguments. */
let native: Syscalls | undefined;
let portable: Syscalls | undefined;
let noticed = false;

function notice(options: RealDirectoryOptions, reason: string): void {
  if (noticed || options.onNotice === undefined) return;
  noticed = true;
  options.onNotice(`Native system calls are not available (${reason}): ${MISSING}`);
}

function checked(syscalls: Syscalls): Syscalls {
  checkSyscalls(syscalls);
  return syscalls;
}

/** The cause is the reason alone: the command line tells it, and not the words of the errno. */
function refusal(hostPath: string, reason: string, cause?: unknown): VfsError {
  return new VfsError("EOPNOTSUPP", `Cannot serve ${hostPath} safely: ${reason}`, {
    cause: new Error(reason, { cause }),
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
