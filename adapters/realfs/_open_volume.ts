import { toVfsError, VfsError } from "../../src/fs/mod.ts";
import { isPseudoFilesystem } from "./_abi.ts";
import { chooseSyscalls } from "./_choose_syscalls.ts";
import { DirectoryTree } from "./_directory_tree.ts";
import { NOTE } from "./_noted_ownership.ts";
import { ignoreFileSizeSignal } from "./_signals.ts";
import { Volume } from "./_volume.ts";
import type { RealDirectoryOptions } from "./options.ts";
import type { Syscalls } from "./syscalls.ts";

const OPEN_DIRECTORIES = 1024;

/** Opens a directory of the host for serving, or says in one sentence why that is not possible. */
export function openVolume(hostPath: string, options: RealDirectoryOptions): Volume {
  checkOptions(hostPath, options);
  ignoreFileSizeSignal();
  const syscalls = chooseSyscalls(hostPath, options);
  let root: number;
  try {
    root = syscalls.openRoot(hostPath);
  } catch (thrown) {
    const error = toVfsError(thrown);
    throw new VfsError(error.code, hostPath, { cause: error });
  }
  try {
    checkRoot(hostPath, syscalls, root, options);
    if (options.ownership === "xattr") checkNotes(hostPath, syscalls, root);
    const tree = new DirectoryTree(syscalls, root, {
      capacity: options.openDirectories ?? OPEN_DIRECTORIES,
      exclusive: options.exclusive ?? false,
      noxdev: options.noxdev ?? false,
    });
    return new Volume(syscalls, tree, options);
  } catch (error) {
    syscalls.close(root);
    throw error;
  }
}

function checkOptions(hostPath: string, options: RealDirectoryOptions): void {
  const { uid = 0, gid = 0, openDirectories = 0 } = options;
  if (hostPath === "" || hostPath.includes("\0")) {
    throw new VfsError("EINVAL", `Cannot serve ${JSON.stringify(hostPath)}: it is not a path`);
  }
  for (const [name, value] of Object.entries({ uid, gid, openDirectories })) {
    if (Number.isInteger(value) && value >= 0 && value < 0xffff_ffff) continue;
    throw new RangeError(`Cannot serve ${hostPath}: ${name} is ${value}, not a whole number`);
  }
}

function checkRoot(
  hostPath: string,
  syscalls: Syscalls,
  root: number,
  options: RealDirectoryOptions,
): void {
  if (isPseudoFilesystem(syscalls.statfs(root).type)) {
    throw new VfsError("EACCES", `Cannot serve ${hostPath}: it is not a tree of files`);
  }
  const whereabouts = syscalls.whereabouts(root);
  if (options.noxdev) return;
  if (whereabouts === "/" || whereabouts === "/dev") {
    throw new VfsError(
      "EACCES",
      `Cannot serve ${whereabouts}: it holds the devices of the host (noxdev keeps them out)`,
    );
  }
}

/** Owners can only be noted where files can have extended attributes. */
function checkNotes(hostPath: string, syscalls: Syscalls, root: number): void {
  try {
    syscalls.getxattr(root, NOTE);
  } catch (error) {
    const { code } = toVfsError(error);
    if (code === "ENODATA") return;
    throw new VfsError(code, `Cannot note owners in ${hostPath}: it has no extended attributes`, {
      cause: error,
    });
  }
}
