import type { BufferPool, FrameWriter } from "../../protocol/mod.ts";

/** Where the answers of a session go at present: to its connection, or nowhere without one. */
export interface Outlet {
  /** The frames. */
  writer: FrameWriter;
  /** Where buffers come from. */
  readonly pool: BufferPool;
}
