/** A hook that writes to the tree it watches: what it does itself does not call it again. */
import * as vfs from "@vfs/server/core";

let calls = 0;
const engine = new vfs.HookEngine([
  vfs.hook({
    name: "journal",
    ops: ["write"],
    pathPattern: "/*",
    async: true,
    sideEffect: true,
    after: async (request, _result, { fs }) => {
      calls++;
      // By `fs` it is known whose operation this is, however much later it comes.
      const journal = await fs.open("/audit.log", vfs.O_WRONLY | vfs.O_CREAT | vfs.O_APPEND, 0o644);
      await journal.write(new TextEncoder().encode(`${request.path}\n`));
      await journal.close();
    },
  }),
]);
const files = new vfs.InterceptProvider(new vfs.MemoryProvider(), engine);

for (const path of ["/file.txt", "/other.txt"]) {
  const handle = await files.create(path, 0o644);
  await handle.write(new TextEncoder().encode("payload"));
  await handle.close();
}
// Nobody waited for the hook; now we do.
await engine.wait();

console.log(calls, "calls");
const content = new Uint8Array(100);
const journal = await files.open("/audit.log", vfs.O_RDONLY);
const count = await journal.readAt(content, 0);
await journal.close();
console.log(new TextDecoder().decode(content.subarray(0, count)).trimEnd());
await engine.close();
