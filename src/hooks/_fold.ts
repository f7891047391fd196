/**
 * Makes one spelling of all that a case-insensitive filesystem takes for the same: both cases of a
 * letter, the letters that only one of the conversions knows (`ſ` is `S` in upper case), composed
 * and decomposed accents.
 */
export function foldPath(text: string): string {
  return text.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC");
}
