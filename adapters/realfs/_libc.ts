import process from "node:process";
import type { Libc } from "./_c_functions.ts";
import { bindWithBun } from "./_libc_bun.ts";
import { bindWithDeno } from "./_libc_deno.ts";
import { bindWithNode } from "./_libc_node.ts";

/** Where the C library is found: glibc, then musl. */
const LIBRARIES: readonly string[] = [
  "libc.so.6",
  `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
];

let bound: Libc | undefined;

/**
 * Binds the C library by the foreign function interface of this runtime, once for each thread.
 *
 * @throws Whatever the runtime throws that has none, may not use it, or finds no such library.
 */
export function bindLibc(): Libc {
  if (bound !== undefined) return bound;
  if (process.arch !== "x64" && process.arch !== "arm64") {
    throw new Error(`the ABI of ${process.arch} is not known`);
  }
  const bind = "deno" in process.versions
    ? bindWithDeno
    : "bun" in process.versions
    ? bindWithBun
    : bindWithNode;
  let failure: unknown;
  for (const library of LIBRARIES) {
    try {
      return bound = bind(library);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
