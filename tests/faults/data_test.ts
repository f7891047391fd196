import { strict as assert } from "node:assert";
import {
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
import { ERRNO, O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "../../src/fs/mod.ts";
import type { OperationName } from "../../src/protocol/mod.ts";
import { MemoryProvider, MountRouter, readonly } from "../../src/providers/mod.ts";
import { errnoOf, serving } from "../_serving.ts";
import { runtime } from "../_runtime.ts";
import type { Peer } from "../_peer.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-data-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs a test on a tree in memory and on one of the host. */
async function onTrees(body: (peer: Peer) => Promise<void>): Promise<void> {
  await serving(({ connect }) => body(connect()), {}, new MemoryProvider());
  await inDirectory((directory) =>
    serving(({ connect }) => body(connect()), {}, runtime.openDirectory(directory))
  );
}

async function create(peer: Peer, path: string, data: string): Promise<number> {
  const { fh, err } = await peer.ask("create", { path, mode: 0o644 });
  assert.equal(err, 0);
  await peer.ask("write", { fh, data: bytes(data) });
  return Number(fh);
}

async function open(peer: Peer, path: string, flags: number): Promise<number> {
  const { fh, err } = await peer.ask("open", { path, flags, mode: 0o644 });
  assert.equal(err, 0);
  return Number(fh);
}

async function read(peer: Peer, fh: number): Promise<string> {
  return new TextDecoder().decode((await peer.ask("read", { fh, sz: 1000 })).data);
}

async function readPath(peer: Peer, path: string): Promise<string> {
  const fh = await open(peer, path, O_RDONLY);
  const text = await read(peer, fh);
  await peer.ask("release", { fh });
  return text;
}

test("fault 53: a link that leads outside is never followed, as the last name or on the way", async () => {
  await inDirectory(async (outside) => {
    writeFileSync(join(outside, "secret"), "outside");
    await inDirectory(async (directory) => {
      symlinkSync(join(outside, "secret"), join(directory, "file"));
      symlinkSync(outside, join(directory, "dir"));
      await serving(
        async ({ connect }) => {
          const peer = connect();
          // The guest makes links of its own, too: absolute, and relative with enough "..".
          await peer.ask("symlink", { path: "/abs", new_path: join(outside, "secret") });
          await peer.ask("symlink", {
            path: "/rel",
            new_path: "../".repeat(40) + outside.slice(1),
          });
          for (const path of ["/file", "/dir", "/abs", "/rel"]) {
            assert.equal((await peer.ask("getattr", { path })).stat!.mode & 1 << 27, 1 << 27);
            const onLink: [OperationName, object, number][] = [
              ["open", { flags: O_RDONLY }, ERRNO.ELOOP],
              ["open", { flags: O_WRONLY | O_TRUNC }, ERRNO.ELOOP],
              ["open", { flags: O_RDWR | O_CREAT }, ERRNO.ELOOP],
              ["create", {}, ERRNO.ELOOP],
              ["setattr", { mode: 0o777 }, ERRNO.EOPNOTSUPP],
              ["truncate", { off: 0 }, ERRNO.ELOOP],
              ["readdir", {}, ERRNO.ENOTDIR],
              ["rmdir", {}, ERRNO.ENOTDIR],
              ["mkdir", {}, ERRNO.EEXIST],
            ];
            for (const [op, fields, errno] of onLink) {
              assert.equal(await errnoOf(peer, op, { path, ...fields }), errno, `${op} ${path}`);
            }
            const below = `${path}/secret`;
            const names: OperationName[] = [
              "getattr",
              "open",
              "create",
              "mkdir",
              "unlink",
              "readdir",
            ];
            for (const op of names) {
              assert.equal(
                await errnoOf(peer, op, { path: below }),
                ERRNO.ENOTDIR,
                `${op} ${below}`,
              );
            }
          }
        },
        {},
        runtime.openDirectory(directory),
      );
    });
    assert.equal(readFileSync(join(outside, "secret"), "utf8"), "outside");
    assert.deepEqual(readdirSync(outside), ["secret"]);
  });
});

test("fault 54: links that lead to themselves are text", async () => {
  await onTrees(async (peer) => {
    await peer.ask("symlink", { path: "/self", new_path: "self" });
    await peer.ask("symlink", { path: "/a", new_path: "b" });
    await peer.ask("symlink", { path: "/b", new_path: "a" });
    for (const path of ["/self", "/a", "/b"]) {
      assert.equal(await errnoOf(peer, "getattr", { path }), 0);
      assert.equal(await errnoOf(peer, "open", { path }), ERRNO.ELOOP);
      assert.equal(await errnoOf(peer, "getattr", { path: `${path}/x` }), ERRNO.ENOTDIR);
    }
  });
});

test("fault 55: links into /proc and /dev are text", async () => {
  await onTrees(async (peer) => {
    for (const [i, target] of ["/proc/self/root", "/proc/self/fd/0", "/dev/fd/0"].entries()) {
      const path = `/${i}`;
      assert.equal(await errnoOf(peer, "symlink", { path, new_path: target }), 0);
      assert.deepEqual((await peer.ask("readlink", { path })).data, bytes(target));
      assert.equal(await errnoOf(peer, "open", { path }), ERRNO.ELOOP);
      assert.equal(await errnoOf(peer, "readdir", { path }), ERRNO.ENOTDIR);
    }
  });
});

test("fault 62: a rename or a link from one mount to another is EXDEV", async () => {
  const router = new MountRouter({ "/a": new MemoryProvider(), "/b": new MemoryProvider() });
  await serving(
    async ({ connect }) => {
      const peer = connect();
      await create(peer, "/a/f", "x");
      assert.equal(await errnoOf(peer, "rename", { path: "/a/f", new_path: "/b/f" }), ERRNO.EXDEV);
      assert.equal(await errnoOf(peer, "link", { path: "/a/f", new_path: "/b/f" }), ERRNO.EXDEV);
      assert.equal(await errnoOf(peer, "getattr", { path: "/b/f" }), ERRNO.ENOENT);
    },
    {},
    router,
  );
});

test("fault 65: another name for a link is one for the link", async () => {
  await onTrees(async (peer) => {
    await create(peer, "/f", "x");
    await peer.ask("symlink", { path: "/l", new_path: "f" });
    assert.equal(await errnoOf(peer, "link", { path: "/l", new_path: "/m" }), 0);
    const { ino } = (await peer.ask("getattr", { path: "/l" })).stat!;
    assert.equal((await peer.ask("getattr", { path: "/m" })).stat!.ino, ino);
    assert.deepEqual((await peer.ask("readlink", { path: "/m" })).data, bytes("f"));
  });
});

test("fault 72: nothing changes in a read-only export", async () => {
  const memory = new MemoryProvider();
  memory.writeFile("/f", "hello");
  memory.mkdir("/d", 0o755);
  const changes: [OperationName, object][] = [
    ["setattr", { path: "/f", mode: 0o600 }],
    ["create", { path: "/f" }],
    ["create", { path: "/new" }],
    ["mkdir", { path: "/new" }],
    ["mkdirall", { path: "/new/er" }],
    ["unlink", { path: "/f" }],
    ["rmdir", { path: "/d" }],
    ["rename", { path: "/f", new_path: "/g" }],
    ["open", { path: "/f", flags: O_RDWR }],
    ["open", { path: "/f", flags: O_WRONLY }],
    ["open", { path: "/f", flags: O_RDONLY | O_TRUNC }],
    ["open", { path: "/new", flags: O_RDONLY | O_CREAT }],
    ["truncate", { path: "/f", off: 0 }],
    ["symlink", { path: "/l", new_path: "f" }],
    ["link", { path: "/f", new_path: "/g" }],
  ];
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, "f"), "hello");
    const real = runtime.openDirectory(directory, { readonly: true });
    for (const provider of [readonly(memory), real]) {
      await serving(
        async ({ connect }) => {
          const peer = connect();
          for (const [op, fields] of changes) {
            const errno = await errnoOf(peer, op, fields);
            assert.equal(errno, ERRNO.EROFS, `${op} ${JSON.stringify(fields)}`);
          }
          const fh = await open(peer, "/f", O_RDONLY);
          assert.equal(await errnoOf(peer, "write", { fh, data: bytes("x") }), ERRNO.EBADF);
          assert.equal(await errnoOf(peer, "truncate", { fh, off: 0 }), ERRNO.EINVAL);
          assert.equal(await read(peer, fh), "hello");
        },
        {},
        provider,
      );
    }
  });
});

