import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { joined, Peer } from "./_peer.ts";
import { checkRecordedAnswers, RECORDED_REQUESTS } from "./_recorded_session.ts";
import { adapter, runtime } from "./_runtime.ts";

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-socket-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function newServer(): VfsServer {
  return new VfsServer(new MountRouter({ "/workspace": new MemoryProvider() }));
}

/** Serves in the background, lets a test talk to it, and looks that nothing is left. */
async function withServer(
  body: (connect: () => Promise<Peer>, server: VfsServer, path: string) => Promise<void>,
  server = newServer(),
): Promise<void> {
  await inDirectory(async (directory) => {
    const path = join(directory, "vfs.sock");
    const stop = await adapter.serveUnixBackground(server, path);
    try {
      await body(async () => new Peer(await runtime.connect(path)), server, path);
    } finally {
      await stop();
    }
    assert.equal(server.stats().connections, 0);
    assert.equal(server.stats().handles, 0);
    assert.deepEqual(readdirSync(directory), []);
  });
}

test("serveUnixBackground() serves the recorded session, one request at a time", async () => {
  await withServer(async (connect) => {
    const peer = await connect();
    await checkRecordedAnswers(peer, true);
    peer.transport.destroy();
    await peer.gone;
  });
});

test("serveUnixBackground() serves the recorded session in one write", async () => {
  await withServer(async (connect) => {
    const peer = await connect();
    await peer.raw(joined(RECORDED_REQUESTS));
    await checkRecordedAnswers(peer);
  });
});
