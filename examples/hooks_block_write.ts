/** A function decides which writes are refused, and how a guest sees that. */
import * as vfs from "@vfs/server/core";

const engine = new vfs.HookEngine([
  vfs.hook({
    name: "no-passwords",
    ops: ["write"],
    pathPattern: "/workspace/**",
    before: (request) => {
      const text = new TextDecoder().decode(request.data);
      return text.includes("password=") ? vfs.block("EACCES") : undefined;
    },
  }),
]);
const files = new vfs.InterceptProvider(new vfs.MemoryProvider(), engine);
await files.mkdir("/workspace", 0o755);

const handle = await files.create("/workspace/notes.txt", 0o644);
console.log(await handle.write(new TextEncoder().encode("hello\n")), "bytes");
try {
  await handle.write(new TextEncoder().encode("password=secret\n"));
} catch (error) {
  console.log((error as vfs.VfsError).message);
}
await handle.close();
console.log((await files.stat("/workspace/notes.txt")).size, "bytes in all");
