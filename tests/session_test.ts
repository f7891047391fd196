import { test } from "node:test";
import { strict as assert } from "node:assert";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { MemoryTransport, type PairOptions } from "./_memory_transport.ts";
import { joined, Peer } from "./_peer.ts";
import { Peer2 } from "./_peer2.ts";
import { checkRecordedAnswers, RECORDED_REQUESTS } from "./_recorded_session.ts";

async function withPeer(options: PairOptions, body: (peer: Peer) => Promise<void>): Promise<void> {
  const server = new VfsServer(new MountRouter({ "/workspace": new MemoryProvider() }));
  const [near, far] = MemoryTransport.pair(options);
  const served = server.handleConnection(near);
  try {
    await body(new Peer(far));
  } finally {
    await server.stop();
    await served;
  }
  assert.equal(server.stats().handles, 0);
}

test("VfsServer answers the recorded session, one request at a time", async () => {
  await withPeer({}, async (peer) => {
    await checkRecordedAnswers(peer, true);
  });
});

test("VfsServer answers the recorded session that arrives in one piece", async () => {
  await withPeer({}, async (peer) => {
    await peer.raw(joined(RECORDED_REQUESTS));
    await checkRecordedAnswers(peer);
  });
});

for (const chunk of [1, 2, 3, 7, 64]) {
  test(`VfsServer answers the recorded session that arrives in pieces of ${chunk}`, async () => {
    await withPeer({ chunk }, async (peer) => {
      await peer.raw(joined(RECORDED_REQUESTS));
      await checkRecordedAnswers(peer);
    });
  });
}

test("VfsServer answers the recorded session to a peer that reads slowly", async () => {
  await withPeer({ capacity: 16, chunk: 5 }, async (peer) => {
    for (const request of RECORDED_REQUESTS) await peer.raw(request);
    await checkRecordedAnswers(peer);
  });
});

test("VfsServer answers the recorded session while a client of version 2 works and is told of it", async () => {
  const server = new VfsServer(new MountRouter({ "/workspace": new MemoryProvider() }));
  const connect = (): MemoryTransport => {
    const [near, far] = MemoryTransport.pair();
    void server.handleConnection(near);
    return far;
  };
  try {
    const { peer: modern } = await Peer2.open(connect());
    await modern.ask("subscribe", { path: "/workspace" });
    let isOver = false;
    const working = (async () => {
      let count = 0;
      for (; !isOver; count++) {
        const { err, page } = await modern.ask("readdir", { path: "/workspace", plus: true });
        assert.equal(err, 0);
        assert.ok(Array.isArray(page));
      }
      return count;
    })();
    await checkRecordedAnswers(new Peer(connect()), true);
    isOver = true;
    assert.ok(await working > 0);
    assert.ok(modern.notices.length > 0);
  } finally {
    await server.stop();
  }
});
