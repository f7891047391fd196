import { GlobError } from "./glob_error.ts";

/** A class of characters in a pattern, `[a-z]` or `[^a-z]`, by Go's rules. */
export class CharClass {
  readonly #ranges: readonly (readonly [number, number])[];
  readonly #negated: boolean;

  private constructor(ranges: [number, number][], negated: boolean) {
    this.#ranges = ranges;
    this.#negated = negated;
  }

  /** Reads the class that begins at `first`, and tells where it ends. */
  static parse(
    characters: readonly string[],
    first: number,
    pattern: string,
  ): { charClass: CharClass; last: number } {
    let i = first + 1;
    const negated = characters[i] === "^";
    if (negated) i++;
    const ranges: [number, number][] = [];
    const take = (): number => {
      const character = characters[i++];
      if (character === undefined) throw new GlobError(pattern, "a class is not closed by ]");
      if (character === "-" || character === "]") {
        throw new GlobError(pattern, `a class has a misplaced ${character}`);
      }
      if (character !== "\\") return character.codePointAt(0)!;
      const escaped = characters[i++];
      if (escaped === undefined) throw new GlobError(pattern, "a class is not closed by ]");
      return escaped.codePointAt(0)!;
    };
    do {
      const low = take();
      let high = low;
      if (characters[i] === "-") {
        i++;
        high = take();
      }
      if (high < low) throw new GlobError(pattern, "a range ends before it begins");
      ranges.push([low, high]);
    } while (characters[i] !== "]");
    return { charClass: new CharClass(ranges, negated), last: i };
  }

  has(code: number): boolean {
    const listed = this.#ranges.some(([low, high]) => code >= low && code <= high);
    return listed !== this.#negated;
  }
}
