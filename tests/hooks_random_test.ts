/**
 * Attacks in random order: whatever a guest does, in whatever order, it learns nothing of what is
 * secret or hidden, and changes nothing that is locked.
 *
 * `HOOKS_SEED` and `HOOKS_ROUNDS` repeat a round, or try many more.
 */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import process from "node:process";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import {
  type DirEntry,
  type FileInfo,
  isDirectory,
  isRegularFile,
  joinPath,
  type Provider,
  VfsError,
} from "../src/fs/mod.ts";
import { deny, hide, hook, readOnly } from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import type { Subject } from "./_provider_contract.ts";
import { Random } from "./_random.ts";
import { serveOnSocket } from "./_remote_kit.ts";
import { Attack, type Step } from "./hooks/attack.ts";
import { NAIVE } from "./hooks/naive_provider.ts";
import { type Maker, OURS } from "./hooks/points/mod.ts";
import { outcome, readText, snapshot, text, writeText } from "./hooks/kit.ts";

const SEED = Number(process.env["HOOKS_SEED"] ?? 1);
const STEPS = 60;

/** A tree of the host's; every file that matters has a content of its own. */
async function furnish(inner: Provider): Promise<void> {
  for (
    const path of ["/w/secret/dir", "/w/locked/empty", "/w/pub/dir", "/w/pub/.env.d", "/w/links"]
  ) await inner.mkdirAll(path, 0o755);
  const files = [
    "/w/secret/key",
    "/w/secret/dir/deep",
    "/w/locked/cfg",
    "/w/pub/mine",
    "/w/pub/dir/x",
    "/w/.env",
    "/w/pub/.env.d/x",
  ];
  for (const path of files) await writeText(inner, path, `<${path}>`);
  await inner.link("/w/secret/key", "/w/pre-secret");
  await inner.link("/w/secret/dir/deep", "/w/links/pre-deep");
  await inner.link("/w/locked/cfg", "/w/pre-locked");
  await inner.link("/w/.env", "/w/alias");
  await outcome(() => inner.setxattr("/w/secret/key", "user.hint", new Uint8Array([1])));
}

/** What nobody may learn, from the moment on that the rules are there. */
interface Kept {
  /** The numbers of what is secret or hidden. */
  readonly inodes: ReadonlySet<bigint>;
  /** What is in there. */
  readonly contents: ReadonlySet<string>;
  /** Of what is hidden not even the number and the name. */
  readonly hidden: ReadonlySet<bigint>;
  readonly locked: readonly string[];
  readonly secret: readonly string[];
}

const isSecret = (path: string) => `${path}/`.startsWith("/w/secret/");
const isHidden = (path: string) => path.split("/").some((name) => name.startsWith(".env"));

async function lookAt(inner: Provider): Promise<Kept> {
  const inodes = new Set<bigint>();
  const contents = new Set<string>();
  const hidden = new Set<bigint>();
  const secret = new Set<bigint>();
  const visit = async (path: string): Promise<void> => {
    const info = await inner.stat(path);
    if (isSecret(path) || isHidden(path)) {
      inodes.add(info.ino);
      (isSecret(path) ? secret : hidden).add(info.ino);
      if (isRegularFile(info.mode)) contents.add(await readText(inner, path));
    }
    if (!isDirectory(info.mode)) return;
    for (const { name } of await inner.readDir(path)) await visit(joinPath(path, name));
  };
  await visit("/");
  contents.delete("");
  // What is denied by one name and hidden by another is denied: that rule is asked first.
  for (const ino of secret) hidden.delete(ino);
  return { inodes, contents, hidden, ...await guarded(inner) };
}

async function guarded(inner: Provider): Promise<Pick<Kept, "locked" | "secret">> {
  const of = async (path: string) =>
    typeof await outcome(() => inner.lookup(path)) === "object" ? await snapshot(inner, path) : [];
  return { locked: await of("/w/locked"), secret: await of("/w/secret") };
}

