import { type Awaitable, isPromiseLike } from "../../fs/awaitable.ts";
import { HOST_CONTEXT, type OpContext } from "../../fs/context.ts";
import { toVfsError, VfsError } from "../../fs/error.ts";
import { type Called, waitFor } from "../_deadline.ts";
import type { Task } from "../_task.ts";

/** Calls a transformation: it has the time that a hook has, and fails as one does. */
export function* callTransform(
  called: Called,
  context: OpContext | undefined,
  transform: () => Awaitable<Uint8Array>,
): Task<Uint8Array> {
  try {
    const made = transform();
    const { signal } = context ?? HOST_CONTEXT;
    const bytes = isPromiseLike(made) ? (yield waitFor(made, called, signal)) as Uint8Array : made;
    if (!(bytes instanceof Uint8Array)) throw new VfsError("EIO", `${called.name} gave no bytes`);
    return bytes;
  } catch (error) {
    throw toVfsError(error, called.name);
  }
}
