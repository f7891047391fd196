import fs from "node:fs";
import { O_RDONLY, type Provider, toVfsError } from "../../src/fs/mod.ts";

/** What an action answers: `ok`, or the name of an errno. */
export async function code(action: () => unknown): Promise<string> {
  try {
    await action();
    return "ok";
  } catch (error) {
    return toVfsError(error).code;
  }
}

/** What several actions answer, one after the other. */
export async function codes(actions: readonly (() => unknown)[]): Promise<string[]> {
  const answers: string[] = [];
  for (const action of actions) answers.push(await code(action));
  return answers;
}

/** The names in a directory, sorted. */
export async function names(provider: Provider, path = "/"): Promise<string[]> {
  return (await provider.readDir(path)).map((entry) => entry.name).sort();
}

/** Makes a file of seven bytes on the host. */
export function putFile(path: string): void {
  fs.writeFileSync(path, "content");
}

/** Reads a small file. */
export async function readText(provider: Provider, path: string): Promise<string> {
  const file = await provider.open(path, O_RDONLY);
  try {
    const buffer = new Uint8Array(4096);
    return new TextDecoder().decode(buffer.subarray(0, await file.readAt(buffer, 0)));
  } finally {
    await file.close();
  }
}
