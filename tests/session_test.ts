import { test } from "node:test";
import { strict as assert } from "node:assert";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { MemoryTransport, type PairOptions } from "./_memory_transport.ts";
import { joined, Peer } from "./_peer.ts";
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
