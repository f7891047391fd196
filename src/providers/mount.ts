import type { Provider } from "../fs/provider.ts";

/** A mount, as {@link MountRouter.mounts} lists it. */
export interface Mount {
  /** The mount point, a clean path. */
  readonly path: string;
  /** What is mounted there. */
  readonly provider: Provider;
}
