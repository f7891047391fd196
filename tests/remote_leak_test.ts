/**
 * Nothing stays behind of clients that come and go, or are killed.
 *
 * `VFS_CONNECTS` says how many clients come and go (500 by default); the figures are printed.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { type FileLock, O_RDONLY, O_RDWR } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { figures, saidOf } from "./_figures.ts";
import { adapter, runtime } from "./_runtime.ts";

async function onSocket(
  server: VfsServer,
  run: (path: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-leak-"));
  const path = join(directory, "s");
  const stop = await adapter.serveUnixBackground(server, path);
  try {
    await run(path);
  } finally {
    await stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const lock: FileLock = {
  kind: "flock",
  type: "write",
  start: 0,
  end: Infinity,
  owner: "me",
  pid: 1,
};

test("a client that is killed leaves no handle, no lock and no wait", async () => {
  const server = new VfsServer(MemoryProvider.from({ "f": "x", "g": "y" }));
  await onSocket(server, async (path) => {
    const client = await VfsClient.connect(() => runtime.connect(path));
    const files = new RemoteProvider(client);
    const mine = await files.open("/g", O_RDWR);
    await mine.lock(lock);
    const script = new URL("./_hold_files.ts", import.meta.url).pathname;
    const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script, path] : [script, path];
    const child = spawn(execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("exit", () => reject(new Error("The client ended too early")));
    });
    const theirs = await files.open("/f", O_RDWR);
    await assert.rejects(Promise.resolve(theirs.lock(lock)), { code: "EAGAIN" });
    assert.equal(server.stats().handles, 14);
    const got = theirs.lock(lock, true);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await got;
    await exited;
    while (server.stats().connections > 1) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(server.stats().handles, 2);
    assert.equal(server.stats().parked, 0);
    // Its wait is over, too: who asks next gets the lock.
    await mine.lock({ ...lock, type: "unlock" });
    await theirs.lock(lock);
    await client.close();
  });
});

test("clients that come and go leave nothing behind", async () => {
  const connects = Number(env["VFS_CONNECTS"] ?? 500);
  const server = new VfsServer(MemoryProvider.from({ "f": "x".repeat(10_000) }));
  await onSocket(server, async (path) => {
    const visit = async (i: number): Promise<void> => {
      const resumeMs = i % 4 === 0 ? 60_000 : 0;
      const client = await VfsClient.connect(() => runtime.connect(path), { resumeMs });
      const files = new RemoteProvider(client);
      const file = await files.open("/f", O_RDONLY);
      await file.readAt(new Uint8Array(5000), 0);
      if (i % 3 === 0) await file.lock({ ...lock, type: "read", owner: `${i}` });
      if (i % 5 === 0) await client.subscribe("/", () => {});
      // Some close what they opened, some only say goodbye.
      if (i % 2 === 0) await file.close();
      await client.close();
    };
    const gone = async (): Promise<void> => {
      while (server.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    for (let i = 0; i < Math.min(200, connects); i++) await visit(i);
    await gone();
    const before = figures();
    for (let i = 0; i < connects; i += 4) {
      await Promise.all([0, 1, 2, 3].map((j) => visit(i + j)));
    }
    await gone();
    const after = figures();
    const { handles, parked } = server.stats();
    console.log(
      `connects: ${connects} clients; before: ${saidOf(before)}; after: ${saidOf(after)}, ` +
        `${handles} handles, ${parked} sessions kept`,
    );
    assert.equal(after.descriptors, before.descriptors);
    assert.deepEqual([handles, parked], [0, 0]);
    // Resident memory is the collector's affair. What is left of the heap is not: 1 KiB a client
    // would be 10 MiB after 10,000 of them.
    assert.ok(after.heap - before.heap < 8, `the heap grew from ${before.heap} to ${after.heap}`);
  });
});
