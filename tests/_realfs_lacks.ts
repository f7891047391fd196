import { tmpdir } from "node:os";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import type { Capability } from "./_contract/row.ts";
import { HOST_LACKS } from "./_host_subject.ts";

/** What no runtime can do in a real directory by `node:fs` alone. */
export const PORTABLE_LACKS: readonly Capability[] = [
  "allocate",
  "devices",
  "holes",
  "mknod",
  "nanoseconds",
  "renameFlags",
  "sockets",
  "xattr",
  "zeroRange",
  ...HOST_LACKS,
];

/** What a real directory cannot do by the calls that this runtime has. */
export function realDirectoryLacks(): readonly Capability[] {
  // It makes no device nodes, whoever asks.
  return isNative() ? [...HOST_LACKS, "devices"] : PORTABLE_LACKS;
}

/** Node before 26 has no foreign function interface: there the portable way is all there is. */
function isNative(): boolean {
  const provider = new RealDirectoryProvider(tmpdir());
  provider.close();
  return provider.syscalls === "native";
}
