import { type Command, command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import * as flag from "../flag.ts";
import { mountFailure } from "../mount_failure.ts";

/** `vfs-server umount`: the end of a mount. */
export const umount: Command = command({
  name: "umount",
  summary: "take away what vfs-server mount has mounted",
  usage: "[-f] MOUNTPOINT...",
  details: [
    "The process that served the mount then ends by itself. It also takes away what a process " +
    "that died has left.",
  ],
  flags: {
    force: flag.toggle({
      short: "f",
      summary: "also from those who use it: what they still ask for fails",
    }),
  },
  operands: [1, Infinity],
  examples: [{ purpose: "When nobody uses it any more", line: "vfs-server umount /mnt" }],
  run: async ({ runtime, log, flags, operands }) =>
    await eachOperand(log, "unmount", operands, async (mountPoint) => {
      try {
        await runtime.unmount(mountPoint, flags.force ?? false);
      } catch (error) {
        throw mountFailure("unmount", mountPoint, error);
      }
    }),
});
