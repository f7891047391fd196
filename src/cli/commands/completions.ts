import { completionScript, SHELLS } from "../completion_script.ts";
import { type Command, command } from "../command.ts";
import { output } from "../output.ts";
import { UsageError } from "../usage_error.ts";

/** `vfs-server completions`: what a shell needs to complete command lines. */
export const completions: Command = command({
  name: "completions",
  summary: "write a script with which your shell completes",
  usage: SHELLS.join("|"),
  flags: {},
  operands: [1, 1],
  examples: [
    { purpose: "For this bash", line: "source <(vfs-server completions bash)" },
    {
      purpose: "For every fish",
      line: "vfs-server completions fish > ~/.config/fish/completions/vfs-server.fish",
    },
  ],
  run: async ({ runtime, operands, commands }) => {
    const shell = SHELLS.find((shell) => shell === operands[0]);
    if (shell === undefined) {
      throw new UsageError(`Unknown shell "${operands[0]}": there are ${SHELLS.join(", ")}`);
    }
    await output(runtime, completionScript(shell, commands));
    return 0;
  },
});