test("fault 84: a file that loses its last name goes on for who has it open", async () => {
  await onTrees(async (peer) => {
    const fh = await create(peer, "/f", "hello");
    await peer.ask("unlink", { path: "/f" });
    assert.equal(await read(peer, fh), "hello");
    await peer.ask("write", { fh, off: 5, data: bytes(" you") });
    assert.equal(await read(peer, fh), "hello you");
    assert.equal(await errnoOf(peer, "truncate", { fh, off: 4 }), 0);
    assert.equal(await read(peer, fh), "hell");
    assert.equal(await errnoOf(peer, "getattr", { path: "/f" }), ERRNO.ENOENT);
  });
});

test("fault 85: an open file is the same after it was renamed", async () => {
  await onTrees(async (peer) => {
    const fh = await create(peer, "/f", "one");
    await peer.ask("mkdir", { path: "/d", mode: 0o755 });
    await peer.ask("rename", { path: "/f", new_path: "/d/g" });
    await create(peer, "/f", "two");
    await peer.ask("write", { fh, off: 3, data: bytes("!") });
    assert.equal(await read(peer, fh), "one!");
    assert.equal(await readPath(peer, "/d/g"), "one!");
    assert.equal(await readPath(peer, "/f"), "two");
    await peer.ask("rename", { path: "/d", new_path: "/e" });
    assert.equal(await errnoOf(peer, "getattr", { path: "/d/g" }), ERRNO.ENOENT);
    assert.equal(await readPath(peer, "/e/g"), "one!");
  });
});

