/**
 * What misleads a terminal, or the reader of a log: control characters, separators of lines and
 * paragraphs, characters that cannot be seen or that turn the direction of text, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Writes a value as JSON of which nothing but plain characters is left: a name is only a name. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escapeUnits);
}

/** Writes a text so that it stays on its line and shows what it is. */
export function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replace(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
