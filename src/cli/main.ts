import type { Runtime } from "../../adapters/runtime.ts";
import type { Command } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { COMMANDS, DEFAULT_COMMAND } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { COMMON_FLAGS } from "./common_flags.ts";
import { Log } from "./log.ts";
import { BrokenPipe, output } from "./output.ts";
import { parseFlags } from "./parse_flags.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";
import { VERSION } from "./version.ts";

/** What the exit status tells, as the shell's own commands have it. */
const FAILED = 1;
const MISUSED = 2;
/** What the shell reports of a program that the signal SIGPIPE ended. */
const PIPE_BROKEN = 128 + 13;

/**
 * Runs the command line `vfs-server`: reads the arguments, does what they say, and sets the exit
 * status: 0 if it went well, 1 if it failed, 2 for a mistake in the arguments. It never throws.
 *
 * @param runtime The runtime, whose arguments they are.
 */
export async function main(runtime: Runtime): Promise<void> {
  const log = new Log(runtime);
  runtime.setExitCode(await statusOf(runtime, log));
  await log.flush();
}

async function statusOf(runtime: Runtime, log: Log): Promise<number> {
  try {
    return await run(runtime, log);
  } catch (error) {
    if (error instanceof BrokenPipe) return PIPE_BROKEN;
    if (error instanceof UsageError) {
      log.write("error", "misused", error.message);
      return MISUSED;
    }
    // Whatever else is thrown is a mistake of this program, and its stack is what is needed.
    const text = error instanceof CommandError
      ? error.message
      : `Internal error: ${stackOf(error)}`;
    log.write("error", "failed", text);
    return FAILED;
  }
}

async function run(runtime: Runtime, log: Log): Promise<number> {
  const { command, args } = findCommand(runtime.args);
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  if (own.includes("--help") || own.includes("-h")) {
    const isProgram = command === DEFAULT_COMMAND && runtime.args[0] !== command.name;
    await output(runtime, isProgram ? programHelp(command, COMMANDS) : commandHelp(command));
    return 0;
  }
  if (own.includes("--version")) {
    await output(runtime, `vfs-server ${VERSION} (${runtime.name} ${runtime.version})\n`);
    return 0;
  }
  const { flags, operands } = parseFlags({ ...command.flags, ...COMMON_FLAGS }, args);
  checkOperands(command, operands);
  return await command.run({ runtime, log, flags, operands, commands: COMMANDS });
}

/** The first argument names a command, unless it is a flag. */
function findCommand(args: readonly string[]): { command: Command; args: readonly string[] } {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith("-")) return { command: DEFAULT_COMMAND, args };
  const command = COMMANDS.find(({ name }) => name === first);
  if (command !== undefined) return { command, args: rest };
  throw new UsageError(`Unknown command "${first}": ${adviceFor(first)}`);
}

function adviceFor(word: string): string {
  if (/[/=.]/.test(word)) {
    const mount = word.includes("=") ? word : `/workspace=${word}`;
    return `to serve a directory, write --mount ${mount}`;
  }
  const near = suggest(word, COMMANDS.map(({ name }) => name));
  return near === undefined ? "see --help" : `did you mean ${near}?`;
}

function checkOperands(
  { name, usage, operands: [least, most] }: Command,
  given: readonly string[],
) {
  if (given.length > most) {
    throw new UsageError(`Unexpected argument "${given[most]}": write vfs-server ${name} ${usage}`);
  }
  if (given.length < least) {
    throw new UsageError(`Missing argument: write vfs-server ${name} ${usage}`);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
