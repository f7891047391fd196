/** How many texts are kept. */
const SLOTS = 1024;
/** Longer texts are decoded each time. */
const LONGEST = 192;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Turns bytes into text, and remembers what it made.
 *
 * A guest names the same few paths over and over. To compare bytes with a string that exists is
 * several times cheaper than to make a new one, and a string that comes back has its hash with it
 * when a provider looks it up.
 */
export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");

  /**
   * Decodes UTF-8, strictly: a byte order mark is a character like any other.
   *
   * @throws {TypeError} The bytes are not valid UTF-8.
   */
  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST) return strict.decode(bytes.subarray(start, end));
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#texts[slot]!;
    if (known.length === length && isText(known, bytes, start)) return known;
    const text = strict.decode(bytes.subarray(start, end));
    // Only ASCII can be compared byte by unit, and only there the lengths are the same.
    if (text.length === length) this.#texts[slot] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
