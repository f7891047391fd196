import { test } from "node:test";
import {
  hide,
  hook,
  HookEngine,
  type HookSource,
  InterceptProvider,
  redirect,
  transform,
  transformFile,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import type { Capability } from "./_contract/row.ts";
import { prefixed } from "./_prefixed.ts";
import { ROWS, testProvider } from "./_provider_contract.ts";
import { serveInMemory } from "./_remote_kit.ts";

const EVERY_WAY = /./;

/** The ways in which an engine can look at operations without changing what they do. */
const ENGINES: Readonly<Record<string, () => HookEngine>> = {
  "an empty engine": () => new HookEngine(),
  "rules that match nothing": () =>
    new HookEngine([
      { pathPattern: "/no/such/place/**", action: "block" },
      { pathPattern: "**/.never-there", action: "hide" },
    ]),
  "an allow for everything": () => new HookEngine([{ action: "allow" }]),
  "functions that match everything": () => {
    const sources: HookSource[] = [
      hook({ matcher: { match: ({ path }) => EVERY_WAY.test(path) }, before: () => {} }),
      hook({ blocked: true, after: () => {} }),
    ];
    const engine = new HookEngine(sources);
    engine.setEventFunc(() => {});
    return engine;
  },
  "functions that promise": () =>
    new HookEngine([
      hook({ before: () => Promise.resolve() }),
      hook({ after: () => Promise.resolve() }),
    ]),
};

for (const [label, engine] of Object.entries(ENGINES)) {
  testProvider(`memory behind ${label}`, () => ({
    provider: new InterceptProvider(new MemoryProvider(), engine()),
  }));
}

/** Changes every byte by its place. */
const cipher = (data: Uint8Array, offset: number) => data.map((byte, i) => byte ^ (offset + i + 1));

/** What files cannot do whose bytes are not where they seem to be. */
const LACKS: ReadonlySet<Capability> = new Set(["allocate", "copyRange", "holes", "zeroRange"]);

/** Behind a transformation a terabyte of zeros would have to be stored. */
const TOO_LARGE = /2\^40/;
/** To change a part of a file that is stored as a whole, the rest has to be read. */
const READS_TO_WRITE = /2\^40|writeAt updates the mtime and not the atime/;

function testTransformed(label: string, without: RegExp, policy: () => HookSource): void {
  for (const row of ROWS) {
    if (row.needs?.some((need) => LACKS.has(need)) || without.test(row.name)) continue;
    test(`${label}: ${row.name}`, async () => {
      await row.run(new InterceptProvider(new MemoryProvider(), new HookEngine([policy()])));
    });
  }
}

testTransformed(
  "memory behind a cipher",
  TOO_LARGE,
  () => transform("**", { read: cipher, write: cipher }),
);

testTransformed(
  "memory behind files that are longer in store",
  READS_TO_WRITE,
  () =>
    transformFile("**", {
      encode: (content) => new Uint8Array([7, 7, 7, ...content]),
      decode: (stored) => stored.slice(3),
    }),
);

testProvider("memory whose files all live elsewhere", () => ({
  provider: prefixed(
    new InterceptProvider(
      MemoryProvider.from({ "w/.keep": "" }),
      new HookEngine([redirect("/w/*/**", new MemoryProvider()), hide("/w/.keep")]),
    ),
    "/w",
  ),
}), { lacks: ["dirNlink", "root"] });

// A tree that promises: nothing is at hand, and everything takes the longer way.
testProvider("a remote tree behind rules and functions", async () => {
  const served = await serveInMemory(new MemoryProvider());
  const engine = new HookEngine([
    { pathPattern: "/no/such/place/**", action: "block" },
    hide("**/.never-there"),
    hook({ before: () => {} }),
  ]);
  return { provider: new InterceptProvider(served.provider, engine), dispose: served.dispose };
});
