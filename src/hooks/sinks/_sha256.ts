const encoder = new TextEncoder();

/** The hash of a text, in hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  let hex = "";
  for (const byte of new Uint8Array(digest)) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** What the first record of an audit stands on. */
export const GENESIS: string = "0".repeat(64);

/** A line of an audit: its body, and the hash of the body at the end. */
const LINE = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/su;

/** Takes a line apart; `undefined` if it is none. */
export function splitLine(line: string): { body: string; hash: string } | undefined {
  const match = LINE.exec(line);
  return match === null ? undefined : { body: `${match[1]}}`, hash: match[2]! };
}

/** Makes a line of a body. */
export async function sealLine(body: string): Promise<{ line: string; hash: string }> {
  const hash = await sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}
