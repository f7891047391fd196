/**
 * A program that mounts something until its standard input ends or it gets a signal. Tests start it
 * on the runtime that they run on.
 *
 * Usage: `_server.ts '{"kind":"memory","dir":"/mnt/x","options":{}}'`
 */
import process from "node:process";
import { mount } from "../../adapters/fuse/mod.ts";
import type { MountOrder } from "./_mounted.ts";
import { memory, real } from "./_modules.ts";

const order = JSON.parse(process.argv[2]!) as MountOrder;
const module = new URL("./_modules.ts", import.meta.url);

function sourceOf({ kind, root }: MountOrder): Parameters<typeof mount>[0] {
  switch (kind) {
    case "memory":
      return { module, export: "memory" };
    case "memory-live":
      return memory();
    case "real":
      return { module, export: "real", argument: root };
    case "real-live":
      return real(root!);
  }
}

const mounted = await mount(sourceOf(order), order.dir, { signals: true, ...order.options });
process.stdin.on("end", () => void mounted.unmount());
process.stdin.resume();
process.stdout.write("ready\n");
await mounted.closed;
process.stdin.destroy();
process.stdout.write(`stats ${JSON.stringify(mounted.stats())}\n`);
