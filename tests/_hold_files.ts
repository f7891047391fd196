/** A client that opens files, takes a lock, says so, and waits to be killed. */
import { argv, stdout } from "node:process";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { O_RDWR } from "../src/fs/mod.ts";
import { runtime } from "./_runtime.ts";

const client = await VfsClient.connect(() => runtime.connect(argv[2]!));
const files = new RemoteProvider(client);
for (let i = 0; i < 10; i++) {
  const file = await files.open("/f", O_RDWR);
  if (i > 0) continue;
  await file.lock({ kind: "flock", type: "write", start: 0, end: Infinity, owner: "me", pid: 1 });
}
await (await files.openDir("/")).readDir(0, 1);
// Somebody else holds this one: the wait goes on until the end.
const other = await files.open("/g", O_RDWR);
void other.lock(
  { kind: "flock", type: "write", start: 0, end: Infinity, owner: "me", pid: 1 },
  true,
);
await client.ping();
stdout.write("ready\n");
setInterval(() => {}, 1000);
