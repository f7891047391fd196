// Where programs of a single file begin.
import * as mount from "../adapters/fuse/mod.ts";
import * as all from "../mod.ts";
import * as core from "../src/mod.ts";
import { provide } from "./own_modules.ts";

async function start(): Promise<void> {
  const runtime = "Bun" in globalThis
    ? { "@vfs/server/bun": await import("../adapters/bun.ts") }
    : { "@vfs/server/node": await import("../adapters/node.ts") };
  const anywhere = { "@vfs/server": all, "@vfs/server/core": core, "@vfs/server/mount": mount };
  provide({ ...anywhere, ...runtime });
  await all.main();
}

void start();
