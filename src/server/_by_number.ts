import { OP, type OperationName } from "../protocol/mod.ts";

/** Puts what there is for each operation at the number of the operation. */
/* @__NO_SIDE_EFFECTS__ */
export function byNumber<T>(
  byName: Readonly<Partial<Record<OperationName, T>>>,
): readonly (T | undefined)[] {
  const list: (T | undefined)[] = [];
  for (const [name, value] of Object.entries(byName)) list[OP[name as OperationName]] = value;
  return list;
}
