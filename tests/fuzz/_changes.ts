import { cleanPath, O_CREAT, O_TRUNC } from "../../src/fs/mod.ts";
import { operationOf } from "../../src/protocol/mod.ts";
import type { Request } from "./_requests.ts";

/** A change as a notice has it: 1 an entry, 2 an inode, 3 a tree. */
export type Told = readonly [number, string];

/** What others are told of an operation: the rules of the protocol once more. */
export function changesOf(
  request: Request,
  pathOf: (handle: unknown) => string | undefined,
): readonly Told[] {
  try {
    return changes(request, pathOf);
  } catch {
    // A path that cannot be names nothing.
    return [];
  }
}

function changes(
  request: Request,
  pathOf: (handle: unknown) => string | undefined,
): readonly Told[] {
  const { op, path = "", new_path = "", flags = 0 } = request;
  const entry = (path: string): Told => [1, cleanPath(path)];
  const inode = (path: string): Told => [2, cleanPath(path)];
  const atHandle = (handle: unknown): Told[] => {
    const path = pathOf(handle);
    return path === undefined ? [] : [[2, path]];
  };
  switch (operationOf(op)?.name) {
    case "mkdir":
    case "mknod":
    case "symlink":
    case "unlink":
    case "rmdir":
      return [entry(path)];
    case "mkdirall": {
      const names = cleanPath(path).split("/").filter((name) => name !== "");
      return names.map((_, i) => entry(`/${names.slice(0, i + 1).join("/")}`));
    }
    case "create":
      return [entry(path), inode(path)];
    case "open":
      return [
        ...((flags & O_CREAT) === 0 ? [] : [entry(path)]),
        ...((flags & O_TRUNC) === 0 ? [] : [inode(path)]),
      ];
    case "rename":
      return [entry(path), entry(new_path)];
    case "link":
      return [inode(path), entry(new_path)];
    case "removeall":
      return [entry(path), [3, cleanPath(path)]];
    case "setattr":
    case "truncate":
      return path === "" ? atHandle(request.fh) : [inode(path)];
    case "setxattr":
    case "removexattr":
      return [inode(path)];
    case "write":
    case "allocate":
      return atHandle(request.fh);
    case "copyrange":
      return atHandle(request.fh2);
    default:
      return [];
  }
}

/** Those of the changes that somebody is told who subscribed to these paths. */
export function heardOf(changes: readonly Told[], paths: Iterable<string>): Told[] {
  const all = [...paths];
  return changes.filter(([, path]) =>
    all.some((subscribed) => isAtOrBelow(path, subscribed) || isAtOrBelow(subscribed, path))
  );
}

function isAtOrBelow(path: string, top: string): boolean {
  return top === "/" || path === top || path.startsWith(`${top}/`);
}
