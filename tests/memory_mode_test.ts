import assert from "node:assert/strict";
import { test } from "node:test";
import {
  O_CREAT,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_PERM,
} from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import { as, bytes, errnoOf } from "./_memory_kit.ts";

function permissions(files: MemoryProvider, path: string): string {
  return (files.stat(path).mode & S_PERM).toString(8);
}

/** Makes a file with these permissions that belongs to 1000:100. */
function fileWith(mode: number): MemoryProvider {
  const files = new MemoryProvider();
  files.writeFile("/f", "content");
  files.chown("/f", 1000, 100);
  files.chmod("/f", mode);
  return files;
}

test("MemoryProvider gives new objects to the caller", () => {
  const files = new MemoryProvider();
  const caller = as(1000, 100);
  files.open("/f", O_RDWR | O_CREAT, 0o644, caller).close();
  files.mkdir("/d", 0o755, caller);
  files.mknod("/p", S_IFIFO | 0o600, 0, caller);
  files.symlink("f", "/l", caller);
  for (const path of ["/f", "/d", "/p", "/l"]) {
    const { uid, gid } = files.stat(path);
    assert.deepEqual([uid, gid], [1000, 100], path);
  }
});

test("MemoryProvider hands down the group of a setgid directory, and the bit to directories", () => {
  const files = new MemoryProvider();
  files.mkdir("/shared", 0o777);
  files.chown("/shared", 0, 50);
  files.chmod("/shared", 0o2777);
  const caller = as(1000, 100);
  files.mkdir("/shared/d", 0o755, caller);
  files.open("/shared/f", O_WRONLY | O_CREAT, 0o644, caller).close();
  files.symlink("f", "/shared/l", caller);
  assert.deepEqual(["d", "f", "l"].map((name) => files.stat(`/shared/${name}`).gid), [50, 50, 50]);
  assert.equal(permissions(files, "/shared/d"), "2755");
  assert.equal(permissions(files, "/shared/f"), "644");
});

test("MemoryProvider takes the setgid bit from a program made by somebody outside the group", () => {
  const files = new MemoryProvider();
  files.mkdir("/shared", 0o777);
  files.chown("/shared", 0, 50);
  files.chmod("/shared", 0o2777);
  const make = (name: string, uid: number, gid: number) =>
    files.open(`/shared/${name}`, O_WRONLY | O_CREAT, 0o2755, as(uid, gid)).close();
  make("outside", 1000, 100);
  make("inside", 1000, 50);
  make("root", 0, 0);
  assert.equal(permissions(files, "/shared/outside"), "755");
  assert.equal(permissions(files, "/shared/inside"), "2755");
  assert.equal(permissions(files, "/shared/root"), "2755");
});

test("writeAt() by a user clears setuid, and setgid of what the group may execute", () => {
  const files = fileWith(0o6775);
  const handle = files.open("/f", O_WRONLY);
  handle.writeAt(bytes("x"), 0, as(1000, 100));
  assert.equal(permissions(files, "/f"), "775");
  handle.close();
});

test("writeAt() by a user in the group keeps setgid of what the group may not execute", () => {
  const files = fileWith(0o2764);
  const handle = files.open("/f", O_WRONLY);
  handle.writeAt(bytes("x"), 0, as(1000, 100));
  assert.equal(permissions(files, "/f"), "2764");
  handle.writeAt(bytes("x"), 0, as(1000, 7));
  assert.equal(permissions(files, "/f"), "764");
  handle.close();
});

test("writeAt() by root keeps setuid and setgid", () => {
  const files = fileWith(0o6755);
  const handle = files.open("/f", O_WRONLY);
  handle.writeAt(bytes("x"), 0);
  handle.truncate(2);
  assert.equal(permissions(files, "/f"), "6755");
  handle.close();
});

test("truncate(), allocate() and O_TRUNC by a user clear setuid as writing does", () => {
  const caller = as(1000, 100);
  const changes: ((files: MemoryProvider) => void)[] = [
    (files) => files.truncate("/f", 3, caller),
    (files) => files.open("/f", O_WRONLY | O_TRUNC, 0, caller).close(),
    (files) => {
      const handle = files.open("/f", O_RDWR);
      handle.truncate(3, caller);
      handle.close();
    },
    (files) => {
      const handle = files.open("/f", O_RDWR);
      handle.allocate(0, 0, 10, caller);
      handle.close();
    },
  ];
  for (const change of changes) {
    const files = fileWith(0o4755);
    change(files);
    assert.equal(permissions(files, "/f"), "755");
  }
});

test("an empty writeAt() changes neither times nor modes", () => {
  const files = fileWith(0o4755);
  const before = files.stat("/f");
  const handle = files.open("/f", O_WRONLY);
  assert.equal(handle.writeAt(new Uint8Array(0), 0, as(1000, 100)), 0);
  assert.deepEqual(files.stat("/f"), before);
  handle.close();
});

