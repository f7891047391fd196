/**
 * A program that mounts several directories, each with an engine of its own before it: that of
 * `ROOT/3` at `DIR/3`. Its rules are put into force by `mkdir DIR/protect/3`, so that a guest who
 * waits for each call can do it.
 *
 * Usage: `_guarded.ts DIR ROOT`
 */
import { readdirSync } from "node:fs";
import process from "node:process";
import { mount } from "../../adapters/fuse/mod.ts";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import type { Provider } from "../../src/fs/mod.ts";
import { HookEngine, InterceptProvider } from "../../src/hooks/mod.ts";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import { RULES } from "../hooks/bypass_trial.ts";

const [dir, root] = process.argv.slice(2) as [string, string];
const engines = new Map<string, HookEngine>();

class Protect extends MemoryProvider {
  override mkdir(path: string, mode: number): void {
    super.mkdir(path, mode);
    engines.get(path.slice(1))!.add(...RULES);
  }
}

const mounts: Record<string, Provider> = { "/": new MemoryProvider(), "/protect": new Protect() };
for (const name of readdirSync(root)) {
  const engine = new HookEngine();
  engines.set(name, engine);
  mounts[`/${name}`] = new InterceptProvider(new RealDirectoryProvider(`${root}/${name}`), engine);
}
// The kernel shall remember nothing: what it does not ask for, no rule can refuse.
const lifetimes = { entryLifetime: 0, attrLifetime: 0, negativeLifetime: 0 };
const mounted = await mount(new MountRouter(mounts), dir, { signals: true, ...lifetimes });
const parent = process.ppid;
const timer = setInterval(() => process.ppid === parent || void mounted.unmount(), 1000);
timer.unref();
process.stdout.write("ready\n");
await mounted.closed;
