/** A filesystem that tells the time: `cat /clock/now`. */
import * as vfs from "@vfs/server/core";

/** The file `now`. Its content is written at the moment it is opened. */
class Moment extends vfs.BaseHandle {
  readonly #text = new TextEncoder().encode(`${new Date().toISOString()}\n`);

  override stat(): vfs.FileInfo {
    return describe({ ino: 2n, mode: vfs.S_IFREG | 0o444, size: this.#text.length });
  }

  override readAt(buffer: Uint8Array, offset: number): number {
    const part = this.#text.subarray(offset, offset + buffer.length);
    buffer.set(part);
    return part.length;
  }
}

export class ClockProvider extends vfs.BaseProvider {
  override stat(path: string): vfs.FileInfo {
    if (path === "/") return describe({ ino: 1n, mode: vfs.S_IFDIR | 0o555, size: 0 });
    if (path === "/now") return new Moment().stat();
    throw new vfs.VfsError("ENOENT", path);
  }

  override readDir(): vfs.DirEntry[] {
    return [{ name: "now", ...this.stat("/now") }];
  }

  override open(path: string, flags: number): vfs.Awaitable<vfs.Handle> {
    if (vfs.mayModify(flags)) throw new vfs.VfsError("EROFS", path);
    return vfs.isDirectory(this.stat(path).mode) ? this.openDir(path) : new Moment();
  }
}

function describe(known: { ino: bigint; mode: number; size: number }): vfs.FileInfo {
  const [time, owner] = [vfs.now(), { nlink: 1, uid: 0, gid: 0, rdev: 0 }];
  return { ...known, ...owner, blocks: 0, blksize: 4096, atime: time, mtime: time, ctime: time };
}
