import { ForwardingHandle } from "../../fs/_forwarding_handle.ts";
import { andThen, type Awaitable } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import { canRead, canWrite, O_APPEND, SEEK_CUR, SEEK_END, SEEK_SET } from "../../fs/flags.ts";
import type { Handle } from "../../fs/handle.ts";
import type { TransformHandle } from "../_transform_handle.ts";

/**
 * What handles on transformed files have in common: a position of their own, no holes, and nothing
 * that moves bytes about without their being transformed.
 */
export abstract class TransformedHandle extends ForwardingHandle implements TransformHandle {
  abstract readonly readRule: string | undefined;
  abstract readonly writeRule: string | undefined;
  /** Whether every write goes to the end. */
  protected readonly appends: boolean;
  readonly #mayRead: boolean;
  readonly #mayWrite: boolean;
  #position = 0;

  constructor(inner: Handle, flags: number) {
    super(inner);
    this.appends = (flags & O_APPEND) !== 0;
    this.#mayRead = canRead(flags);
    this.#mayWrite = canWrite(flags);
  }

  /** How the file was opened decides, not how the one behind it had to be. */
  protected checkRead(): void {
    if (!this.#mayRead) throw new VfsError("EBADF");
  }

  protected checkWrite(errno: "EBADF" | "EINVAL" = "EBADF"): void {
    if (!this.#mayWrite) throw new VfsError(errno);
  }

  override read(buffer: Uint8Array, context?: OpContext): Awaitable<number> {
    return andThen(this.readAt(buffer, this.#position, context), (count) => {
      this.#position += count;
      return count;
    });
  }

  override write(data: Uint8Array, context?: OpContext): Awaitable<number> {
    return andThen(this.writeAt(data, this.#position, context), (count) => {
      if (!this.appends) {
        this.#position += count;
        return count;
      }
      return andThen(this.stat(context), ({ size }) => {
        this.#position = size;
        return count;
      });
    });
  }

  override seek(offset: number, whence: number, context?: OpContext): Awaitable<number> {
    if (whence === SEEK_SET) return this.#moveTo(offset);
    if (whence === SEEK_CUR) return this.#moveTo(this.#position + offset);
    if (whence !== SEEK_END) throw new VfsError("EINVAL");
    return andThen(this.stat(context), ({ size }) => this.#moveTo(size + offset));
  }

  #moveTo(position: number): number {
    if (!Number.isSafeInteger(position) || position < 0) throw new VfsError("EINVAL");
    return this.#position = position;
  }

  override allocate(
    _mode: number,
    _offset: number,
    _length: number,
    _context?: OpContext,
  ): Awaitable<void> {
    throw new VfsError("EOPNOTSUPP");
  }

  override seekData(offset: number, context?: OpContext): Awaitable<number> {
    return this.#beforeEnd(offset, context, () => offset);
  }

  override seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return this.#beforeEnd(offset, context, (size) => size);
  }

  #beforeEnd(
    offset: number,
    context: OpContext | undefined,
    find: (size: number) => number,
  ): Awaitable<number> {
    return andThen(this.stat(context), ({ size }) => {
      if (offset >= size) throw new VfsError("ENXIO");
      return find(size);
    });
  }

  override copyRange(
    _offset: number,
    _target: Handle,
    _targetOffset: number,
    _length: number,
    _context?: OpContext,
  ): Awaitable<number> {
    // Whoever is told so reads and writes, and that is transformed.
    throw new VfsError("EXDEV");
  }
}
