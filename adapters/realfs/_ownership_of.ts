import { NotedOwnership } from "./_noted_ownership.ts";
import { FixedOwnership, HostOwnership, type Ownership } from "./_ownership.ts";
import type { RealDirectoryOptions } from "./options.ts";
import type { Syscalls } from "./syscalls.ts";

/** Chooses whose files are, as the options say. */
export function ownershipOf(syscalls: Syscalls, options: RealDirectoryOptions): Ownership {
  const { uid, gid } = options;
  const isFixed = uid !== undefined || gid !== undefined;
  switch (options.ownership ?? (isFixed ? "fixed" : "host")) {
    case "host":
      return new HostOwnership(syscalls);
    case "fixed":
      return new FixedOwnership(syscalls, uid ?? 0, gid ?? 0);
    case "xattr":
      return new NotedOwnership(syscalls, uid ?? 0, gid ?? 0);
  }
}
