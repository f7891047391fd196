import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ERRNO, O_CREAT, O_RDWR } from "../../src/fs/mod.ts";
import type { OperationName } from "../../src/protocol/mod.ts";
import { errnoOf, serving } from "../_serving.ts";
import type { Peer } from "../_peer.ts";

/** Every operation on a path. */
const BY_PATH: readonly OperationName[] = [
  "lookup",
  "getattr",
  "setattr",
  "create",
  "mkdir",
  "unlink",
  "rmdir",
  "rename",
  "open",
  "readdir",
  "mkdirall",
  "symlink",
  "readlink",
  "link",
  "fsyncpath",
];

/** Those with a second path. */
const TO_PATH: readonly OperationName[] = ["rename", "link"];

async function namesIn(peer: Peer, path: string): Promise<string[]> {
  return (await peer.ask("readdir", { path })).entries.map(({ name }) => name).sort();
}

/** A frame whose path has these bytes. */
function rawPath(op: number, bytes: number[]): Uint8Array {
  const body = [
    0xa2,
    0x62,
    0x6f,
    0x70,
    op,
    0x64,
    0x70,
    0x61,
    0x74,
    0x68,
    0x60 | bytes.length,
    ...bytes,
  ];
  return Uint8Array.of(0, 0, 0, body.length, ...body);
}

test("fault 41: a NUL in a path or a target is EINVAL", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.ask("create", { path: "/w/a" });
    for (const op of BY_PATH) {
      const fields = { path: "/w/a\0b", new_path: "/w/c" };
      assert.equal(await errnoOf(peer, op, fields), ERRNO.EINVAL, op);
    }
    assert.equal(await errnoOf(peer, "truncate", { path: "/w/a\0" }), ERRNO.EINVAL);
    for (const op of TO_PATH) {
      const fields = { path: "/w/a", new_path: "/w/c\0d" };
      assert.equal(await errnoOf(peer, op, fields), ERRNO.EINVAL, op);
    }
    assert.equal(await errnoOf(peer, "symlink", { path: "/w/l", new_path: "a\0b" }), ERRNO.EINVAL);
    assert.deepEqual(await namesIn(peer, "/w"), ["a"]);
  });
});

test("fault 42: the empty path is ENOENT", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.ask("create", { path: "/w/a" });
    for (const op of BY_PATH) {
      assert.equal(await errnoOf(peer, op, { new_path: "/w/c" }), ERRNO.ENOENT, op);
    }
    for (const op of TO_PATH) {
      assert.equal(await errnoOf(peer, op, { path: "/w/a" }), ERRNO.ENOENT, op);
    }
    assert.equal(await errnoOf(peer, "symlink", { path: "/w/l" }), ERRNO.ENOENT);
  });
});

test("fault 43: '..' stops at the root", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const root = (await peer.ask("getattr", { path: "/" })).stat!.ino;
    for (const path of ["/..", "/../..", "/w/../..", "..", "a/../../..", "/w/../../../"]) {
      assert.equal((await peer.ask("getattr", { path })).stat!.ino, root, path);
    }
    assert.equal(await errnoOf(peer, "mkdir", { path: "/../../w/made" }), 0);
    assert.deepEqual(await namesIn(peer, "/w/x/../../.."), ["w"]);
    assert.equal(await errnoOf(peer, "getattr", { path: "/../etc/passwd" }), ERRNO.ENOENT);
  });
});

test("fault 44: other spellings are the same path, and a trailing slash asks for a directory", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.ask("mkdirall", { path: "/w/d/e", mode: 0o755 });
    await peer.ask("create", { path: "/w/f" });
    await peer.ask("symlink", { path: "/w/link", new_path: "d" });
    const { ino } = (await peer.ask("getattr", { path: "/w/d/e" })).stat!;
    for (
      const path of ["/w//d///e", "/w/./d/e", "w/d/e", "./w/d/e/.", "/w/d/e/", "/w/f/../d/e//"]
    ) {
      assert.equal((await peer.ask("getattr", { path })).stat?.ino, ino, path);
    }
    for (const op of BY_PATH.filter((op) => op !== "mkdir" && op !== "mkdirall")) {
      for (const path of ["/w/f/", "/w/f/.", "/w/f//", "/w/link/", "/w/link/."]) {
        const errno = await errnoOf(peer, op, { path, new_path: "/w/new" });
        assert.equal(errno, ERRNO.ENOTDIR, `${op} ${path}`);
      }
    }
    assert.equal(await errnoOf(peer, "truncate", { path: "/w/f/" }), ERRNO.ENOTDIR);
    assert.equal(await errnoOf(peer, "mkdir", { path: "/w/f/" }), ERRNO.EEXIST);
    // What is made behind a slash can only be a directory.
    assert.equal(await errnoOf(peer, "create", { path: "/w/new/" }), ERRNO.EISDIR);
    const flags = O_RDWR | O_CREAT;
    assert.equal(await errnoOf(peer, "open", { path: "/w/new/", flags }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "symlink", { path: "/w/new/", new_path: "x" }), ERRNO.ENOENT);
    assert.equal(await errnoOf(peer, "link", { path: "/w/f", new_path: "/w/new/" }), ERRNO.ENOENT);
    assert.equal(
      await errnoOf(peer, "rename", { path: "/w/f", new_path: "/w/new/" }),
      ERRNO.ENOTDIR,
    );
    assert.equal(await errnoOf(peer, "rename", { path: "/w/d/", new_path: "/w/moved/" }), 0);
    assert.equal(await errnoOf(peer, "rmdir", { path: "/w/moved/e/" }), 0);
    assert.equal(await errnoOf(peer, "unlink", { path: "/w/moved/" }), ERRNO.EISDIR);
    assert.equal(await errnoOf(peer, "mkdir", { path: "/w/made/", mode: 0o755 }), 0);
    assert.deepEqual(await namesIn(peer, "/w/"), ["f", "link", "made", "moved"]);
  });
});

