/**
 * Mounts a memory, has a shell work on it, unmounts, and says whether all went well: for ways of
 * mounting that only work within a namespace, where nobody else can look.
 *
 * Usage: `_self_check.ts '{"kind":"memory","dir":"/mnt/x","options":{"via":"fusermount"}}'`
 */
import process from "node:process";
import { mount } from "../../adapters/fuse/mod.ts";
import type { MountOrder } from "./_mounted.ts";
import { memory } from "./_modules.ts";
import { shell } from "./_run.ts";

const { kind, dir, options } = JSON.parse(process.argv[2]!) as MountOrder;
const module = new URL("./_modules.ts", import.meta.url);
const source = kind === "memory" ? { module, export: kind } : memory();
const mounted = await mount(source, dir, options);
const script = `echo hello > a; mkdir d; mv a d/b; cat d/b; id -u; stat -c %u d
  grep -c " $PWD fuse" /proc/self/mounts || true; dd if=/dev/zero of=big bs=1M count=5 2> /dev/null
  cksum < big; rm -r d big; ls | wc -l`;
const { stdout, stderr } = await shell(script, { cwd: dir, timeout: 20_000 });
await mounted.unmount();
const { files, pending } = mounted.stats();
console.log(JSON.stringify({ stdout, stderr, files, pending }));
