import assert from "node:assert/strict";
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  S_IFCHR,
  S_IFIFO,
  S_IFSOCK,
} from "../../src/fs/mod.ts";
import { bytes, fails, failsWithOneOf, get, names, PAST, put, using } from "./kit.ts";
import type { Capability, Row } from "./row.ts";

const PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

/**
 * What a provider must answer to what it cannot do: the errno that POSIX or Linux documents, and
 * nothing done. Capabilities that are only about what `stat` tells have no row here.
 */
export const lackRows: Partial<Record<Capability, Row["run"]>> = {
  async chown(fs) {
    await put(fs, "/a");
    await failsWithOneOf(["EPERM", "ENOSYS"], () => fs.chown("/a", 1000, 1000));
  },
  async copyRange(fs) {
    await put(fs, "/a", "hello");
    await using(fs.open("/a", O_RDWR), async (file) => {
      await failsWithOneOf(["EXDEV", "ENOSYS"], () => file.copyRange(0, file, 5, 5));
    });
    assert.equal(await get(fs, "/a"), "hello");
  },
  async devices(fs) {
    await failsWithOneOf(["EPERM", "ENOSYS"], () => fs.mknod("/c", S_IFCHR | 0o600, 259));
    assert.deepEqual(await names(fs), []);
  },
  async allocate(fs) {
    await put(fs, "/a", "hello");
    await using(fs.open("/a", O_RDWR), async (file) => {
      await failsWithOneOf(["EOPNOTSUPP", "ENOSYS"], () => file.allocate(0, 0, 100));
    });
    assert.equal((await fs.stat("/a")).size, 5);
  },
  async handleAttributes(fs) {
    await put(fs, "/a");
    await using(fs.open("/a", O_RDWR), async (file) => {
      await failsWithOneOf(["EPERM", "ENOSYS"], () => file.chmod(0o600));
      await failsWithOneOf(["EPERM", "ENOSYS"], () => file.utimes(PAST, PAST));
    });
  },
  async handleStat(fs) {
    await put(fs, "/a");
    await using(fs.open("/a", O_RDONLY), async (file) => {
      await fails("ENOSYS", () => file.stat());
    });
  },
  async holes(fs) {
    await put(fs, "/a", "hello");
    await using(fs.open("/a", O_RDWR), async (file) => {
      await failsWithOneOf(["EOPNOTSUPP", "ENOSYS"], () => file.allocate(PUNCH, 0, 3));
    });
    assert.equal(await get(fs, "/a"), "hello");
  },
  async locks(fs) {
    await put(fs, "/a");
    const lock = { kind: "posix", type: "write", start: 0, end: 1, owner: "A", pid: 1 } as const;
    await using(fs.open("/a", O_RDWR), async (file) => {
      await failsWithOneOf(["ENOLCK", "ENOSYS"], () => file.lock(lock));
      await failsWithOneOf(["ENOLCK", "ENOSYS"], () => file.getLock(lock));
    });
  },
  async mknod(fs) {
    await failsWithOneOf(["EPERM", "ENOSYS"], () => fs.mknod("/p", S_IFIFO | 0o644, 0));
    assert.deepEqual(await names(fs), []);
  },
  async privileged(fs) {
    await fs.mkdir("/d", 0o755);
    await put(fs, "/d/a");
    await fs.chmod("/d", 0);
    await fails("EACCES", () => fs.readDir("/d"));
    await fails("EACCES", () => fs.stat("/d/a"));
    await fs.chmod("/d", 0o755);
  },
  async renameFlags(fs) {
    await put(fs, "/a", "one");
    await put(fs, "/b", "two");
    for (const flags of [RENAME_NOREPLACE, RENAME_EXCHANGE]) {
      await fails("EINVAL", () => fs.rename("/a", "/b", flags));
    }
    assert.equal(await get(fs, "/a"), "one");
    assert.equal(await get(fs, "/b"), "two");
  },
  async sockets(fs) {
    await failsWithOneOf(["EPERM", "ENOSYS"], () => fs.mknod("/s", S_IFSOCK | 0o644, 0));
    assert.deepEqual(await names(fs), []);
  },
  async statfs(fs) {
    await fails("ENOSYS", () => fs.statfs("/"));
  },
  async tmpfile(fs) {
    const codes = ["EOPNOTSUPP", "EISDIR", "EINVAL"] as const;
    await failsWithOneOf(codes, () => fs.open("/", O_TMPFILE | O_RDWR, 0o600));
    assert.deepEqual(await names(fs), []);
  },
  async utimes(fs) {
    await put(fs, "/a");
    await failsWithOneOf(["EPERM", "ENOSYS"], () => fs.utimes("/a", PAST, PAST));
  },
  async zeroRange(fs) {
    await put(fs, "/a", "hello");
    await using(fs.open("/a", O_RDWR), async (file) => {
      const zero = () => file.allocate(FALLOC_FL_ZERO_RANGE, 0, 3);
      await failsWithOneOf(["EOPNOTSUPP", "ENOSYS"], zero);
    });
    assert.equal(await get(fs, "/a"), "hello");
  },
  async xattr(fs) {
    await put(fs, "/a");
    await fails("EOPNOTSUPP", () => fs.getxattr("/a", "user.x"));
    await fails("EOPNOTSUPP", () => fs.setxattr("/a", "user.x", bytes("v")));
    await fails("EOPNOTSUPP", () => fs.listxattr("/a"));
    await fails("EOPNOTSUPP", () => fs.removexattr("/a", "user.x"));
  },
};
