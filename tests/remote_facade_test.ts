/** The suite of the facade before a tree at the other end of a connection. */
import { test } from "node:test";
import type * as real from "node:fs/promises";
import { promisesOf } from "../src/facade/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { CASES } from "./_facade_suite.ts";
import { serveInMemory } from "./_remote_kit.ts";

for (const [name, run] of Object.entries(CASES)) {
  test(`promisesOf() before a remote tree: ${name}`, async () => {
    const { provider, dispose } = await serveInMemory(new MemoryProvider());
    try {
      const fs = promisesOf(provider);
      await fs.mkdir("/some/where", { recursive: true });
      await run(fs as unknown as typeof real, "/some/where", true);
    } finally {
      await dispose();
    }
  });
}
