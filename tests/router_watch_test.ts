/** Changes behind a mount, as whoever watches the tree of mounts learns of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { type Change, isWatchable, type Provider } from "../src/fs/mod.ts";
import { HookEngine, InterceptProvider } from "../src/hooks/mod.ts";
import { MemoryProvider, MountRouter, readonly } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";

/** A tree that reports what it is told to report. */
class Reporting extends MemoryProvider {
  readonly watched: string[] = [];
  readonly #listeners = new Set<(change: Change) => void>();

  watch(path: string, listener: (change: Change) => void): () => void {
    this.watched.push(path);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  report(kind: Change["kind"], path: string, ino?: bigint): void {
    const change = { kind, path, ...(ino === undefined ? {} : { ino }) };
    for (const listener of this.#listeners) listener(change);
  }
}

function watching(provider: Provider, path: string): { told: Change[]; stop: () => void } {
  assert.ok(isWatchable(provider));
  const told: Change[] = [];
  const stop = provider.watch(path, (change) => told.push(change));
  return { told, stop };
}

test("MountRouter.watch() tells of what mounts report, in its own paths", () => {
  const [first, second] = [new Reporting(), new Reporting()];
  const router = new MountRouter({ "/a": first, "/b/c": second, "/m": new MemoryProvider() });
  const all = watching(router, "/");
  const below = watching(router, "/b/c/d");
  assert.deepEqual(first.watched, ["/"]);
  assert.deepEqual(second.watched, ["/", "/d"]);
  first.report("entry", "/x/y");
  second.report("inode", "/d/f", 7n);
  second.report("tree", "/");
  const inode = second.stat("/").ino;
  const shift = router.stat("/b/c") as { ino: bigint };
  const expected = [
    { kind: "inode", path: "/b/c/d/f", ino: 7n ^ inode ^ shift.ino },
    { kind: "tree", path: "/b/c" },
  ];
  assert.deepEqual(below.told.slice(0, 2), expected);
  assert.deepEqual(all.told[0], { kind: "entry", path: "/a/x/y" });
  all.stop();
  all.stop();
  below.stop();
  assert.deepEqual([first.listeners, second.listeners], [0, 0]);
});

test("MountRouter.watch() follows mounts that come and go, and tells of them", () => {
  const [under, over] = [new Reporting(), new Reporting()];
  const router = new MountRouter({ "/a": under });
  const { told, stop } = watching(router, "/a/b");
  router.mount("/a/b", over);
  router.mount("/elsewhere", new Reporting());
  over.report("entry", "/new");
  // Another mount lies upon that.
  under.report("entry", "/b/hidden");
  under.report("tree", "/");
  router.unmount("/a/b");
  over.report("entry", "/gone");
  under.report("entry", "/b/seen");
  assert.deepEqual(told, [
    { kind: "tree", path: "/a/b" },
    { kind: "entry", path: "/a/b/new" },
    { kind: "tree", path: "/a" },
    { kind: "tree", path: "/a/b" },
    { kind: "entry", path: "/a/b/seen" },
  ]);
  stop();
  assert.deepEqual([under.listeners, over.listeners], [0, 0]);
});

test("what reports no changes does not say that it does", () => {
  const router = new MountRouter({ "/m": new MemoryProvider() });
  assert.equal(isWatchable(router), false);
  assert.equal(isWatchable(readonly(router)), false);
  const reporting = new Reporting();
  router.mount("/r", reporting);
  assert.equal(isWatchable(router), true);
  const { told } = watching(readonly(router), "/r");
  reporting.report("entry", "/x");
  assert.deepEqual(told, [{ kind: "entry", path: "/r/x" }]);
  router.unmount("/r");
  assert.equal(isWatchable(router), false);
});

test("a change behind a mount reaches clients, through rules and another server as well", async () => {
  const reporting = new Reporting();
  const servers: VfsServer[] = [];
  const clients: VfsClient[] = [];
  const served = async (provider: Provider): Promise<RemoteProvider> => {
    const server = new VfsServer(provider);
    servers.push(server);
    const client = await VfsClient.connect(() => {
      const [here, there] = MemoryTransport.pair();
      void server.handleConnection(there);
      return here;
    });
    clients.push(client);
    return new RemoteProvider(client);
  };
  const router = new MountRouter({ "/w": reporting });
  const first = await served(new InterceptProvider(router, new HookEngine()));
  const second = await served(new MountRouter({ "/far": readonly(first) }));
  const told = Promise.withResolvers<Change>();
  await clients[1]!.subscribe("/far/w/d", told.resolve);
  // The second server asks the first without waiting for it.
  while (reporting.listeners === 0) await clients[0]!.ping();
  await clients[0]!.ping();
  reporting.report("inode", "/d/f");
  assert.deepEqual(await told.promise, { kind: "inode", path: "/far/w/d/f" });
  assert.equal(isWatchable(second), true);
  for (const client of clients.reverse()) await client.close();
  for (const server of servers) await server.stop();
  assert.equal(reporting.listeners, 0);
});
