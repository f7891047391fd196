import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import type { Provider } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { HostProvider } from "./_host_provider.ts";
import { hostCountsDirectories, hostSubject } from "./_host_subject.ts";
import { firstOperations, nextOperation, outcome } from "./_model/operations.ts";
import { Side } from "./_model/side.ts";
import type { Subject } from "./_provider_contract.ts";
import { Random } from "./_random.ts";

/** Chosen anew each time; set it to repeat a run that failed. */
const SEED = Number(process.env["MODEL_SEED"] ?? Date.now() % 1_000_000_000);
/** How many operations one tree goes through. */
const OPERATIONS = Number(process.env["MODEL_OPERATIONS"] ?? 10_000);
/** Short sequences meet the empty tree again and again: a few of them beside the long one. */
const SHORT = [50, 200, 1000, 50, 200, 1000];

/** Applies one random sequence to a provider and to a directory of the host. */
async function compare(provider: Provider, seed: number, length: number): Promise<void> {
  const { provider: host, dispose } = hostSubject((path) => new HostProvider(path));
  const counts = hostCountsDirectories();
  const [ours, theirs] = [new Side(provider, counts), new Side(host, counts)];
  // Seeds that are neighbours must not make sequences that look alike.
  const random = new Random(Math.imul(seed, 0x9e3779b1));
  const history: string[] = [];
  try {
    const first = firstOperations(random);
    for (let i = 0; i < length; i++) {
      const operation = first[i] ?? nextOperation(random);
      history.push(operation.text);
      const [our, their] = [await outcome(operation, ours), await outcome(operation, theirs)];
      if (our !== their) assert.fail(`${operation.text} gave ${our}, on the host ${their}`);
    }
    assert.deepEqual(await ours.tree(), await theirs.tree());
  } catch (error) {
    const last = history.slice(-40).join("\n  ");
    throw new Error(`${(error as Error).message}\nSequence ${seed}, after\n  ${last}`);
  } finally {
    for (const side of [ours, theirs]) {
      for (const handle of side.handles) await handle?.close();
    }
    await dispose?.();
  }
}

/** Compares one sequence after the other, each in a tree of its own. */
async function compareAll(make: () => Subject): Promise<void> {
  console.log(`MODEL_SEED=${SEED}`);
  for (const [i, length] of [OPERATIONS, ...SHORT].entries()) {
    const { provider, dispose } = make();
    try {
      await compare(provider, SEED + i, length);
    } finally {
      await dispose?.();
    }
  }
}

test("MemoryProvider does what the host does, over random sequences of operations", async () => {
  await compareAll(() => ({ provider: new MemoryProvider() }));
});

test("RealDirectoryProvider does too", async () => {
  await compareAll(() => hostSubject((path) => new RealDirectoryProvider(path)));
});