test("writing removes security.capability, by whomever", () => {
  const files = fileWith(0o755);
  files.setxattr("/f", "security.capability", bytes("cap"));
  files.setxattr("/f", "user.kept", bytes("x"));
  const handle = files.open("/f", O_WRONLY);
  handle.writeAt(bytes("x"), 0);
  assert.deepEqual(files.listxattr("/f"), ["user.kept"]);
  handle.close();
});

test("chown() clears setuid and executable setgid, also for root, but not of directories", () => {
  const files = fileWith(0o6755);
  files.chown("/f", -1, -1);
  assert.equal(permissions(files, "/f"), "755");
  files.chmod("/f", 0o2644);
  files.chown("/f", 5, 5);
  assert.equal(permissions(files, "/f"), "2644");
  files.mkdir("/d", 0o755);
  files.chmod("/d", 0o6755);
  files.chown("/d", 5, 5);
  assert.equal(permissions(files, "/d"), "6755");
});

test("chown() keeps what is -1", () => {
  const files = fileWith(0o644);
  files.chown("/f", -1, 7);
  assert.deepEqual([files.stat("/f").uid, files.stat("/f").gid], [1000, 7]);
  files.chown("/f", 8, -1);
  assert.deepEqual([files.stat("/f").uid, files.stat("/f").gid], [8, 7]);
});

test("chmod() by a user outside the group clears setgid", () => {
  const files = fileWith(0o644);
  files.chmod("/f", 0o6755, as(1000, 7));
  assert.equal(permissions(files, "/f"), "4755");
  files.chmod("/f", 0o6755, as(1000, 100));
  assert.equal(permissions(files, "/f"), "6755");
});

test("a sticky directory keeps others from removing and renaming what it holds", () => {
  const files = new MemoryProvider();
  files.mkdir("/tmp", 0o1777);
  files.chown("/tmp", 9, 9);
  const owner = as(1000);
  const other = as(1001);
  files.open("/tmp/f", O_WRONLY | O_CREAT, 0o666, owner).close();
  files.mkdir("/tmp/d", 0o777, owner);
  files.open("/tmp/mine", O_WRONLY | O_CREAT, 0o666, other).close();
  assert.equal(errnoOf(() => files.unlink("/tmp/f", other)), "EPERM");
  assert.equal(errnoOf(() => files.rmdir("/tmp/d", other)), "EPERM");
  assert.equal(errnoOf(() => files.removeAll("/tmp/f", other)), "EPERM");
  assert.equal(errnoOf(() => files.rename("/tmp/f", "/tmp/g", 0, other)), "EPERM");
  assert.equal(errnoOf(() => files.rename("/tmp/mine", "/tmp/f", 0, other)), "EPERM");
  assert.equal(errnoOf(() => files.rename("/tmp/mine", "/tmp/f", 2, other)), "EPERM");
  files.unlink("/tmp/f", owner);
  files.rmdir("/tmp/d", as(9));
  files.unlink("/tmp/mine");
});

test("mknod() of a device is for root, but for the whiteout 0:0", () => {
  const files = new MemoryProvider();
  const user = as(1000);
  assert.equal(errnoOf(() => files.mknod("/c", S_IFCHR | 0o600, 0x103, user)), "EPERM");
  assert.equal(errnoOf(() => files.mknod("/b", S_IFBLK | 0o600, 0, user)), "EPERM");
  files.mknod("/w", S_IFCHR, 0, user);
  files.mknod("/c", S_IFCHR | 0o600, 0x103);
  assert.equal(files.stat("/c").rdev, 0x103);
});

test("setxattr() lets only root set trusted and security attributes, and only root see trusted", () => {
  const files = fileWith(0o644);
  const user = as(1000);
  for (const name of ["trusted.a", "security.a"]) {
    assert.equal(errnoOf(() => files.setxattr("/f", name, bytes("x"), 0, user)), "EPERM");
    files.setxattr("/f", name, bytes("x"));
    assert.equal(errnoOf(() => files.removexattr("/f", name, user)), "EPERM");
  }
  assert.equal(errnoOf(() => files.getxattr("/f", "trusted.a", user)), "ENODATA");
  assert.deepEqual(files.getxattr("/f", "security.a", user), bytes("x"));
  assert.deepEqual(files.listxattr("/f", user), ["security.a"]);
  assert.deepEqual(files.listxattr("/f"), ["trusted.a", "security.a"]);
});

test("setxattr() of a user attribute is for files and directories, of a sticky one for its owner", () => {
  const files = new MemoryProvider();
  files.symlink("x", "/l");
  files.mknod("/p", S_IFIFO, 0);
  for (const path of ["/l", "/p"]) {
    assert.equal(errnoOf(() => files.setxattr(path, "user.a", bytes("x"))), "EPERM");
    assert.equal(errnoOf(() => files.getxattr(path, "user.a")), "ENODATA");
    files.setxattr(path, "trusted.a", bytes("x"));
  }
  files.mkdir("/d", 0o1777);
  assert.equal(errnoOf(() => files.setxattr("/d", "user.a", bytes("x"), 0, as(5))), "EPERM");
  files.setxattr("/d", "user.a", bytes("x"));
});
