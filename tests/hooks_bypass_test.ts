/**
 * Ways around a rule, over memory and a real directory, directly and through a socket.
 *
 * The reference implementation lets pass, among others: a rename onto a protected path, a handle
 * that was opened before a rename, a create that empties a write-protected file.
 */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { cleanPath, O_RDONLY, O_RDWR, type Provider } from "../src/fs/mod.ts";
import { hook, HookEngine, InterceptProvider } from "../src/hooks/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import type { Subject } from "./_provider_contract.ts";
import { serveInMemory, serveOnSocket } from "./_remote_kit.ts";
import { furnish, RULES, works } from "./hooks/bypass_trial.ts";
import { SECRET, type Way, WAYS } from "./hooks/bypass_ways.ts";
import { outcome, readText, using } from "./hooks/kit.ts";

assert.ok(WAYS.length >= 60, `there are ${WAYS.length} ways`);

/** Calls a provider as its entrances do: with clean paths. */
function cleaned(provider: Provider): Provider {
  return new Proxy(provider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) =>
        member.apply(
          target,
          values.map((value, i) =>
            typeof value === "string" && (i === 0 || name === "rename" || name === "link") &&
              name !== "symlink"
              ? cleanPath(value)
              : value
          ),
        );
    },
  });
}

interface Place {
  readonly make: () => Promise<Subject> | Subject;
  /** How the guest reaches the tree. */
  readonly reach: (provider: Provider) => Promise<Subject> | Subject;
  /** What else the engine has to do. */
  readonly prepare?: (engine: HookEngine) => void;
}

const memory = (): Subject => ({ provider: new MemoryProvider() });
const directory = () => hostSubject((path) => new RealDirectoryProvider(path));
const directly = (provider: Provider): Subject => ({ provider: cleaned(provider) });

const PLACES: Readonly<Record<string, Place>> = {
  "memory": { make: memory, reach: directly },
  "memory through a socket": { make: memory, reach: (provider) => serveOnSocket(provider) },
  "a real directory": { make: directory, reach: directly },
  "a real directory through a socket": {
    make: directory,
    reach: (provider) => serveOnSocket(provider),
  },
  // Operations that no rule is about take another way when somebody is told of them.
  "memory with somebody who is told": {
    make: memory,
    reach: directly,
    prepare: (engine) => void engine.events(),
  },
  "memory with functions beside the rules": {
    make: memory,
    reach: directly,
    prepare: (engine) =>
      void engine.add(
        hook({ before: () => Promise.resolve() }),
        hook({ blocked: true, after: () => {} }),
      ),
  },
  // A tree that promises: between a judgement and the operation there is time.
  "memory at the other end of a connection": {
    make: () => serveInMemory(new MemoryProvider()),
    reach: directly,
  },
  "memory mounted at /w": {
    make: () => {
      const provider = new MountRouter({ "/": new MemoryProvider(), "/w": new MemoryProvider() });
      return { provider };
    },
    reach: directly,
  },
  "memory with a mount at each protected path": {
    make: () => {
      const outer = new MemoryProvider();
      outer.mkdirAll("/w/secret", 0o755);
      outer.mkdirAll("/w/locked", 0o755);
      const provider = new MountRouter({
        "/": outer,
        "/w/secret": new MemoryProvider(),
        "/w/locked": new MemoryProvider(),
      });
      return { provider };
    },
    reach: directly,
  },
};

async function attempt(
  way: Way,
  { make, reach, prepare }: Place,
  rules: boolean,
): Promise<boolean> {
  const subject = await make();
  await furnish(subject.provider);
  const engine = new HookEngine();
  prepare?.(engine);
  const guest = await reach(new InterceptProvider(subject.provider, engine));
  try {
    return await works(way, guest.provider, subject.provider, () => {
      if (rules) engine.add(RULES);
    });
  } finally {
    await guest.dispose?.();
    await subject.dispose?.();
  }
}

for (const way of WAYS) {
  test(`without rules, one can ${way.name}`, async () => {
    assert.ok(await attempt(way, PLACES["memory"]!, false));
  });
}

for (const [label, place] of Object.entries(PLACES)) {
  for (const way of WAYS) {
    test(`${label}: nobody can ${way.name}`, async () => {
      assert.equal(await attempt(way, place, true), false);
    });
  }
}

test("a copy between two views of one tree does not pass the rules of either", async () => {
  const inner = new MemoryProvider();
  await furnish(inner);
  const isHeard = new HookEngine();
  isHeard.events();
  const router = new MountRouter({
    "/": new MemoryProvider(),
    "/free": new InterceptProvider(inner, isHeard),
    "/bound": new InterceptProvider(
      inner,
      new HookEngine([{
        ops: ["write"],
        pathPattern: "/w/locked/**",
        action: "block",
      }]),
    ),
  });
  const copied = await using(
    router.open("/free/w/pub/mine", O_RDONLY),
    (source) =>
      using(
        router.open("/bound/w/locked/cfg", O_RDWR),
        (target) => outcome(() => source.copyRange(0, target, 0, 4)),
      ),
  );
  assert.equal(copied, "EXDEV");
  assert.equal(await readText(inner, "/w/locked/cfg"), "original content");
});

// Case: on a filesystem that takes both cases for the same, the engine has to do so as well.

const fold = (path: string) => path.toUpperCase().toLowerCase();

/** A tree that takes upper and lower case for the same. */
function caseless(inner: Provider): Provider {
  return new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) =>
        member.apply(
          target,
          values.map((value) => typeof value === "string" ? fold(value) : value),
        );
    },
  });
}

for (const path of ["/W/SECRET/KEY", "/w/Secret/key", "/w/\u017fecret/key", "/w/secret/\u212aey"]) {
  test(`nobody can spell it ${path} where that is the same`, async () => {
    for (const rules of [false, true]) {
      const inner = new MemoryProvider();
      await furnish(inner);
      const engine = new HookEngine(rules ? RULES : [], { ignoreCase: true });
      const guest = new InterceptProvider(caseless(inner), engine);
      const name = path.slice(path.lastIndexOf("/") + 1);
      const locked = path.replace(/s?.?ecret/i, "LOCKED").replace(name, "CFG");
      assert.equal(await outcome(() => readText(guest, path)), rules ? "EACCES" : SECRET);
      assert.equal(await outcome(() => guest.unlink(locked)), rules ? "EROFS" : undefined, locked);
      assert.equal(await outcome(() => guest.rename("/W", "/X")), rules ? "EACCES" : undefined);
    }
  });
}
