import {
  type FileInfo,
  type Handle,
  isDirectory,
  isRegularFile,
  isSymlink,
  joinPath,
  O_RDONLY,
  type Provider,
} from "../../src/fs/mod.ts";
import { readBytes, using } from "../_contract/kit.ts";

/** How many handles may be open at a time. */
export const SLOTS = 6;

/** One of the two filesystems that must agree, with its open handles. */
export class Side {
  readonly fs: Provider;
  readonly handles: (Handle | undefined)[] = Array(SLOTS).fill(undefined);
  /** Whether the host counts subdirectories as links; not every filesystem does. */
  readonly #countsDirectories: boolean;

  constructor(fs: Provider, countsDirectories: boolean) {
    this.fs = fs;
    this.#countsDirectories = countsDirectories;
  }

  /** Puts a handle into a slot, and closes the one that was there. */
  async keep(slot: number, handle: Handle | undefined): Promise<void> {
    const before = this.handles[slot];
    this.handles[slot] = handle;
    await before?.close();
  }

  /** What both sides must tell of a file: all but numbers and times that the host makes up. */
  facts(info: FileInfo | undefined): string {
    if (info === undefined) return "nothing";
    const directory = isDirectory(info.mode);
    const size = directory ? "-" : info.size;
    const nlink = directory && !this.#countsDirectories ? "-" : info.nlink;
    return `${info.mode.toString(8)} size ${size} nlink ${nlink}`;
  }

  /** Everything there is, one line for each name. */
  async tree(): Promise<string[]> {
    const lines: string[] = [];
    const directories = ["/"];
    const first = new Map<bigint, string>();
    for (let path = directories.pop(); path !== undefined; path = directories.pop()) {
      const names = (await this.fs.readDir(path)).map((entry) => entry.name).sort();
      for (const name of names) {
        const child = joinPath(path, name);
        const info = await this.fs.stat(child);
        if (!first.has(info.ino)) first.set(info.ino, child);
        const same = first.get(info.ino);
        lines.push(`${child} ${this.facts(info)} is ${same}: ${await this.#content(child, info)}`);
        if (isDirectory(info.mode)) directories.push(child);
      }
    }
    return lines.sort();
  }

  async #content(path: string, info: FileInfo): Promise<string> {
    if (isSymlink(info.mode)) return await this.fs.readlink(path);
    if (!isRegularFile(info.mode)) return "";
    const data = await using(this.fs.open(path, O_RDONLY), (file) => readBytes(file, 0, info.size));
    return digest(data);
  }
}

/** Length and checksum (FNV-1a): short, and different for different data of one test. */
export function digest(data: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const byte of data) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return `${data.length} bytes ${sum.toString(16)}`;
}
