import { hook, HookEngine, type HookSource, InterceptProvider } from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { testProvider } from "./_provider_contract.ts";

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
