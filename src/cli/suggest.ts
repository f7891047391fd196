/**
 * Finds the word that somebody probably meant.
 *
 * @param word What was written.
 * @param candidates What could have been written.
 * @returns The nearest candidate, or `undefined` if none is near: at most one slip in three letters,
 * a slip being a letter too many, missing, wrong, or changing places with its neighbour.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    // Whoever writes the beginning of a word means the word.
    const slips = word.length >= 2 && candidate.startsWith(word) ? 0.5 : distance(word, candidate);
    if (slips < least) {
      least = slips;
      best = candidate;
    }
  }
  return best;
}

/** The number of slips between two words ("optimal string alignment"). */
function distance(a: string, b: string): number {
  // Too long to be a slip; the table is not worth its size.
  if (Math.abs(a.length - b.length) > 8) return Infinity;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let slips = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, before[j - 2]! + 1);
      }
      row.push(slips);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
