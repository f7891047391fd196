import { type Flag, toggle } from "./flag.ts";

/** The flag of commands that tell something: as JSON, one object a line. */
export const JSON_FLAG: { readonly json: Flag<true> } = {
  json: toggle({ summary: "write JSON, one object a line" }),
};

/** The flag of commands that may take long. */
export const PROGRESS_FLAG: { readonly progress: Flag<true> } = {
  progress: toggle({ summary: "tell every second how far it is" }),
};
