/** What a failed read of the device means. */
export type ReadFailure = "again" | "wait" | "end" | "error";

/**
 * Tells what to do after a failed read of the device.
 *
 * @param error What it failed with.
 */
export function readFailure(error: unknown): ReadFailure {
  switch ((error as { code?: unknown } | null)?.code) {
    case "ENODEV": // unmounted
    case "ECONNABORTED": // aborted
    case "ENOTCONN":
      return "end";
    case "EINTR":
    case "ENOENT": // the caller has given up before we read what it wanted
      return "again";
    case "EAGAIN":
    case "EPERM": // not mounted yet
      return "wait";
    default:
      return "error";
  }
}

/** Waits a moment before a read is tried again. */
export function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
