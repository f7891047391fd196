import { FileType } from "./file_type.ts";

/** One name in a directory, as `fs.Dirent` is. */
export class Dirent extends FileType {
  /** The name, without any slash. */
  readonly name: string;
  /** The directory, as the caller spelled it. */
  readonly parentPath: string;

  /**
   * Names an entry.
   *
   * @param name The name.
   * @param parentPath The directory.
   * @param mode A mode with type bits.
   */
  constructor(name: string, parentPath: string, mode: number) {
    super(mode);
    this.name = name;
    this.parentPath = parentPath;
  }
}
