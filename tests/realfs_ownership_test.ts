import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { HOST_CONTEXT, O_CREAT, O_RDWR, O_TMPFILE, type OpContext } from "../src/fs/mod.ts";
import type { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { code, codes, putFile } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";

const GUEST: OpContext = { ...HOST_CONTEXT, uid: 1000, gid: 100 };

/** Owner, group and permissions, as the guest is told. */
function owned(provider: RealDirectoryProvider, path: string): string {
  const { uid, gid, mode } = provider.stat(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

testBoth('ownership "host" tells and changes what the host has', ({ at, provider }) => {
  putFile(at("f"));
  fs.chmodSync(at("f"), 0o640);
  assert.equal(owned(provider, "/f"), `${process.getuid?.()}:${process.getgid?.()} 640`);
  if (process.getuid?.() !== 0) return;
  provider.chown("/f", 12, 34);
  assert.equal(fs.statSync(at("f")).gid, 34);
});

testBoth('ownership "fixed" gives everything one owner', async ({ at, serve }) => {
  putFile(at("f"));
  const provider = serve({ uid: 5, gid: 6 });
  fs.chmodSync(at("f"), 0o600);
  assert.equal(owned(provider, "/f"), "5:6 600");
  const file = provider.open("/g", O_RDWR | O_CREAT, 0o644, GUEST);
  assert.deepEqual([(await file.stat()).uid, (await file.stat()).gid], [5, 6]);
  await file.chmod(0o666);
  assert.deepEqual(
    await codes([
      () => provider.chown("/f", 5, 6),
      () => provider.chown("/f", -1, 6),
      () => provider.chown("/f", 7, -1),
      () => file.chown(5, 7),
    ]),
    ["ok", "ok", "EPERM", "EPERM"],
  );
  await file.close();
  const entries = await provider.readDir("/", true);
  assert.deepEqual(entries.map((entry) => entry.info!.uid), [5, 5]);
  assert.equal(fs.statSync(at("f")).uid, process.getuid?.());
});

testBoth('ownership "xattr" keeps owners and modes apart from the host\'s', async ({
  at,
  kind,
  serve,
}) => {
  if (kind === "portable") {
    assert.throws(() => serve({ ownership: "xattr" }), {
      code: "EOPNOTSUPP",
      message: /Cannot note owners in .*: it has no extended attributes/,
    });
    return;
  }
  putFile(at("old"));
  fs.chmodSync(at("old"), 0o604);
  const provider = serve({ ownership: "xattr", uid: 7, gid: 8 });
  assert.equal(owned(provider, "/old"), "7:8 604");
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o4751, GUEST);
  provider.mkdir("/d", 0o750, GUEST);
  provider.mkdirAll("/d/e/f", 0o711, GUEST);
  assert.equal(owned(provider, "/f"), "1000:100 4751");
  assert.equal(owned(provider, "/d"), "1000:100 750");
  assert.equal(owned(provider, "/d/e/f"), "1000:100 711");
  // On the host everything is the server's alone, and no program becomes setuid.
  const host = fs.statSync(at("f"));
  assert.deepEqual([host.uid, host.mode & 0o7777], [process.getuid?.(), 0o600]);
  assert.equal(fs.statSync(at("d")).mode & 0o7777, 0o700);

  provider.chmod("/f", 0o000);
  await file.writeAt(new Uint8Array(3), 0);
  assert.equal(owned(provider, "/f"), "1000:100 0");
  await file.chmod(0o6775);
  await file.chown(0, -1);
  assert.equal(owned(provider, "/f"), "0:100 775");
  assert.equal((await file.stat()).uid, 0);
  await file.close();

  provider.chmod("/d", 0o2770);
  provider.chown("/d", -1, 55);
  assert.equal(owned(provider, "/d"), "1000:55 2770");
  await provider.open("/d/g", O_RDWR | O_CREAT, 0o640, GUEST).close();
  provider.mkdir("/d/h", 0o700, GUEST);
  assert.equal(owned(provider, "/d/g"), "1000:55 640");
  assert.equal(owned(provider, "/d/h"), "1000:55 2700");

  const nameless = provider.open("/", O_RDWR | O_TMPFILE, 0o640, GUEST);
  assert.equal((await nameless.stat()).uid, 1000);
  await nameless.close();
  const [entry] = (await provider.readDir("/d", true)).filter(({ name }) => name === "g");
  assert.deepEqual([entry!.info!.uid, entry!.info!.mode & 0o777], [1000, 0o640]);
});

testBoth("a guest neither sees nor writes the notes about owners", async ({
  at,
  kind,
  serve,
}) => {
  if (kind === "portable") return assert.throws(() => serve({ ownership: "xattr" }));
  const provider = serve({ ownership: "xattr" });
  await provider.open("/f", O_RDWR | O_CREAT, 0o600).close();
  provider.setxattr("/f", "user.mine", new Uint8Array(1));
  assert.deepEqual(provider.listxattr("/f"), ["user.mine"]);
  assert.deepEqual(
    await codes([
      () => provider.getxattr("/f", "user.vfs.owner"),
      () => provider.setxattr("/f", "user.vfs.owner", new TextEncoder().encode("0 0 777")),
      () => provider.removexattr("/f", "user.vfs.owner"),
    ]),
    ["EPERM", "EPERM", "EPERM"],
  );
  // Links and special files cannot have a note: they have the default owner, and keep it.
  provider.symlink("f", "/l");
  assert.equal(owned(provider, "/l"), "0:0 777");
  assert.equal(await code(() => provider.chown("/l", 0, -1)), "ok");
  assert.equal(await code(() => provider.chown("/l", 1, -1)), "EOPNOTSUPP");
  // A note that somebody else wrote on the host and that makes no sense is an error, not a guess.
  fs.writeFileSync(at("g"), "");
  if (noteBadly(at("g"))) assert.equal(await code(() => provider.stat("/g")), "EIO");
});

/** Writes a note that is none, where the host has the program for it. */
function noteBadly(path: string): boolean {
  try {
    execFileSync("setfattr", ["-n", "user.vfs.owner", "-v", "root", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
