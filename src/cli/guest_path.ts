import { cleanPath } from "../fs/mod.ts";
import { CommandError, reason } from "./command_error.ts";

/** How much of a path is repeated to somebody who has just written it. */
const MOST_TOLD = 80;

/**
 * Reads a path that the guest sees.
 *
 * @param operand The path as it was written on the command line.
 * @returns It, clean.
 * @throws {CommandError} If there can be no such path.
 */
export function guestPath(operand: string): string {
  try {
    return cleanPath(operand);
  } catch (error) {
    const told = operand.length > MOST_TOLD ? `${operand.slice(0, MOST_TOLD)}...` : operand;
    throw new CommandError(`Cannot use the path "${told}": ${reason(error)}`, { cause: error });
  }
}
