import { isWithin, parentPath } from "../fs/path.ts";
import type { Change } from "../fs/watch.ts";
import { type Guard, mayConcern } from "./_guard.ts";

/** Who can see a name: everybody, some perhaps, nobody. */
type Visibility = "visible" | "doubtful" | "hidden";

/**
 * What may be told of a change: of what a rule is about only that something above it changed, and
 * of what is hidden from everybody nothing but that its directory did.
 */
export function tellableChange(guard: Guard, change: Change): Change | undefined {
  const { kind, path } = change;
  const visibility = visibilityOf(guard, path);
  if (visibility === "visible") return change;
  const top = visibleAbove(guard, path);
  if (visibility === "doubtful" || kind === "tree") return { kind: "tree", path: top };
  // A name that came or went changed the directory that it is in, and whoever sees that sees it.
  return kind === "entry" && top === parentPath(path) ? { kind: "inode", path: top } : undefined;
}

/** Where somebody watches who may not see what he asks for: not to be told would tell him, too. */
export function watchableAt(guard: Guard, path: string): string {
  return visibilityOf(guard, path) === "visible" ? path : visibleAbove(guard, path);
}

/** What somebody is told who watches a path, and began to where he could see it. */
export function toldAt(
  path: string,
  top: string,
  change: Change,
  told: Change | undefined,
): Change | undefined {
  if (told === undefined || top !== path) return told && { kind: "tree", path: top };
  // A rule that came later is about what he watches.
  return isWithin(change.path, path) && !isWithin(told.path, path) ? undefined : told;
}

function visibleAbove(guard: Guard, path: string): string {
  let above = path;
  while (above !== "/" && visibilityOf(guard, above) !== "visible") above = parentPath(above);
  return above;
}

/** What the first rule says that has an opinion, under each of the names that are known. */
function visibilityOf(guard: Guard, path: string): Visibility {
  const policies = guard.core.table("stat")?.policies ?? [];
  if (policies.length === 0 || path === "/") return "visible";
  const { names } = guard;
  let worst: Visibility = "visible";
  for (const name of names.fileAt(path)?.paths(names.epoch) ?? [path]) {
    const hook = policies.find((each) => each.ops.has("stat") && mayConcern(each, name));
    const kind = hook?.matcher === undefined ? hook?.decision?.kind : undefined;
    if (hook === undefined || kind === "allow") continue;
    if (kind === "hide") return "hidden";
    worst = "doubtful";
  }
  return worst;
}
