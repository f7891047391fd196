/** The longest line that is put together; what is longer is given in parts of about this length. */
const LONGEST = 1 << 24;

/**
 * Takes a text apart into lines, without their line feeds. A last line without one is a line.
 *
 * @param pieces The bytes of the text: UTF-8, wrong bytes are replaced. A piece is valid until the
 * next one.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A byte order mark is a change like any other.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      yield rest + text.slice(start, end);
      rest = "";
      start = end + 1;
    }
    rest += text.slice(start);
    if (rest.length > LONGEST) {
      yield rest;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
