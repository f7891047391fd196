/**
 * The contract of Provider and Handle as named behaviours, to be shown by every provider.
 *
 * `testProvider` registers one test for each; the themes are in `_contract/`. What a provider lacks
 * is said in its options: the rows that need it are left out, and a row takes their place that shows
 * the errno with which it is refused.
 *
 * @module
 */

import { test } from "node:test";
import type { Awaitable, Provider } from "../src/fs/mod.ts";
import { crowdRows } from "./_contract/crowd_rows.ts";
import { dataRows } from "./_contract/data_rows.ts";
import { directoryRows } from "./_contract/directory_rows.ts";
import { lackRows } from "./_contract/lack_rows.ts";
import { linkRows } from "./_contract/link_rows.ts";
import { listRows } from "./_contract/list_rows.ts";
import { lockRows } from "./_contract/lock_rows.ts";
import { modeRows } from "./_contract/mode_rows.ts";
import { nameRows } from "./_contract/name_rows.ts";
import { nodeRows } from "./_contract/node_rows.ts";
import { openFileRows } from "./_contract/open_file_rows.ts";
import { openRows } from "./_contract/open_rows.ts";
import { copyRows, rangeRows } from "./_contract/range_rows.ts";
import { moveRows, renameRows } from "./_contract/rename_rows.ts";
import { rootRows } from "./_contract/root_rows.ts";
import type { Capability, Row } from "./_contract/row.ts";
import { statRows } from "./_contract/stat_rows.ts";
import { statfsRows } from "./_contract/statfs_rows.ts";
import { streamRows } from "./_contract/stream_rows.ts";
import { timeRows } from "./_contract/time_rows.ts";
import { treeRows } from "./_contract/tree_rows.ts";
import { truncateRows } from "./_contract/truncate_rows.ts";
import { xattrRows } from "./_contract/xattr_rows.ts";

/** Every behaviour of the contract. */
export const ROWS: readonly Row[] = [
  ...statRows,
  ...openRows,
  ...dataRows,
  ...truncateRows,
  ...openFileRows,
  ...directoryRows,
  ...treeRows,
  ...renameRows,
  ...moveRows,
  ...linkRows,
  ...nodeRows,
  ...modeRows,
  ...timeRows,
  ...xattrRows,
  ...lockRows,
  ...rangeRows,
  ...copyRows,
  ...listRows,
  ...nameRows,
  ...rootRows,
  ...streamRows,
  ...statfsRows,
  ...crowdRows,
];

/** An empty writable tree, and how to get rid of it. */
export interface Subject {
  readonly provider: Provider;
  readonly dispose?: () => Awaitable<void>;
}

/** What is particular about a provider. */
export interface ContractOptions {
  /** What it cannot do (default: nothing). */
  readonly lacks?: readonly Capability[];
}

/**
 * Registers a test for each behaviour of the contract.
 *
 * @param label Begins the name of each test.
 * @param make Makes an empty tree; called once for each test.
 * @param options What is particular about the provider.
 */
export function testProvider(
  label: string,
  make: () => Awaitable<Subject>,
  options: ContractOptions = {},
): void {
  const lacks = new Set(options.lacks);
  const rows = ROWS.filter((row) => !row.needs?.some((need) => lacks.has(need)));
  for (const lack of lacks) {
    const run = lackRows[lack];
    if (run !== undefined) rows.push({ name: `lacks ${lack} and says so`, run });
  }
  for (const row of rows) {
    test(`${label}: ${row.name}`, async () => {
      const { provider, dispose } = await make();
      try {
        await row.run(provider);
      } finally {
        await dispose?.();
      }
    });
  }
}
