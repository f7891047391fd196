import type { Command } from "./command.ts";
import { audit } from "./commands/audit.ts";
import { cat } from "./commands/cat.ts";
import { completions } from "./commands/completions.ts";
import { ls } from "./commands/ls.ts";
import { mount } from "./commands/mount.ts";
import { put } from "./commands/put.ts";
import { rm } from "./commands/rm.ts";
import { serve } from "./commands/serve.ts";
import { stat } from "./commands/stat.ts";
import { umount } from "./commands/umount.ts";

/** What is done where no command is named. */
export const DEFAULT_COMMAND: Command = serve;

/** All commands, in the order of the help. Help, completions and docs are made from this table. */
export const COMMANDS: readonly Command[] = [
  serve,
  ls,
  cat,
  stat,
  put,
  rm,
  mount,
  umount,
  audit,
  completions,
];
