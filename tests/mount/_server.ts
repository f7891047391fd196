/**
 * A program that mounts something until it gets a signal. Tests start it
 * on the runtime that they run on.
 *
 * Usage: `_server.ts '{"kind":"memory","dir":"/mnt/x","options":{}}'`
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { mount } from "../../adapters/fuse/mod.ts";
import type { MountOrder } from "./_mounted.ts";
import * as providers from "./_modules.ts";

const order = JSON.parse(process.argv[2]!) as MountOrder;
const [name, live] = order.kind.split("-") as [keyof typeof providers, string | undefined];
const module = new URL("./_modules.ts", import.meta.url);
const source = live === undefined
  ? { module, export: name, argument: order.root }
  : await providers[name](order.root!);

const mounted = await mount(source, order.dir, { signals: true, ...order.options });
if (order.commands === true) process.stdin.on("data", (text) => obey(String(text).trim()));
// A test that is gone leaves nobody to end this.
const parent = process.ppid;
const timer = setInterval(() => process.ppid === parent || void mounted.unmount(), 1000);
timer.unref();
process.stdout.write("ready\n");
try {
  await mounted.closed;
} catch (error) {
  process.stdout.write(`broken ${(error as Error).message}\n`);
}
process.stdout.write(`stats ${JSON.stringify(mounted.stats())}\n`);
// A connection and a standard input that is listened to keep a process alive.
if (order.commands === true || name === "served" || name === "connected" || name === "old") {
  process.exit();
}

function obey(command: string): void {
  if (command === "exit") process.exit(3);
  if (command !== "use") return;
  // The program itself uses its mount, and waits for each answer in this thread.
  for (let i = 0; i < 50; i++) writeFileSync(`${order.dir}/own${i}`, `own ${i}`);
  const names = readdirSync(order.dir).filter((name) => name.startsWith("own"));
  const text = names.map((name) => readFileSync(`${order.dir}/${name}`, "utf8")).join();
  process.stdout.write(`used ${names.length} ${text.length}\n`);
}
