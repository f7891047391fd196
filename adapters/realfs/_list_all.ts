import { setImmediate } from "node:timers";
import { type DirEntry, type OpContext, VfsError } from "../../src/fs/mod.ts";
import { O_DIRECTORY } from "./_abi.ts";
import type { Directory } from "./_directory.ts";
import { listEntry } from "./_list_entry.ts";
import type { HostListing } from "./syscalls.ts";
import type { Volume } from "./_volume.ts";

/** How long the event loop is kept waiting, in milliseconds. */
const SLICE_MS = 8;

/** Lists a whole directory: at once if that is quick, otherwise over several turns of the loop. */
export function listAll(
  volume: Volume,
  directory: Directory,
  plus: boolean,
  context: OpContext | undefined,
): DirEntry[] | Promise<DirEntry[]> {
  const { syscalls } = volume;
  const { device } = directory;
  const open = syscalls.reopen(directory.descriptor, O_DIRECTORY);
  const entries: DirEntry[] = [];
  let listing: HostListing | undefined;
  let done = false;

  const close = () => {
    try {
      listing?.close();
    } finally {
      syscalls.close(open);
    }
  };

  /** Lists until the end or until the time is over. */
  const work = () => {
    const end = performance.now() + SLICE_MS;
    listing ??= syscalls.list(open);
    do {
      const part = listing.next();
      done = part.length === 0;
      for (const entry of part) {
        const told = listEntry(volume, open, device, entry, plus);
        if (told !== undefined) entries.push(told);
      }
    } while (!done && performance.now() < end);
  };

  const goOn = async () => {
    try {
      while (!done) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (context?.signal.aborted) throw new VfsError("EINTR");
        work();
      }
      return entries;
    } finally {
      close();
    }
  };

  try {
    work();
  } catch (error) {
    close();
    throw error;
  }
  if (!done) return goOn();
  close();
  return entries;
}
