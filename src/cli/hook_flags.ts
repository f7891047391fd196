import { deny, Glob, GlobError, hide, type HookSource, readOnly } from "../hooks/mod.ts";
import * as flag from "./flag.ts";
import { UsageError } from "./usage_error.ts";

/** What the flags that say what is allowed, and who is told, can be set to. */
export interface HookFlagValues {
  readonly hide?: readonly string[];
  readonly deny?: readonly string[];
  readonly readOnly?: readonly string[];
  readonly audit?: string;
  readonly events?: true;
}

const ALLOWED = "What is allowed (patterns such as .env*, /w/lib or **/.ssh; may be repeated)";
const TOLD = "Who is told";

/** The flags that say what is allowed, and who is told. */
export const HOOK_FLAGS: flag.FlagsOf<HookFlagValues> = {
  hide: patterns({ group: ALLOWED, summary: "as if it were not there: ENOENT" }),
  deny: patterns({ group: ALLOWED, summary: "visible, and every access fails: EACCES" }),
  readOnly: patterns({ group: ALLOWED, summary: "every change fails: EROFS" }),
  audit: flag.text("FILE", {
    group: TOLD,
    summary: "record every operation so that tampering is found",
  }),
  events: flag.toggle({
    group: TOLD,
    summary: "operations as lines of JSON on the standard output",
  }),
};

/** What the flags allow, as policies. */
export function policiesOf(flags: HookFlagValues): HookSource[] {
  return [
    ...(flags.hide === undefined ? [] : [hide(flags.hide)]),
    ...(flags.deny === undefined ? [] : [deny(flags.deny)]),
    ...(flags.readOnly === undefined ? [] : [readOnly(flags.readOnly)]),
  ];
}

function patterns(details: flag.FlagDetails): flag.Flag<readonly string[]> {
  return {
    ...flag.texts("PATTERN", details),
    parse: (texts) => {
      for (const text of texts) checkPattern(text);
      return texts;
    },
  };
}

/** The policies are about what matches and about what is below it. */
function checkPattern(text: string): void {
  try {
    new Glob(text.endsWith("/") ? `${text}**` : `${text}/**`);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    throw new UsageError(`"${text}" is not a pattern: ${error.reason}`);
  }
}
