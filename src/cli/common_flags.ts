import { type FlagTable, toggle } from "./flag.ts";

/** What every command understands; the main program sees to it. */
export const COMMON_FLAGS: FlagTable = {
  help: toggle({ short: "h", summary: "show this help", group: "Help" }),
  version: toggle({ summary: "show the version", group: "Help" }),
};
