import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  ERRNO,
  O_DIRECTORY,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFSOCK,
} from "../../src/fs/mod.ts";
import { MemoryProvider } from "../../src/providers/mod.ts";
import { errnoOf, serving } from "../_serving.ts";
import { runtime } from "../_runtime.ts";
import type { Peer } from "../_peer.ts";

/** Lets a test talk to a tree in memory, and to one on the host that this process may make. */
async function withTrees(
  prepare: (memory: MemoryProvider) => void,
  prepareHost: (directory: string) => void,
  body: (peer: Peer) => Promise<void>,
): Promise<void> {
  const memory = new MemoryProvider();
  prepare(memory);
  await serving(({ connect }) => body(connect()), {}, memory);
  const directory = mkdtempSync(join(tmpdir(), "vfs-special-"));
  try {
    prepareHost(directory);
    const provider: Provider = runtime.openDirectory(directory);
    await serving(({ connect }) => body(connect()), {}, provider);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("fault 74: opening a fifo is refused at once, a hundred times", async () => {
  await withTrees(
    (memory) => memory.mknod("/fifo", S_IFIFO | 0o666, 0),
    (directory) => execFileSync("mkfifo", [join(directory, "fifo")]),
    async (peer) => {
      for (let i = 0; i < 100; i++) {
        const flags = [O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NONBLOCK][i % 4]!;
        assert.equal(await errnoOf(peer, "open", { path: "/fifo", flags }), ERRNO.ENXIO);
      }
      assert.equal(await errnoOf(peer, "fsyncpath", { path: "/fifo" }), ERRNO.EINVAL);
      assert.equal((await peer.ask("getattr", { path: "/fifo" })).stat!.mode & 1 << 25, 1 << 25);
    },
  );
});

test("fault 75: devices are never opened", async () => {
  const memory = new MemoryProvider();
  memory.mknod("/null", S_IFCHR | 0o666, 0x103);
  memory.mknod("/disk", S_IFBLK | 0o666, 0x800);
  await serving(
    async ({ connect }) => {
      const peer = connect();
      for (const path of ["/null", "/disk"]) {
        for (const flags of [O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC]) {
          assert.equal(await errnoOf(peer, "open", { path, flags }), ERRNO.ENXIO);
        }
      }
    },
    {},
    memory,
  );
});

test("fault 76: opening a socket is refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vfs-special-"));
  const listener = await runtime.listen(join(directory, "socket"), { onConnection() {} });
  const memory = new MemoryProvider();
  memory.mknod("/socket", S_IFSOCK | 0o666, 0);
  try {
    for (const provider of [memory, runtime.openDirectory(directory)]) {
      await serving(
        async ({ connect }) => {
          const peer = connect();
          for (const flags of [O_RDONLY, O_WRONLY, O_RDWR]) {
            assert.equal(await errnoOf(peer, "open", { path: "/socket", flags }), ERRNO.ENXIO);
          }
        },
        {},
        provider,
      );
    }
  } finally {
    await listener.close();
    rmSync(directory, { recursive: true });
  }
});

test("fault 78: O_DIRECTORY on a file is ENOTDIR, opening a directory to write is EISDIR", async () => {
  await withTrees(() => {}, () => {}, async (peer) => {
    await peer.ask("create", { path: "/f", mode: 0o644 });
    await peer.ask("mkdir", { path: "/d", mode: 0o755 });
    const directory = { path: "/f", flags: O_RDONLY | O_DIRECTORY };
    assert.equal(await errnoOf(peer, "open", directory), ERRNO.ENOTDIR);
    for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC]) {
      assert.equal(await errnoOf(peer, "open", { path: "/d", flags }), ERRNO.EISDIR);
    }
    assert.equal(await errnoOf(peer, "create", { path: "/d" }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "truncate", { path: "/d" }), ERRNO.EISDIR);
  });
});

test("fault 79: reading a directory's handle is EISDIR", async () => {
  await withTrees(() => {}, () => {}, async (peer) => {
    await peer.ask("mkdir", { path: "/d", mode: 0o755 });
    for (const flags of [O_RDONLY, O_RDONLY | O_DIRECTORY]) {
      const { fh, err } = await peer.ask("open", { path: "/d", flags });
      assert.equal(err, 0);
      assert.equal(await errnoOf(peer, "read", { fh, sz: 100 }), ERRNO.EISDIR);
      assert.equal(await errnoOf(peer, "fsync", { fh }), 0);
    }
  });
});
