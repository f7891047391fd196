import { OP } from "../../protocol/mod.ts";
import type { Exchange2 } from "./exchange2.ts";

/** What is reckoned for a listing, whose size nobody knows before it is there. */
const LISTING_BYTES = 256 * 1024;

/** How many bytes a request takes while it is held: what it carries and what it asks for. */
export function weightOf({ request: { op, data, sz }, session: { limits } }: Exchange2): number {
  if (op === OP.read) return Math.min(sz, limits.readBytes);
  return op === OP.readdir ? LISTING_BYTES : data.length;
}
