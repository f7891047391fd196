import type { MountOptions } from "./options.ts";

/** What a thread is told to do. */
export interface WorkerOrder {
  readonly module: string;
  readonly exported: string;
  readonly argument: unknown;
  readonly mountPoint: string;
  readonly options: MountOptions;
  readonly counters: SharedArrayBuffer;
}

/** What a thread tells of it. An error loses its class on the way, so only its parts travel. */
export type WorkerReport =
  | { readonly kind: "started" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly code: string | undefined; readonly message: string };
