/** A guest may not create a certain file: by no way, and it can do everything else. */
import * as vfs from "@vfs/server/core";

const engine = new vfs.HookEngine([
  {
    name: "no-blocked-txt",
    phase: "before",
    ops: ["create"],
    pathPattern: "/workspace/blocked.txt",
    action: "block",
  },
]);
const files = new vfs.InterceptProvider(
  vfs.MemoryProvider.from({ "workspace/mine.txt": "mine" }),
  engine,
);

/** Says how it ended. */
async function attempt(label: string, action: () => unknown): Promise<void> {
  try {
    await action();
    console.log(`${label}: done`);
  } catch (error) {
    console.log(`${label}: ${(error as vfs.VfsError).code}`);
  }
}

await attempt("create blocked.txt", () => files.create("/workspace/blocked.txt", 0o644));
await attempt(
  "open it with O_CREAT",
  () => files.open("/workspace/blocked.txt", vfs.O_WRONLY | vfs.O_CREAT, 0o644),
);
await attempt(
  "rename something to it",
  () => files.rename("/workspace/mine.txt", "/workspace/blocked.txt"),
);
await attempt(
  "link something to it",
  () => files.link("/workspace/mine.txt", "/workspace/blocked.txt"),
);
await attempt("create other.txt", () => files.create("/workspace/other.txt", 0o644));
