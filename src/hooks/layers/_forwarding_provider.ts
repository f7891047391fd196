import type { Awaitable } from "../../fs/awaitable.ts";
import { BaseProvider } from "../../fs/base_provider.ts";
import type { OpContext } from "../../fs/context.ts";
import { O_CREAT, O_RDWR, O_TRUNC } from "../../fs/flags.ts";
import type { Handle } from "../../fs/handle.ts";
import type { DirEntry, FileInfo, StatFs } from "../../fs/info.ts";
import type { Provider } from "../../fs/provider.ts";
import type { TimeChange } from "../../fs/time.ts";

/** A provider that has everything done by another one, which the path tells. */
export abstract class ForwardingProvider extends BaseProvider {
  /** Whose path it is. */
  abstract at(path: string): Provider;

  override get readonly(): boolean {
    return this.at("/").readonly;
  }

  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return this.at(path).stat(path, context);
  }

  override lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return this.at(path).lookup(path, context);
  }

  override readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    return this.at(path).readDir(path, plus, context);
  }

  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return this.at(path).openDir(path, context);
  }

  override open(
    path: string,
    flags: number,
    mode?: number,
    context?: OpContext,
  ): Awaitable<Handle> {
    return this.at(path).open(path, flags, mode, context);
  }

  override create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return this.open(path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  override mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.at(path).mkdir(path, mode, context);
  }

  override mknod(
    path: string,
    mode: number,
    rdev: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.at(path).mknod(path, mode, rdev, context);
  }

  override symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    return this.at(path).symlink(target, path, context);
  }

  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    return this.at(path).link(existing, path, context);
  }

  override readlink(path: string, context?: OpContext): Awaitable<string> {
    return this.at(path).readlink(path, context);
  }

  override unlink(path: string, context?: OpContext): Awaitable<void> {
    return this.at(path).unlink(path, context);
  }

  override rmdir(path: string, context?: OpContext): Awaitable<void> {
    return this.at(path).rmdir(path, context);
  }

  override rename(
    from: string,
    to: string,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.at(from).rename(from, to, flags, context);
  }

  override chmod(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.at(path).chmod(path, mode, context);
  }

  override chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void> {
    return this.at(path).chown(path, uid, gid, context);
  }

  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    return this.at(path).utimes(path, atime, mtime, context);
  }

  override truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    return this.at(path).truncate(path, size, context);
  }

  override statfs(path: string, context?: OpContext): Awaitable<StatFs> {
    return this.at(path).statfs(path, context);
  }

  override getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array> {
    return this.at(path).getxattr(path, name, context);
  }

  override setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.at(path).setxattr(path, name, value, flags, context);
  }

  override listxattr(path: string, context?: OpContext): Awaitable<string[]> {
    return this.at(path).listxattr(path, context);
  }

  override removexattr(path: string, name: string, context?: OpContext): Awaitable<void> {
    return this.at(path).removexattr(path, name, context);
  }
}
