/** What interception promises, point by point. */
import { BOTH_ENDS } from "./both_ends.ts";
import { CALLERS } from "./callers.ts";
import { CLOSE } from "./close.ts";
import { CONFIGURATION } from "./configuration.ts";
import { COPIES } from "./copies.ts";
import { DEADLINE } from "./deadline.ts";
import { DECISIONS } from "./decisions.ts";
import { EFFECTS } from "./effects.ts";
import { EVENTS } from "./events.ts";
import { IDENTITY } from "./identity.ts";
import { LOSSES } from "./losses.ts";
import { MUTATION } from "./mutation.ts";
import { ORDER } from "./order.ts";
import { ORIGIN } from "./origin.ts";
import { PRICE } from "./price.ts";
import type { Row } from "./_row.ts";

export { type Maker, OURS, type Row } from "./_row.ts";

/** The tests of all fifteen points, in their order. */
export const POINTS: readonly Row[] = [
  BOTH_ENDS,
  IDENTITY,
  EFFECTS,
  CONFIGURATION,
  ORDER,
  EVENTS,
  LOSSES,
  ORIGIN,
  DEADLINE,
  DECISIONS,
  MUTATION,
  CALLERS,
  CLOSE,
  COPIES,
  PRICE,
].flat();
