/** A disk that does not answer, and who waits for it. */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../../src/client/mod.ts";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import { textOf } from "../_contract/kit.ts";
import { Peer2 } from "../_peer2.ts";
import { connectTo } from "../_remote_kit.ts";
import { runtime } from "../_runtime.ts";
import { killProcess, startProcess } from "../_serve_process.ts";
import { serving } from "../_serving.ts";

test("fault 115: a disk that stalls holds up nobody else if a process of its own serves it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vfs-stall-"));
  const tree = join(directory, "tree");
  mkdirSync(tree);
  writeFileSync(join(tree, "f"), "content");
  const served = await startProcess(join(directory, "s"), tree);
  const client = await VfsClient.connect(() => runtime.connect(join(directory, "s")), {
    timeoutMs: 0,
  });
  try {
    const provider = new MountRouter({
      "/disk": new RemoteProvider(client),
      "/memory": MemoryProvider.from({ "g": "elsewhere" }),
    });
    await serving(
      async ({ connect, server }) => {
        const { peer } = await Peer2.open(connectTo(server));
        const { fh } = await peer.ask("open", { path: "/disk/w/f" });
        // To whoever waits for it, a process that is stopped is what a disk is that does not answer.
        process.kill(served.child.pid!, "SIGSTOP");
        const stalled = peer.send("read", { fh, sz: 100 });
        const other = connect();
        for (let i = 0; i < 100; i++) {
          assert.equal((await peer.ask("getattr", { path: "/memory/g" })).err, 0);
          assert.equal((await other.ask("getattr", { path: "/memory/g" })).err, 0);
        }
        assert.ok(!peer.answers.some(({ id }) => id === stalled));
        process.kill(served.child.pid!, "SIGCONT");
        assert.equal(textOf((await peer.answer(stalled)).data), "content");
        peer.transport.destroy();
      },
      {},
      provider,
    );
  } finally {
    await client.close();
    await killProcess(served);
    rmSync(directory, { recursive: true });
  }
});
