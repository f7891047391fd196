/** Files that are open, and data under way, across connections over a socket that are cut. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { O_APPEND, O_CREAT, O_RDONLY, O_WRONLY, VfsError } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { type Transport, VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import { adapter, runtime } from "./_runtime.ts";

interface Line {
  readonly server: VfsServer;
  readonly client: VfsClient;
  readonly files: RemoteProvider;
  /** How often there was a connection, and how often the session was the one of before. */
  readonly counts: { connected: number; resumed: number };
  /** Cuts the connection, from the client's end. */
  cut(): void;
}

/** Serves a tree over a socket to a client that comes back as often as it is cut off. */
async function overSocket(
  tree: MemoryProvider,
  options: VfsServerOptions,
  run: (line: Line) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-resume-"));
  const socket = join(directory, "s");
  const server = new VfsServer(tree, options);
  const stop = await adapter.serveUnixBackground(server, socket);
  const counts = { connected: 0, resumed: 0 };
  let transport: Transport | undefined;
  const client = await VfsClient.connect(
    async () => transport = await runtime.connect(socket) as Transport,
    {
      reconnect: () => 1,
      onEvent: (event) => {
        if (event.type !== "connected") return;
        counts.connected++;
        if (event.resumed) counts.resumed++;
      },
    },
  );
  try {
    const files = new RemoteProvider(client);
    await run({ server, client, files, counts, cut: () => transport!.destroy() });
  } finally {
    await client.close();
    await stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const BLOCK = 50_000;
const BLOCKS = 200;

function block(number: number): Uint8Array {
  return new Uint8Array(BLOCK).map((_, i) => number * 31 + i * 7);
}

test("data that is written and read goes on across connections that are cut, each byte once", async () => {
  const tree = new MemoryProvider();
  const wanted = new Uint8Array(BLOCK * BLOCKS);
  for (let i = 0; i < BLOCKS; i++) wanted.set(block(i), i * BLOCK);
  tree.writeFile("/source", wanted);
  await overSocket(tree, {}, async ({ server, files, counts, cut }) => {
    // What is appended twice, or not at all, or in another order, shows.
    const target = await files.open("/target", O_WRONLY | O_CREAT | O_APPEND, 0o644);
    const source = await files.open("/source", O_RDONLY);
    // Nobody else can open it: a new session would be noticed.
    tree.unlink("/source");
    const read = new Uint8Array(wanted.length);
    let done = 0;
    const isDone = <T>(result: T): T => {
      // In the middle of what is under way: others wait for their answers.
      if (++done % 25 === 0) cut();
      return result;
    };
    const writing = Promise.all(
      Array.from({ length: BLOCKS }, async (_, i) => isDone(await target.writeAt(block(i), 0))),
    );
    const reading = (async () => {
      for (let at = 0; at < read.length;) {
        const count = isDone(await source.readAt(read.subarray(at, at + BLOCK), at));
        assert.ok(count > 0);
        at += count;
      }
    })();
    const [counted] = await Promise.all([writing, reading]);
    assert.ok(counts.resumed > 2, `${counts.resumed} resumed`);
    // The first one had nothing to go on with.
    assert.equal(counts.connected, 1 + counts.resumed);
    assert.ok(counted.every((count) => count === BLOCK));
    assert.deepEqual(read, wanted);
    assert.deepEqual(tree.readFile("/target"), wanted);
    await target.close();
    await source.close();
    assert.equal(server.stats().handles, 0);
  });
});

test("what cannot go on is ESTALE, with the path and the reason in a sentence", async () => {
  const tree = MemoryProvider.from({ "kept": "kept", "gone": "gone" });
  await overSocket(tree, { limits: { resumeMs: 0 } }, async ({ files, counts, cut }) => {
    const kept = await files.open("/kept", O_RDONLY);
    const gone = await files.open("/gone", O_RDONLY);
    tree.unlink("/gone");
    cut();
    const buffer = new Uint8Array(10);
    assert.equal(await kept.readAt(buffer, 0), 4);
    assert.deepEqual(counts, { connected: 2, resumed: 0 });
    await assert.rejects(Promise.resolve(gone.readAt(buffer, 0)), (error: VfsError) => {
      assert.ok(error instanceof VfsError);
      assert.equal(error.code, "ESTALE");
      assert.match(error.message, /\/gone: it cannot be opened again \(ENOENT\)/);
      return true;
    });
    await gone.close();
    await kept.close();
  });
});
