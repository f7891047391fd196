import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import {
  O_CREAT,
  O_DIRECTORY,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFMT,
  S_IFSOCK,
} from "../src/fs/mod.ts";
import { code, codes, names, putFile } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";
import { mayMakeDevices, Specials } from "./realfs/_kinds.ts";

const WAYS = [
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_RDONLY | O_NONBLOCK,
  O_WRONLY | O_TRUNC,
  O_RDWR | O_CREAT,
];

testBoth("fault 74: a fifo is refused at once, a hundred times, and nobody waits for it", async ({
  at,
  outside,
  provider,
}) => {
  (await Specials.make(join(outside, "specials"))).put(at("p"), "fifo");
  // Were it opened for reading, this writer would have somebody to write to.
  const writes = () => fs.closeSync(fs.openSync(at("p"), O_WRONLY | O_NONBLOCK));
  for (let i = 0; i < 100; i++) {
    assert.equal(await code(() => provider.open("/p", WAYS[i % WAYS.length]!, 0o600)), "ENXIO");
    assert.equal(await code(writes), "ENXIO");
  }
  assert.equal(await code(() => provider.truncate("/p", 0)), "EINVAL");
  provider.chmod("/p", 0o640);
  provider.utimes("/p", { sec: 5, nsec: 0 }, { sec: 6, nsec: 0 });
  assert.equal(provider.stat("/p").mode, S_IFIFO | 0o640);
  assert.equal(provider.stat("/p").mtime.sec, 6);
});

testBoth("fault 75: devices are shown and never opened", async ({ at, outside, provider }) => {
  const specials = await Specials.make(join(outside, "specials"));
  if (!mayMakeDevices) return assert.ok(!fs.existsSync(join(outside, "specials/device")));
  specials.put(at("null"), "device");
  for (const flags of WAYS) {
    assert.equal(await code(() => provider.open("/null", flags, 0o600)), "ENXIO");
  }
  const info = provider.stat("/null");
  assert.equal(info.mode & S_IFMT, S_IFCHR);
  assert.equal(info.rdev, 0x103);
});

testBoth("fault 76: a socket is refused", async ({ at, outside, provider }) => {
  (await Specials.make(join(outside, "specials"))).put(at("s"), "socket");
  for (const flags of WAYS) {
    assert.equal(await code(() => provider.open("/s", flags, 0o600)), "ENXIO");
  }
  assert.equal(provider.stat("/s").mode & S_IFMT, S_IFSOCK);
});

testBoth("fault 77: a guest makes no devices", async ({ provider }) => {
  for (const type of [S_IFCHR, S_IFBLK]) {
    assert.equal(await code(() => provider.mknod("/dev", type | 0o600, 0x103)), "EPERM");
  }
  assert.deepEqual(await names(provider), []);
});

testBoth("fault 78: O_DIRECTORY of a file is ENOTDIR, a directory to be changed is EISDIR", async ({
  at,
  provider,
}) => {
  putFile(at("f"));
  fs.mkdirSync(at("d"));
  assert.equal(await code(() => provider.open("/f", O_RDONLY | O_DIRECTORY)), "ENOTDIR");
  for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_RDWR | O_CREAT]) {
    assert.equal(await code(() => provider.open("/d", flags, 0o600)), "EISDIR");
  }
});

testBoth("fault 79: a directory's handle is neither read nor written", async ({ at, provider }) => {
  fs.mkdirSync(at("d"));
  const handle = provider.openDir("/d");
  assert.deepEqual(
    await codes([
      () => handle.readAt(new Uint8Array(1), 0),
      () => handle.writeAt(new Uint8Array(1), 0),
      () => handle.truncate(0),
    ]),
    ["EISDIR", "EBADF", "EINVAL"],
  );
  await handle.sync();
  await handle.close();
});

testBoth('specials: "deny" lets fifos be seen and removed, and nothing else', async ({
  at,
  outside,
  serve,
}) => {
  (await Specials.make(join(outside, "specials"))).put(at("p"), "fifo");
  const provider = serve({ specials: "deny" });
  assert.equal(provider.stat("/p").mode & S_IFMT, S_IFIFO);
  assert.deepEqual(
    await codes([
      () => provider.mknod("/q", S_IFIFO | 0o600, 0),
      () => provider.link("/p", "/q"),
      () => provider.rename("/p", "/q"),
      () => provider.chmod("/p", 0o600),
      () => provider.unlink("/p"),
    ]),
    ["EPERM", "EACCES", "EACCES", "EACCES", "ok"],
  );
});

testBoth('symlinks: "deny" lets links be seen and removed, and nothing else', async ({
  at,
  serve,
}) => {
  fs.symlinkSync("/etc/passwd", at("l"));
  putFile(at("f"));
  const provider = serve({ symlinks: "deny" });
  assert.deepEqual(await names(provider), ["f", "l"]);
  assert.equal(provider.stat("/l").size, "/etc/passwd".length);
  assert.deepEqual(
    await codes([
      () => provider.symlink("x", "/m"),
      () => provider.readlink("/l"),
      () => provider.link("/l", "/m"),
      () => provider.rename("/l", "/m"),
      () => provider.chown("/l", -1, -1),
      () => provider.utimes("/l", "now", "now"),
      () => provider.rename("/f", "/l"),
      () => provider.unlink("/l"),
    ]),
    ["EPERM", "EACCES", "EACCES", "EACCES", "EACCES", "EACCES", "ok", "ok"],
  );
});
