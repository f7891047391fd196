import { type Command, command, type CommandSpec, type Invocation } from "./command.ts";
import { cannot } from "./command_error.ts";
import { VfsError } from "../fs/mod.ts";
import { CONNECTION_FLAGS, type ConnectionFlagValues, openTree } from "./open_tree.ts";
import type { FlagTable } from "./flag.ts";
import type { Tree } from "./tree.ts";

/** A command that works on a served tree, as its file describes it. */
export interface TreeCommandSpec<F extends FlagTable> extends Omit<CommandSpec<F>, "run"> {
  /**
   * Does it.
   *
   * @param invocation What it is run with.
   * @param tree The tree at the other end of the socket; closed by the caller.
   * @returns The exit status.
   */
  readonly run: (invocation: Invocation<F>, tree: Tree) => Promise<number>;
}

/** Makes a command of its description: adds the flags that say where the server is, and connects. */
export function treeCommand<F extends FlagTable>(spec: TreeCommandSpec<F>): Command {
  return command({
    ...spec,
    flags: { ...spec.flags, ...CONNECTION_FLAGS },
    run: async (invocation) => {
      const { tree, close } = await openTree(
        invocation.runtime,
        invocation.flags as ConnectionFlagValues,
      );
      try {
        return await spec.run(invocation, tree);
      } catch (error) {
        // What a server says is no mistake of this program.
        throw error instanceof VfsError ? cannot(`do ${spec.name}`, error) : error;
      } finally {
        await close();
      }
    },
  });
}
