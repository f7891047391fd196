/** What a guest writes is replaced by what a function makes of it, of whatever length. */
import * as vfs from "@vfs/server/core";

const engine = new vfs.HookEngine([
  {
    name: "fixed",
    phase: "before",
    ops: ["write"],
    pathPattern: "/workspace/mutated.txt",
    action: "mutate_write",
    mutateWrite: "mutated-by-hook",
  },
  {
    name: "computed",
    phase: "before",
    ops: ["write"],
    pathPattern: "/workspace/*.log",
    action: "mutate_write",
    mutateWriteFunc: (request) =>
      `${request.path}: ${request.size} bytes by ${request.uid}, mode ${request.mode.toString(8)}`,
  },
]);
const files = new vfs.InterceptProvider(new vfs.MemoryProvider(), engine);
await files.mkdir("/workspace", 0o755);

for (const path of ["/workspace/mutated.txt", "/workspace/a.log"]) {
  const handle = await files.create(path, 0o644);
  await handle.write(new TextEncoder().encode("original, "));
  await handle.write(new TextEncoder().encode("in two pieces"));
  // Until it is stored, the guest sees what it wrote.
  console.log((await files.stat(path)).size, "bytes while it is open");
  await handle.close();
  const { size } = await files.stat(path);
  const stored = new Uint8Array(size);
  const reader = await files.open(path, vfs.O_RDONLY);
  await reader.readAt(stored, 0);
  await reader.close();
  console.log(size, "bytes:", new TextDecoder().decode(stored));
}