test("fault 86: a file that is renamed over keeps its data for who has it open", async () => {
  await onTrees(async (peer) => {
    const old = await create(peer, "/old", "old");
    await create(peer, "/new", "new");
    await peer.ask("rename", { path: "/new", new_path: "/old" });
    assert.equal(await read(peer, old), "old");
    assert.equal(await readPath(peer, "/old"), "new");
  });
});

test("fault 88: two handles that append do not overwrite each other", async () => {
  await onTrees(async (peer) => {
    await create(peer, "/log", "");
    const a = await open(peer, "/log", O_WRONLY | O_APPEND);
    const b = await open(peer, "/log", O_WRONLY | O_APPEND);
    for (let i = 0; i < 10; i++) {
      await peer.ask("write", { fh: i % 2 === 0 ? a : b, off: 0, data: bytes(String(i)) });
    }
    assert.equal(await readPath(peer, "/log"), "0123456789");
  });
});

test("fault 89: a byte at 2^40 leaves a hole that reads as zeros", async () => {
  await onTrees(async (peer) => {
    const fh = await create(peer, "/sparse", "x");
    assert.equal((await peer.ask("write", { fh, off: 2 ** 40, data: bytes("y") })).written, 1);
    assert.equal((await peer.ask("getattr", { path: "/sparse" })).stat!.size, 2 ** 40 + 1);
    const { data } = await peer.ask("read", { fh, off: 2 ** 40 - 3, sz: 100 });
    assert.deepEqual([...data], [0, 0, 0, 0x79]);
  });
});

test("fault 96: unlink of a directory is EISDIR, rmdir of a file ENOTDIR", async () => {
  await onTrees(async (peer) => {
    await peer.ask("mkdir", { path: "/empty", mode: 0o755 });
    await peer.ask("mkdirall", { path: "/full/sub", mode: 0o755 });
    await create(peer, "/f", "x");
    assert.equal(await errnoOf(peer, "unlink", { path: "/empty" }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "unlink", { path: "/full" }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "rmdir", { path: "/f" }), ERRNO.ENOTDIR);
    assert.equal(await errnoOf(peer, "rmdir", { path: "/full" }), ERRNO.ENOTEMPTY);
    assert.equal(await errnoOf(peer, "rmdir", { path: "/" }), ERRNO.EBUSY);
    for (const path of ["/empty", "/full/sub", "/f"]) {
      assert.equal(await errnoOf(peer, "getattr", { path }), 0);
    }
  });
});

test("fault 97: a rename that would lose something is refused", async () => {
  await onTrees(async (peer) => {
    await peer.ask("mkdirall", { path: "/d/sub", mode: 0o755 });
    await peer.ask("mkdir", { path: "/e", mode: 0o755 });
    await create(peer, "/f", "x");
    const refused: [string, string, number][] = [
      ["/d", "/d/sub/d", ERRNO.EINVAL],
      ["/e", "/d", ERRNO.ENOTEMPTY],
      ["/e", "/f", ERRNO.ENOTDIR],
      ["/f", "/e", ERRNO.EISDIR],
      ["/none", "/e", ERRNO.ENOENT],
      ["/f", "/none/f", ERRNO.ENOENT],
    ];
    for (const [path, new_path, errno] of refused) {
      assert.equal(await errnoOf(peer, "rename", { path, new_path }), errno, `${path} ${new_path}`);
    }
    assert.equal(await errnoOf(peer, "rename", { path: "/d", new_path: "/e" }), 0);
    assert.equal(await errnoOf(peer, "getattr", { path: "/e/sub" }), 0);
  });
});

test("fault 98: directories can be put on stable storage, and what is not there cannot", async () => {
  await onTrees(async (peer) => {
    await peer.ask("mkdir", { path: "/d", mode: 0o755 });
    const fh = await create(peer, "/d/f", "x");
    await peer.ask("rename", { path: "/d/f", new_path: "/d/g" });
    for (const path of ["/", "/d", "/d/g"]) {
      assert.equal(await errnoOf(peer, "fsyncpath", { path }), 0);
    }
    assert.equal(await errnoOf(peer, "fsync", { fh }), 0);
    assert.equal(await errnoOf(peer, "fsync", { fh: 999 }), ERRNO.EBADF);
    assert.equal(await errnoOf(peer, "fsyncpath", { path: "/none" }), ERRNO.ENOENT);
  });
});
