import { checkedHook } from "../_hook_spec.ts";
import type { CheckedHook } from "../hook.ts";
import { streamThrough } from "../layers/_stream_handle.ts";
import type { FileTransform, StreamTransform } from "../transform_types.ts";
import type { Patterns } from "./_patterns.ts";

/**
 * Sends the bytes of matching files through functions that keep their number, piece by piece as
 * they are read and written. A result of another length fails the operation with EIO.
 *
 * There are no holes: zeros that nobody wrote are transformed and stored, at most 64 MiB of them at a
 * time (EFBIG).
 *
 * Several are applied one after the other: to what is written in their order, to what is read in
 * reverse. It is there from the start of an {@link InterceptProvider}, not added later.
 *
 * @param patterns Which files (see {@link Glob}).
 * @param functions What happens to what is read, and to what is written.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { HookEngine, transform } from "@vfs/server/core";
 *
 * const flip = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);
 * const engine = new HookEngine([transform("*.vault", { read: flip, write: flip })]);
 * ```
 */
export function transform(patterns: Patterns, functions: StreamTransform): CheckedHook {
  return checkedHook({
    name: "transform",
    pathPattern: patterns,
    stream: streamThrough(functions),
  });
}

/**
 * Sends matching files through functions as a whole: what was written is turned into what is stored
 * when the file is closed or synced, of whatever length.
 *
 * The guest sees what is so: until then what it wrote, with that size; afterwards what `decode`
 * makes of what is stored, or without `decode` what is stored itself. The first that matches is
 * used. It is there from the start of an {@link InterceptProvider}, not added later.
 *
 * @param patterns Which files (see {@link Glob}).
 * @param functions What is stored, and what is read.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { HookEngine, transformFile } from "@vfs/server/core";
 *
 * const text = new TextDecoder();
 * const engine = new HookEngine([
 *   transformFile("*.txt", {
 *     encode: (content) => new TextEncoder().encode(text.decode(content).replaceAll("\r\n", "\n")),
 *   }),
 * ]);
 * ```
 */
export function transformFile(patterns: Patterns, functions: FileTransform): CheckedHook {
  return checkedHook({ name: "transformFile", pathPattern: patterns, whole: functions });
}
