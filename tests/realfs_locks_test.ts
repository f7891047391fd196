import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { type FileLock, type Handle, HOST_CONTEXT, O_CREAT, O_RDWR } from "../src/fs/mod.ts";
import { peerCredentials } from "../adapters/realfs/mod.ts";
import { code, codes } from "./realfs/_acts.ts";
import { testBoth } from "./realfs/_both.ts";

const lock = (owner: string, type: FileLock["type"], start = 0, end = Infinity): FileLock => ({
  kind: "posix",
  type,
  start,
  end,
  owner,
  pid: 0,
});

testBoth("locks: several owners through one handle, and one through several", async ({
  provider,
}) => {
  const one = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const two = provider.open("/f", O_RDWR);
  assert.deepEqual(
    await codes([
      () => one.lock(lock("a", "write", 0, 10)),
      () => one.lock(lock("b", "write", 5, 15)),
      () => one.lock(lock("b", "write", 10, 20)),
      () => one.lock(lock("a", "read", 15, 16)),
      // The same owner through another handle replaces what it has.
      () => two.lock(lock("a", "read", 0, 10)),
      () => one.lock(lock("c", "read", 0, 10)),
      () => two.lock(lock("a", "unlock", 0, 10)),
      () => one.lock(lock("b", "write", 0, 5)),
    ]),
    ["ok", "EAGAIN", "ok", "EAGAIN", "ok", "ok", "ok", "EAGAIN"],
  );
  assert.equal((await one.getLock(lock("d", "write", 12, 13)))?.owner, "b");
  await one.close();
  assert.equal(await code(() => two.lock(lock("d", "write"))), "ok");
  await two.close();
});

testBoth("locks: whoever waits gets the lock when it is given back", async ({ provider }) => {
  const one = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const two = provider.open("/f", O_RDWR);
  await one.lock(lock("a", "write"));
  let granted = false;
  const waiting = Promise.resolve(two.lock(lock("b", "write"), true)).then(() => granted = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(granted, false);
  await one.lock(lock("a", "unlock"));
  await waiting;
  assert.equal(granted, true);
  await one.close();
  await two.close();
});

testBoth("locks: a lock of another process is in the way, and can be waited for", async ({
  at,
  kind,
  provider,
}) => {
  const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const other = flockElsewhere(at("f"));
  await other.taken;
  const flock = { ...lock("a", "write"), kind: "flock" } as const;
  // Guests lock among guests where node:fs is all there is.
  assert.equal(await code(() => file.lock(flock)), kind === "native" ? "EAGAIN" : "ok");
  const controller = new AbortController();
  const context = { ...HOST_CONTEXT, signal: controller.signal };
  const interrupted = code(() => file.lock(flock, true, context));
  controller.abort();
  assert.equal(await interrupted, kind === "native" ? "EINTR" : "ok");
  const waited = code(() => file.lock(flock, true));
  other.release();
  assert.equal(await waited, "ok");
  await file.close();
});

testBoth("locks: a handle that is closed while it waits gets EINTR", async ({ provider }) => {
  const one = provider.open("/f", O_RDWR | O_CREAT, 0o600);
  const two: Handle = provider.open("/f", O_RDWR);
  await one.lock(lock("a", "write"));
  const waiting = code(() => two.lock(lock("b", "write"), true));
  await two.close();
  assert.equal(await waiting, "EINTR");
  await one.close();
});

testBoth("peerCredentials() tells who is at the other end where it can be asked", async ({
  kind,
  outside,
}) => {
  assert.equal(peerCredentials(-1), undefined);
  const path = join(outside, "s");
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = createConnection(path);
  const socket = await accepted;
  const descriptor = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1;
  const peer = peerCredentials(descriptor);
  if (kind === "native" && descriptor >= 0) {
    assert.deepEqual(peer, {
      pid: process.pid,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    });
  }
  socket.destroy();
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** Another process that holds an exclusive flock until it is told to go. */
function flockElsewhere(path: string): { taken: Promise<void>; release(): void } {
  const child = spawn("flock", ["-x", path, "sh", "-c", "echo taken; read line"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return {
    taken: new Promise((resolve) => child.stdout.once("data", () => resolve())),
    release: () => child.stdin.end("\n"),
  };
}
