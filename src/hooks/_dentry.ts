import type { TrackedFile } from "./_tracked_file.ts";

/** One name in the tree of names that are of interest. */
export class Dentry {
  name: string;
  parent: Dentry | undefined;
  children: Map<string, Dentry> | undefined;
  file: TrackedFile | undefined;

  constructor(name: string, parent: Dentry | undefined) {
    this.name = name;
    this.parent = parent;
  }
}

export function dentryPath(dentry: Dentry): string {
  const names: string[] = [];
  for (let at = dentry; at.parent !== undefined; at = at.parent) names.push(at.name);
  return `/${names.reverse().join("/")}`;
}

/** Takes a dentry out of the tree, and those above it that hold nothing any more. */
export function detachDentry(dentry: Dentry): void {
  let at = dentry;
  while (at.parent !== undefined) {
    const parent = at.parent;
    parent.children!.delete(at.name);
    at.parent = undefined;
    if (parent.children!.size > 0 || parent.file !== undefined) return;
    parent.children = undefined;
    at = parent;
  }
}

/** Gives each dentry of the subtree that stands for a tracked file. */
export function dentriesWithFile(dentry: Dentry): Dentry[] {
  const found: Dentry[] = [];
  const stack: Dentry[] = [dentry];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at.file !== undefined) found.push(at);
    for (const child of at.children?.values() ?? []) stack.push(child);
  }
  return found;
}

/** Gives each dentry of the subtree that has neither a file nor anything below it. */
export function emptyDentries(dentry: Dentry): Dentry[] {
  const found: Dentry[] = [];
  const stack: Dentry[] = [dentry];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at.file === undefined && !at.children?.size) found.push(at);
    for (const child of at.children?.values() ?? []) stack.push(child);
  }
  return found;
}
