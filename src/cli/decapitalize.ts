/** Makes a sentence fit to follow a colon; acronyms and names of errors stay. */
export function decapitalize(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
