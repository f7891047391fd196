import assert from "node:assert/strict";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";

/** One of the two ways in which a directory is served. */
export interface Implementation {
  readonly kind: "portable" | "native";
  /** Whether this runtime has it: Node has no foreign functions before version 26. */
  readonly isHere: boolean;
  /** Shows that it is refused where it is not here. */
  check(): void;
}

/** Both implementations, also where one is missing: then its tests show that it says so. */
export function eachImplementation(): Implementation[] {
  return (["portable", "native"] as const).map((kind) => {
    const refusal = tryIt(kind);
    return {
      kind,
      isHere: refusal === undefined,
      check: () => assert.match(String(refusal), /^VfsError: EOPNOTSUPP.*Cannot serve .* safely/),
    };
  });
}

function tryIt(syscalls: Implementation["kind"]): unknown {
  const directory = mkdtempSync(join(tmpdir(), "vfs-realfs-"));
  try {
    new RealDirectoryProvider(directory, { syscalls }).close();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    rmdirSync(directory);
  }
}