test("fault 45: names and paths that are too long are ENAMETOOLONG, counted in bytes", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const lengths: [string, number][] = [
      ["n".repeat(255), 0],
      ["n".repeat(256), ERRNO.ENAMETOOLONG],
      ["ü".repeat(127), 0],
      ["ü".repeat(128), ERRNO.ENAMETOOLONG],
      ["😀".repeat(63), 0],
      ["😀".repeat(64), ERRNO.ENAMETOOLONG],
    ];
    for (const [name, errno] of lengths) {
      assert.equal(await errnoOf(peer, "mkdir", { path: `/w/${name}`, mode: 0o755 }), errno);
      assert.equal(
        await errnoOf(peer, "rename", { path: "/w/none", new_path: `/w/${name}` }),
        errno || ERRNO.ENOENT,
      );
    }
    assert.equal(await errnoOf(peer, "getattr", { path: "/./".repeat(1365) + "w" }), 0);
    assert.equal(
      await errnoOf(peer, "getattr", { path: "/./".repeat(1365) + "/w" }),
      ERRNO.ENAMETOOLONG,
    );
    assert.equal(
      await errnoOf(peer, "rename", { path: "/w", new_path: "/".repeat(4097) }),
      ERRNO.ENAMETOOLONG,
    );
    await peer.ask("symlink", { path: "/w/l", new_path: "t".repeat(4095) });
    assert.equal((await peer.ask("readlink", { path: "/w/l" })).data.length, 4095);
    assert.equal(
      await errnoOf(peer, "symlink", { path: "/w/m", new_path: "t".repeat(4096) }),
      ERRNO.ENAMETOOLONG,
    );
  });
});

test("fault 46: a path that is not UTF-8 is EILSEQ, and names nothing else", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    const slashW = [0x2f, 0x77, 0x2f];
    for (
      const bytes of [[0xff], [0xc3], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xf5, 0x80, 0x80, 0x80]]
    ) {
      await peer.raw(rawPath(6, [...slashW, ...bytes]));
      assert.equal((await peer.answer()).err, -ERRNO.EILSEQ);
    }
    assert.deepEqual(await namesIn(peer, "/w"), []);
  });
});

const STRANGE = [
  "new\nline",
  "tab\t",
  "back\\slash",
  "colon:",
  "-rf",
  "con",
  "~",
  "*",
  "?",
  "$HOME",
  "...",
  "..a",
  ".hidden",
  " ",
  "%2e%2e",
  "\u202e",
  "\ufeffbom",
  "\x7f",
];

test("fault 48: strange names are names like others", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    for (const name of STRANGE) {
      assert.equal(await errnoOf(peer, "create", { path: `/w/${name}` }), 0, JSON.stringify(name));
    }
    assert.deepEqual(await namesIn(peer, "/w"), [...STRANGE].sort());
    for (const name of STRANGE) {
      assert.equal(await errnoOf(peer, "unlink", { path: `/w/${name}` }), 0);
    }
  });
});

test("fault 49: a path with an absolute one inside stays below its directory", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    assert.equal(await errnoOf(peer, "create", { path: "/w//proc/self/fd/3" }), ERRNO.ENOENT);
    await peer.ask("mkdirall", { path: "/w//proc/self/fd", mode: 0o755 });
    assert.equal(await errnoOf(peer, "create", { path: "/w//proc/self/fd/3" }), 0);
    assert.deepEqual(await namesIn(peer, "/w/proc/self/fd"), ["3"]);
  });
});

test("fault 50: half a surrogate pair is EILSEQ", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    for (
      const half of [[0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]]
    ) {
      await peer.raw(rawPath(6, [0x2f, 0x77, 0x2f, ...half]));
      assert.equal((await peer.answer()).err, -ERRNO.EILSEQ);
    }
    assert.deepEqual(await namesIn(peer, "/w"), []);
  });
});

test("fault 52: two spellings of one letter are two names", async () => {
  await serving(async ({ connect }) => {
    const peer = connect();
    await peer.ask("create", { path: "/w/\u00e9", mode: 0o600 });
    await peer.ask("create", { path: "/w/e\u0301", mode: 0o644 });
    assert.deepEqual(await namesIn(peer, "/w"), ["e\u0301", "\u00e9"]);
    assert.equal((await peer.ask("getattr", { path: "/w/\u00e9" })).stat!.mode, 0o600);
  });
});
