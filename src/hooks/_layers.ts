import type { Handle } from "../fs/handle.ts";
import type { Provider } from "../fs/provider.ts";
import type { Called } from "./_deadline.ts";
import type { Glob } from "./glob.ts";
import type { StreamTransform } from "./transform_types.ts";

/*
 * What some policies put behind the hooks. They bring it along themselves, so that a program without
 * such a policy does not bundle what only that would need.
 */

/**
 * Lets files live in another tree.
 *
 * @param inner Where the others live.
 * @param globs Which files; all without.
 * @param index The number of the policy, to keep the inode numbers of several trees apart.
 * @returns Both trees as one.
 */
export type Redirect = (
  inner: Provider,
  globs: readonly Glob[] | undefined,
  index: number,
) => Provider;

/** What bytes go through, and what makes them do so. */
export interface Stream {
  readonly functions: StreamTransform;
  /** Opens a file whose bytes go through all that are given. */
  readonly open: (inner: Handle, flags: number, streams: readonly NamedStream[]) => Handle;
}

/** A stream and the rule that it comes from. */
export interface NamedStream extends Called {
  readonly stream: Stream;
}
