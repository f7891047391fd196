/** What was written is told afterwards, and recorded so that nobody changes the record unseen. */
import * as vfs from "@vfs/server/core";

const engine = new vfs.HookEngine([
  {
    name: "print",
    phase: "after",
    ops: ["write"],
    pathPattern: "/workspace/*",
    hook: (request, result) => {
      const { size, mode, uid, gid } = result.meta!;
      console.log(
        `op=${request.op} path=${request.path} size=${size} mode=${mode.toString(8)} ` +
          `owner=${uid}:${gid} caller=${request.uid}:${request.gid}`,
      );
    },
  },
]);
const lines: string[] = [];
const audit = vfs.writeAudit(engine.events({ overflow: "wait" }), (line) => {
  lines.push(line);
});

const files = new vfs.InterceptProvider(new vfs.MemoryProvider(), engine);
const guest = { ...vfs.HOST_CONTEXT, uid: 1000, gid: 1000, origin: "wire:1" };
await files.mkdir("/workspace", 0o777);
const handle = await files.create("/workspace/a.txt", 0o644, guest);
await handle.write(new TextEncoder().encode("hello"), guest);
await handle.close(guest);

await engine.close();
await audit;
const report = await vfs.verifyAudit(lines);
console.log(`${report.events} events, ok: ${report.ok}, complete: ${report.complete}`);
lines[3] = lines[3]!.replace("a.txt", "b.txt");
const forged = await vfs.verifyAudit(lines);
console.log(`forged: line ${forged.problem?.line}, ${forged.problem?.reason}`);
