/**
 * What misleads a terminal, or the reader of a log: control characters, separators of lines and
 * paragraphs, characters that cannot be seen or that turn the direction of text, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSAFE_OR_BACKSLASH = new RegExp(`\\\\|${UNSAFE.source}`, "gu");

const SHORT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * Makes text of unknown origin fit for a terminal and for one line of a log.
 *
 * Names of files and words of peers are untrusted: a name may hold the sequence that clears a
 * screen, or a line feed and a forged line of the log. The escapes are those of JavaScript;
 * backslashes are escaped as well, so that what was escaped can be told from what was not.
 *
 * @param text Any text.
 * @returns Text that is seen as it is.
 */
export function escapeText(text: string): string {
  return text.replace(
    UNSAFE_OR_BACKSLASH,
    (character) => SHORT[character] ?? escapeUnits(character),
  );
}

/**
 * Writes a value as JSON on one line that is safe to look at: JSON itself lets pass much of what
 * {@link escapeText} escapes.
 *
 * @param value The value.
 * @returns JSON of the same value.
 */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
