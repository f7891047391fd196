import { type DirPageEntry, type Handle, type OpContext, VfsError } from "../../fs/mod.ts";
import type { Directory } from "./_directory.ts";
import { OpenHandle } from "./_open_handle.ts";

/** An open directory. It keeps no place of its own: a cursor says it all. */
export class DirectoryHandle extends OpenHandle {
  override readAt(_buffer: Uint8Array, _offset: number, _context?: OpContext): number {
    throw new VfsError("EISDIR");
  }

  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    _context?: OpContext,
  ): DirPageEntry[] {
    const directory = this.inode;
    this.accessed(directory);
    return (directory.body as Directory).page(cursor, limit).map((dentry) => {
      const { name, sequence } = dentry;
      const inode = dentry.inode!;
      const { ino, mode } = inode;
      return plus
        ? { name, ino, mode, cursor: sequence, info: inode.info() }
        : { name, ino, mode, cursor: sequence };
    });
  }

  override copyRange(
    _offset: number,
    _target: Handle,
    _targetOffset: number,
    _length: number,
    _context?: OpContext,
  ): number {
    throw new VfsError("EISDIR");
  }

  override truncate(_size: number, _context?: OpContext): void {
    throw new VfsError("EINVAL");
  }
}
