import { type Change, cleanPath, O_CREAT, O_TRUNC, parentPath } from "../fs/mod.ts";
import { OP, type WireRequest, type WireRequest2 } from "../protocol/mod.ts";
import type { HandleTable } from "./handle_table.ts";

/** What a request that succeeded has changed in the tree. */
type Effect = (request: WireRequest & Partial<WireRequest2>, handles: HandleTable) => Change[];

const entry = (path: string): Change => ({ kind: "entry", path: cleanPath(path) });
const inode = (path: string): Change => ({ kind: "inode", path: cleanPath(path) });

const atPath: Effect = ({ path }) => [entry(path)];
const atHandle: Effect = ({ fh }, handles) => handleChange(handles.find(fh)?.path);
const atEither: Effect = (request, handles) =>
  request.path === "" ? atHandle(request, handles) : [inode(request.path)];

function handleChange(path: string | undefined): Change[] {
  return path === undefined ? [] : [inode(path)];
}

/** Every directory that may have been made, from the top down. */
const atEachPath: Effect = ({ path }) => {
  const changes: Change[] = [];
  for (let clean = cleanPath(path); clean !== "/"; clean = parentPath(clean)) {
    changes.unshift(entry(clean));
  }
  return changes;
};

const atOpened: Effect = ({ path, flags }) => {
  const changes: Change[] = [];
  if ((flags & O_CREAT) !== 0) changes.push(entry(path));
  if ((flags & O_TRUNC) !== 0) changes.push(inode(path));
  return changes;
};

const EFFECTS: readonly (Effect | undefined)[] = /* @__PURE__ */ Object.entries(
  {
    setattr: atEither,
    write: atHandle,
    create: ({ path }) => [entry(path), inode(path)],
    mkdir: atPath,
    unlink: atPath,
    rmdir: atPath,
    rename: ({ path, new_path }) => [entry(path), entry(new_path)],
    open: atOpened,
    mkdirall: atEachPath,
    truncate: atEither,
    symlink: atPath,
    link: ({ path, new_path }) => [inode(path), entry(new_path)],
    mknod: atPath,
    setxattr: atEither,
    removexattr: atEither,
    allocate: atHandle,
    copyrange: ({ fh2 = 0 }, handles) => handleChange(handles.find(fh2)?.path),
    removeall: ({ path }) => [entry(path), { kind: "tree", path: cleanPath(path) }],
  } satisfies Partial<Record<keyof typeof OP, Effect>>,
).reduce<Effect[]>((effects, [name, effect]) => {
  effects[OP[name as keyof typeof OP]] = effect;
  return effects;
}, []);

/**
 * Tells what a request that succeeded has changed.
 *
 * @param request The request.
 * @param handles The handles of the session that it belongs to.
 * @returns The changes; none for a request that only asked.
 */
export function effectsOf(
  request: WireRequest & Partial<WireRequest2>,
  handles: HandleTable,
): Change[] {
  return EFFECTS[request.op]?.(request, handles) ?? [];
}
