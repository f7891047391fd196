import { HOOK_OPS, type HookOp } from "./ops.ts";

/**
 * One thing that an operation does to one of its ends, for which it has to be judged.
 *
 * What it implies is judged as well, unless a rule allowed the effect itself by name: a rename away
 * is the removal of a name, unless renaming it is allowed.
 */
export interface Effect {
  readonly op: HookOp;
  readonly implies: readonly HookOp[];
  readonly end: "path" | "newPath" | "target";
}

/* @__NO_SIDE_EFFECTS__ */
function effect(end: Effect["end"], op: HookOp, ...implies: HookOp[]): Effect {
  return { op, implies, end };
}

/* @__NO_SIDE_EFFECTS__ */
function forEachOp<T>(make: (op: HookOp) => T): Record<HookOp, T> {
  const made = {} as Record<HookOp, T>;
  for (const op of HOOK_OPS) made[op] = make(op);
  return made;
}

const OPEN = effect("path", "open");
const CREATE = effect("path", "create");
const TRUNCATE = effect("path", "truncate", "write");

/** What each operation does, where that does not depend on anything but the operation. */
export const EFFECTS: Readonly<Record<HookOp, readonly Effect[]>> = /* @__PURE__ */ Object.assign(
  // Most do what they are called to what they are asked for.
  forEachOp((op): readonly Effect[] => [effect("path", op)]),
  {
    create: [CREATE, OPEN],
    remove: [effect("path", "remove", "unlink", "rmdir")],
    remove_all: [effect("path", "remove_all", "remove")],
    rename: [effect("path", "rename", "remove"), effect("newPath", "rename", "create")],
    symlink: [effect("path", "symlink", "create"), effect("target", "symlink")],
    truncate: [TRUNCATE],
    unlink: [effect("path", "unlink", "remove")],
    rmdir: [effect("path", "rmdir", "remove")],
    link: [effect("path", "link"), effect("newPath", "link", "create")],
    mknod: [effect("path", "mknod", "create")],
    allocate: [effect("path", "allocate", "write")],
    copy: [
      effect("path", "copy"),
      effect("path", "read"),
      effect("newPath", "copy"),
      effect("newPath", "write"),
    ],
  },
);

/** An open that empties a file. */
export const OPEN_TRUNCATE: readonly Effect[] = [OPEN, TRUNCATE];
/** A `create` of a file that exists. */
export const CREATE_EXISTING: readonly Effect[] = [CREATE, OPEN, TRUNCATE];
/** A rename that replaces what had the name: its content is another afterwards. */
export const RENAME_OVER: readonly Effect[] = [
  effect("path", "rename", "remove"),
  effect("newPath", "rename", "create", "remove", "write"),
];
/** An exchange of two names: each end is both. */
export const EXCHANGE: readonly Effect[] = [
  effect("path", "rename", "create", "remove", "write"),
  effect("newPath", "rename", "create", "remove", "write"),
];
/** An allocate that destroys data. */
export const ALLOCATE_OVER: readonly Effect[] = [
  effect("path", "allocate", "write", "truncate"),
];

/** The removal of one thing below a directory that is removed with everything in it. */
export const REMOVE_BELOW: Readonly<Record<"unlink" | "rmdir", readonly Effect[]>> = {
  unlink: [effect("path", "remove_all", "unlink", "remove")],
  rmdir: [effect("path", "remove_all", "rmdir", "remove")],
};

/** Every operation that a rule can be for and that may come up when an operation is judged. */
export const JUDGED_OPS: Readonly<Record<HookOp, ReadonlySet<HookOp>>> =
  /* @__PURE__ */ judgedOps();

function judgedOps(): Record<HookOp, ReadonlySet<HookOp>> {
  const all = (...lists: (readonly Effect[])[]) =>
    new Set(lists.flat().flatMap(({ op, implies }) => [op, ...implies]));
  const ops = forEachOp((op) => all(EFFECTS[op]));
  ops.open = ops.create = all(CREATE_EXISTING);
  ops.rename = all(EXCHANGE);
  ops.allocate = all(ALLOCATE_OVER);
  ops.remove_all = all(EFFECTS.remove_all, REMOVE_BELOW.unlink, REMOVE_BELOW.rmdir);
  return ops;
}

/** The operations that after-hooks are told of: what was really done, under each of its names. */
export const TOLD_OPS: Readonly<Partial<Record<HookOp, readonly HookOp[]>>> = {
  unlink: ["unlink", "remove"],
  rmdir: ["rmdir", "remove"],
};
