import type { Command } from "./command.ts";
import { audit } from "./commands/audit.ts";
import { cat } from "./commands/cat.ts";
import { completions } from "./commands/completions.ts";
import { cp } from "./commands/cp.ts";
import { df } from "./commands/df.ts";
import { get } from "./commands/get.ts";
import { ls } from "./commands/ls.ts";
import { mount } from "./commands/mount.ts";
import { mv } from "./commands/mv.ts";
import { ping } from "./commands/ping.ts";
import { put } from "./commands/put.ts";
import { rm } from "./commands/rm.ts";
import { serve } from "./commands/serve.ts";
import { stat } from "./commands/stat.ts";
import { tree } from "./commands/tree.ts";
import { umount } from "./commands/umount.ts";
import { watch } from "./commands/watch.ts";

/** What is done where no command is named. */
export const DEFAULT_COMMAND: Command = serve;

/** All commands, in the order of the help. Help, completions and docs are made from this table. */
export const COMMANDS: readonly Command[] = [
  serve,
  ls,
  tree,
  cat,
  stat,
  get,
  put,
  cp,
  mv,
  rm,
  df,
  watch,
  ping,
  mount,
  umount,
  audit,
  completions,
];
