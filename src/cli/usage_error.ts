/**
 * A mistake in what the user wrote: an argument, a mount, a configuration file.
 *
 * The message is one sentence that says what to do about it. The program ends with status 2.
 */
export class UsageError extends Error {
  /** Always `"UsageError"`. */
  override get name(): string {
    return "UsageError";
  }
}
