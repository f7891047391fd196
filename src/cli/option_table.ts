import type { HelpTable } from "./command.ts";
import { flagName, type FlagTable } from "./flag.ts";

/** Makes a table of mount options for the help. */
export function optionTable(title: string, options: FlagTable): HelpTable {
  const rows = Object.entries(options).map(([key, { value, summary }]) => {
    const name = flagName(key);
    return [value === undefined ? name : `${name}=${value}`, summary] as const;
  });
  return { title, rows };
}
