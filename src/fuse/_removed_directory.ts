import { BaseHandle, type FileInfo } from "../fs/mod.ts";

/** A directory that was removed while somebody worked in it: there is nothing in it any more. */
export class RemovedDirectory extends BaseHandle {
  readonly #info: FileInfo;

  /** @param info What was known of it last. */
  constructor(info: FileInfo) {
    super();
    this.#info = { ...info, nlink: 0 };
  }

  override stat(): FileInfo {
    return this.#info;
  }

  override readDir(): [] {
    return [];
  }

  override sync(): void {}
}