/** What an answer gives away, if it does. */
function leakIn(value: unknown, kept: Kept): string | undefined {
  if (value instanceof Uint8Array) {
    const found = text(value);
    return [...kept.contents].find((content) => found.includes(content));
  }
  if (Array.isArray(value)) return value.map((each) => leakIn(each, kept)).find(Boolean);
  if (typeof value !== "object" || value === null) return undefined;
  const { name, ino, info, size } = value as Partial<DirEntry & FileInfo>;
  if (name !== undefined) {
    return isHidden(name) || kept.hidden.has(ino!) ? `the name ${name}` : leakIn(info, kept);
  }
  return size !== undefined && kept.inodes.has(ino!) ? `a stat of ${ino}` : undefined;
}

/** One guest, from beginning to end; fails with all that it did. */
async function round(
  seed: number,
  inner: Provider,
  reach: Place["reach"],
  { engine: makeEngine, provider: intercept }: Maker = OURS,
): Promise<void> {
  await furnish(inner);
  const random = new Random(seed * 0x9e3779b1);
  const engine = makeEngine();
  // Somebody who is told, and functions, make operations take other ways.
  const way = random.below(3);
  if (way === 1) engine.events({ limit: 10 });
  if (way === 2) {
    engine.add(hook({ before: () => Promise.resolve() }), hook({ blocked: true, after: () => {} }));
  }
  const guest = await reach(intercept(inner, engine));
  const attack = new Attack(random, guest.provider);
  const done: string[] = [];
  const take = async ({ name, run }: Step): Promise<unknown> => {
    try {
      const value = await run();
      done.push(name);
      return value;
    } catch (error) {
      done.push(`${name}: ${String(error)}`);
      // A bug of the engine is no refusal.
      if (!(error instanceof VfsError) || error.code === "EIO") throw error;
    }
  };
  try {
    for (let i = random.below(12); i > 0; i--) await take(attack.prepare());
    const rules = [deny("/w/secret/**"), readOnly("/w/locked/**"), hide(".env*")];
    engine.add(rules);
    done.push("--- the rules are in force");
    const kept = await lookAt(inner);
    for (let i = 0; i < STEPS; i++) {
      assert.equal(leakIn(await take(attack.next()), kept), undefined);
      const { locked, secret } = await guarded(inner);
      assert.deepEqual(locked, kept.locked);
      assert.deepEqual(secret, kept.secret);
    }
  } catch (error) {
    throw new Error(`seed ${seed}, after\n${done.join("\n")}`, { cause: error });
  } finally {
    await attack.end();
    await guest.dispose?.();
  }
}

interface Place {
  readonly rounds: number;
  readonly make: () => Subject | Promise<Subject>;
  readonly reach: (provider: Provider) => Subject | Promise<Subject>;
}

const memory = (): Subject => ({ provider: new MemoryProvider() });
const directory = () => hostSubject((path) => new RealDirectoryProvider(path));
const directly = (provider: Provider): Subject => ({ provider });

const PLACES: Readonly<Record<string, Place>> = {
  "memory": { rounds: 150, make: memory, reach: directly },
  "memory through a socket": { rounds: 20, make: memory, reach: (it) => serveOnSocket(it) },
  "a real directory": { rounds: 20, make: directory, reach: directly },
  "a real directory through a socket": {
    rounds: 10,
    make: directory,
    reach: (it) => serveOnSocket(it),
  },
};

for (const [label, { rounds, make, reach }] of Object.entries(PLACES)) {
  test(`${label}: nothing that a guest does in any order passes the rules`, async () => {
    const count = Number(process.env["HOOKS_ROUNDS"] ?? rounds);
    for (let seed = SEED; seed < SEED + count; seed++) {
      const { provider, dispose } = await make();
      try {
        await round(seed, provider, reach);
      } finally {
        await dispose?.();
      }
    }
  });
}

test("what a guest does in some order passes an engine that looks at names alone", async () => {
  // Otherwise these attacks would prove nothing.
  let passed = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const { provider } = memory();
    await round(seed, provider, directly, NAIVE).catch(({ cause }) => {
      assert.equal((cause as Error).name, "AssertionError", String(cause));
      passed++;
    });
  }
  assert.ok(passed >= 10, `${passed} of 20 pass`);
});
