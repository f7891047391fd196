import {
  canRead,
  canWrite,
  type DirPageEntry,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  type Handle,
  HOST_CONTEXT,
  type Lending,
  O_APPEND,
  type OpContext,
  VfsError,
} from "../../fs/mod.ts";
import { copyContent } from "./_copy.ts";
import { DirectoryHandle } from "./_directory_handle.ts";
import type { FileContent } from "./_file_content.ts";
import type { Inode } from "./_inode.ts";
import { OpenHandle } from "./_open_handle.ts";
import { PathHandle } from "./_path_handle.ts";
import type { Volume } from "./_volume.ts";

const ALLOCATE_MODES: readonly number[] = [
  0,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_ZERO_RANGE,
  FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
];

/** An open regular file. */
export class FileHandle extends OpenHandle implements Lending {
  readonly #content: FileContent;

  constructor(volume: Volume, inode: Inode, content: FileContent, flags: number) {
    super(volume, inode, flags);
    this.#content = content;
  }

  override readAt(buffer: Uint8Array, offset: number, _context?: OpContext): number {
    const inode = this.#readable();
    checkOffset(offset);
    if (buffer.length === 0) return 0;
    this.accessed(inode);
    return this.#content.read(buffer, offset);
  }

  /** Lends the data of a range where they lie. */
  lendAt(offset: number, length: number, _context?: OpContext): Uint8Array[] {
    const inode = this.#readable();
    checkOffset(offset);
    this.accessed(inode);
    return this.#content.lend(offset, length);
  }

  override writeAt(
    data: Uint8Array,
    offset: number,
    context: OpContext = HOST_CONTEXT,
  ): number {
    const inode = this.#writable();
    checkOffset(offset);
    if (data.length === 0) return 0;
    const { fileSize, space } = this.volume;
    const start = (this.flags & O_APPEND) === 0 ? offset : this.#content.size;
    if (start >= fileSize) throw new VfsError("EFBIG");
    const room = fileSize - start;
    const fitting = data.length <= room ? data : data.subarray(0, room);
    const written = this.#content.write(fitting, start, space, inode.uid);
    if (written === 0) throw new VfsError(space.shortage(inode.uid));
    this.volume.modified(inode, context);
    return written;
  }

  override read(buffer: Uint8Array, context?: OpContext): number {
    const count = this.readAt(buffer, this.position, context);
    this.position += count;
    return count;
  }

  override write(data: Uint8Array, context?: OpContext): number {
    const count = this.writeAt(data, this.position, context);
    const isAppended = count > 0 && (this.flags & O_APPEND) !== 0;
    this.position = isAppended ? this.#content.size : this.position + count;
    return count;
  }

  override readDir(
    _cursor: number,
    _limit: number,
    _plus?: boolean,
    _context?: OpContext,
  ): DirPageEntry[] {
    throw new VfsError("ENOTDIR");
  }

  override truncate(size: number, context: OpContext = HOST_CONTEXT): void {
    const inode = this.inode;
    if (!canWrite(this.flags)) throw new VfsError("EINVAL");
    this.volume.truncate(inode, size, true, context);
  }

  override allocate(
    mode: number,
    offset: number,
    length: number,
    context: OpContext = HOST_CONTEXT,
  ): void {
    const inode = this.#writable();
    if (!(offset >= 0 && length > 0)) throw new VfsError("EINVAL");
    if (!ALLOCATE_MODES.includes(mode)) throw new VfsError("EOPNOTSUPP");
    const { fileSize, space } = this.volume;
    const end = offset + length;
    if (end > fileSize) throw new VfsError("EFBIG");
    const content = this.#content;
    if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0) {
      content.punch(offset, end, space, inode.uid);
    } else {
      if (!content.fill(offset, end, space, inode.uid)) {
        throw new VfsError(space.shortage(inode.uid));
      }
      if ((mode & FALLOC_FL_ZERO_RANGE) !== 0) content.zero(offset, end);
      if ((mode & FALLOC_FL_KEEP_SIZE) === 0) content.size = Math.max(content.size, end);
    }
    this.volume.modified(inode, context);
  }

  override seekData(offset: number, _context?: OpContext): number {
    const found = this.#seekable(offset).nextData(offset);
    if (found === undefined) throw new VfsError("ENXIO");
    return found;
  }

  override seekHole(offset: number, _context?: OpContext): number {
    return this.#seekable(offset).nextHole(offset);
  }

  #seekable(offset: number): FileContent {
    void this.inode;
    if (!(offset >= 0 && offset < this.#content.size)) throw new VfsError("ENXIO");
    return this.#content;
  }

  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context: OpContext = HOST_CONTEXT,
  ): number {
    if (!(target instanceof PathHandle) || target.volume !== this.volume) {
      throw new VfsError("EXDEV");
    }
    if (target instanceof DirectoryHandle) throw new VfsError("EISDIR");
    if (!(target instanceof FileHandle)) throw new VfsError("EBADF");
    const inode = this.#readable();
    const into = target.#writable();
    if ((target.flags & O_APPEND) !== 0) throw new VfsError("EBADF");
    checkOffset(offset);
    checkOffset(targetOffset);
    const count = Math.min(length, this.#content.size - offset);
    if (count <= 0) return 0;
    if (into === inode && Math.abs(offset - targetOffset) < count) throw new VfsError("EINVAL");
    const room = this.volume.fileSize - targetOffset;
    if (room <= 0) throw new VfsError("EFBIG");
    const copied = copyContent(
      this.#content,
      offset,
      target.#content,
      targetOffset,
      Math.min(count, room),
      this.volume.space,
      into.uid,
    );
    if (copied === 0) throw new VfsError(this.volume.space.shortage(into.uid));
    this.accessed(inode);
    this.volume.modified(into, context);
    return copied;
  }

  #readable(): Inode {
    if (!canRead(this.flags)) throw new VfsError("EBADF");
    return this.inode;
  }

  #writable(): Inode {
    if (!canWrite(this.flags)) throw new VfsError("EBADF");
    return this.inode;
  }
}

function checkOffset(offset: number): void {
  if (!(offset >= 0)) throw new VfsError("EINVAL", `offset ${offset}`);
}
