import { O_CREAT, O_RDONLY, O_RDWR } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";

/** A filesystem in memory, by the operations that are measured. */
export interface Files {
  mkdir(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
  /** The size of a file. */
  stat(path: string): number;
  /** Looks for a name that may be missing. */
  exists(path: string): boolean;
  openAndClose(path: string): void;
  /** Opens for reading and writing. */
  open(path: string): OpenFile;
  /** Creates a file, writes a block, closes and unlinks it. */
  createAndUnlink(path: string, block: Uint8Array): void;
  rename(from: string, to: string): void;
  /** How many names a directory has, each with its type. */
  list(path: string): number;
}

/** An open file. */
export interface OpenFile {
  read(buffer: Uint8Array, offset: number): number;
  write(buffer: Uint8Array, offset: number): number;
  close(): void;
}

/** What is compared, by name. */
export const SUBJECTS: Readonly<Record<string, () => Files | Promise<Files>>> = {
  "ours": ours,
  // Their names are not literals: without them the checks of everything else still pass.
  "memfs": async () => {
    const { memfs } = await load("memfs") as { memfs(): { fs: NodeFs } };
    return likeNode(memfs().fs);
  },
  "@zenfs/core": async () => {
    const { fs } = await load("@zenfs/core") as { fs: NodeFs };
    return likeNode(fs);
  },
};

async function load(name: string): Promise<unknown> {
  return await import(name);
}

function ours(): Files {
  const files = new MemoryProvider({ inodes: Infinity, limit: Infinity });
  return {
    mkdir: (path) => void files.mkdir(path, 0o755),
    writeFile: (path, data) => files.writeFile(path, data),
    stat: (path) => files.stat(path).size,
    exists: (path) => files.lookup(path) !== undefined,
    openAndClose: (path) => files.open(path, O_RDONLY).close(),
    open(path) {
      const handle = files.open(path, O_RDWR);
      return {
        read: (buffer, offset) => handle.readAt(buffer, offset),
        write: (buffer, offset) => handle.writeAt(buffer, offset),
        close: () => handle.close(),
      };
    },
    createAndUnlink(path, block) {
      const handle = files.open(path, O_RDWR | O_CREAT, 0o644);
      handle.writeAt(block, 0);
      handle.close();
      files.unlink(path);
    },
    rename: (from, to) => files.rename(from, to),
    list: (path) => files.readDir(path).length,
  };
}

type NodeFs = typeof import("node:fs");

/** What has the shape of `node:fs`. */
function likeNode(fs: NodeFs): Files {
  return {
    mkdir: (path) => void fs.mkdirSync(path, 0o755),
    writeFile: (path, data) => fs.writeFileSync(path, data),
    stat: (path) => fs.statSync(path).size,
    exists: (path) => fs.existsSync(path),
    openAndClose: (path) => fs.closeSync(fs.openSync(path, "r")),
    open(path) {
      const fd = fs.openSync(path, "r+");
      return {
        read: (buffer, offset) => fs.readSync(fd, buffer, 0, buffer.length, offset),
        write: (buffer, offset) => fs.writeSync(fd, buffer, 0, buffer.length, offset),
        close: () => fs.closeSync(fd),
      };
    },
    createAndUnlink(path, block) {
      const fd = fs.openSync(path, "w+", 0o644);
      fs.writeSync(fd, block, 0, block.length, 0);
      fs.closeSync(fd);
      fs.unlinkSync(path);
    },
    rename: (from, to) => fs.renameSync(from, to),
    list: (path) => fs.readdirSync(path, { withFileTypes: true }).length,
  };
}
