/** What the tests of the fifteen points are written with. */
import { HOST_CONTEXT, type OpContext, type Provider } from "../../../src/fs/mod.ts";
import {
  HookEngine,
  type HookEngineOptions,
  type HookEvent,
  type HookSource,
  InterceptProvider,
} from "../../../src/hooks/mod.ts";
import { MemoryProvider } from "../../../src/providers/mod.ts";
import { writeText } from "../kit.ts";

/** A guest. */
export const GUEST: OpContext = {
  ...HOST_CONTEXT,
  uid: 1000,
  gid: 100,
  pid: 42,
  origin: "wire:7",
};

/** Makes what a test is about: the engine, or one that is built as the reference is. */
export interface Maker {
  readonly engine: (hooks?: readonly HookSource[], options?: HookEngineOptions) => HookEngine;
  readonly provider: (inner: Provider, engine: HookEngine) => InterceptProvider;
}

/** This package. */
export const OURS: Maker = {
  engine: (hooks, options) => new HookEngine(hooks, options),
  provider: (inner, engine) => new InterceptProvider(inner, engine),
};

/** A tree with one file, and the same behind hooks. */
export interface Behind {
  readonly inner: MemoryProvider;
  readonly engine: HookEngine;
  readonly files: InterceptProvider;
}

export async function behind(
  { engine, provider }: Maker,
  ...hooks: HookSource[]
): Promise<Behind> {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/dir", 0o777);
  await writeText(inner, "/w/a", "content");
  const made = engine(hooks);
  return { inner, engine: made, files: provider(inner, made) };
}

/** Collects the events that are made from now on, until the engine is closed. */
export async function record(engine: HookEngine): Promise<HookEvent[]> {
  const events: HookEvent[] = [];
  for await (const event of engine.events({ limit: 10_000 })) {
    if (event.type === "event") events.push(event);
  }
  return events;
}

/** One test of one of the points. */
export interface Row {
  readonly point: number;
  readonly name: string;
  /**
   * What the reference does instead, which is refused: on an engine that is built so, the test
   * fails. Missing where the reference does as it should, or has nothing of the kind.
   */
  readonly refuses: string | undefined;
  readonly run: (maker: Maker) => Promise<void> | void;
}

/** Adds a test to the rows of a file. */
export type AddRow = (
  name: string,
  refuses: string | undefined,
  run: Row["run"],
) => void;

/** Makes the rows of one point. */
export function point(number: number, add: (row: AddRow) => void): Row[] {
  const rows: Row[] = [];
  add((name, refuses, run) => rows.push({ point: number, name, refuses, run }));
  return rows;
}
