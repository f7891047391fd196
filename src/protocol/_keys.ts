/**
 * Finds a field by the bytes of its name, without making a string of them.
 *
 * It is a hash table without collisions: the constructor looks for a multiplier that gives each of
 * the names a slot of its own, so a lookup is one hash and one comparison.
 */
export class KeyTable {
  readonly #names: readonly Uint8Array[];
  readonly #slots: Int8Array;
  readonly #multiplier: number;
  readonly #longest: number;

  constructor(names: readonly string[]) {
    const encoder = new TextEncoder();
    this.#names = names.map((name) => encoder.encode(name));
    this.#longest = Math.max(0, ...names.map((name) => name.length));
    for (let multiplier = 1;; multiplier += 2) {
      const slots = this.#tryMultiplier(multiplier);
      if (slots === undefined) continue;
      this.#slots = slots;
      this.#multiplier = multiplier;
      return;
    }
  }

  #tryMultiplier(multiplier: number): Int8Array | undefined {
    const slots = new Int8Array(256).fill(-1);
    for (const [index, name] of this.#names.entries()) {
      const slot = hashOf(name, 0, name.length, multiplier);
      if (slots[slot] !== -1) return undefined;
      slots[slot] = index;
    }
    return slots;
  }

  /** The index of the name that these bytes spell, or -1. */
  find(bytes: Uint8Array, start: number, length: number): number {
    if (length > this.#longest) return -1;
    const index = this.#slots[hashOf(bytes, start, length, this.#multiplier)]!;
    if (index === -1) return -1;
    const name = this.#names[index]!;
    if (name.length !== length) return -1;
    for (let i = 0; i < length; i++) {
      if (name[i] !== bytes[start + i]) return -1;
    }
    return index;
  }
}

function hashOf(bytes: Uint8Array, start: number, length: number, multiplier: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return Math.imul(hash, multiplier) >>> 16 & 0xff;
}
