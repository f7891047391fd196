import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { clearAway, type MountOrder, mountsAt, withScratch } from "./_mounted.ts";
import { skipWithout } from "./_needs.ts";
import { type Outcome, run } from "./_run.ts";

const NOBODY = 65534;
/** Without it a runtime cannot receive the device from `fusermount3`. */
const hasFfi = process.versions.bun !== undefined || "Deno" in globalThis ||
  Number(process.versions.node.split(".")[0]) >= 26;

/** The command that runs the self-check with this runtime. */
function command(order: MountOrder): string[] {
  const script = new URL("./_self_check.ts", import.meta.url).pathname;
  const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script] : [script];
  return [process.execPath, ...args, JSON.stringify(order)];
}

/** What the self-check must say. */
function check({ stdout, stderr }: Outcome, uid: number): void {
  const said = JSON.parse(/^\{.*\}$/m.exec(stdout)?.[0] ?? "null");
  assert.notEqual(said, null, stderr);
  const zeros = "2271761656 5242880";
  assert.equal(said.stdout, `hello\n${uid}\n${uid}\n1\n${zeros}\n0\n`, said.stderr);
  assert.deepEqual([said.files, said.pending], [0, 0]);
}

function attachTest(
  name: string,
  use: (dir: string) => Promise<void>,
  skip: string | false = skipWithout(),
): void {
  test(name, { skip, timeout: 90_000 }, async () => {
    await withScratch(async (scratch) => {
      chmodSync(scratch, 0o755);
      const dir = join(scratch, "mnt");
      mkdirSync(dir);
      try {
        await use(dir);
        assert.deepEqual(mountsAt(dir), []);
      } finally {
        await clearAway(dir);
      }
    });
  });
}

/**
 * Runs a command as nobody, in a mount namespace of its own in which the device is everybody's, as
 * it is on most systems.
 */
async function asNobody(dir: string, args: readonly string[]): Promise<Outcome> {
  const script = `set -e; device="$1.device"; mnt="$1"; shift
    mknod "$device" c 10 229; chmod 666 "$device"; mount --bind "$device" /dev/fuse
    chown ${NOBODY} "$mnt"; export HOME=/nonexistent
    exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --inh-caps=-all "$@"`;
  const all = ["-m", "--propagation", "private", "sh", "-c", script, "sh", dir, ...args];
  return await run("unshare", all, { timeout: 60_000 });
}

for (const kind of ["memory", "memory-live"] as const) {
  attachTest(`mount() of ${kind} takes over a device that its parent has mounted`, async (dir) => {
    const script = `exec 3<> /dev/fuse; dir="$1"; shift
      options=fd=3,rootmode=40000,user_id=0,group_id=0
      mount -i -t fuse -o "$options" given "$dir"; exec "$@"`;
    const args = command({ kind, dir, options: { via: 3 } });
    check(await run("sh", ["-c", script, "sh", dir, ...args]), 0);
  });

  attachTest(`mount() of ${kind} needs no privilege with fusermount3`, async (dir) => {
    check(await asNobody(dir, command({ kind, dir, options: {} })), NOBODY);
  }, hasFfi ? skipWithout("fusermount3") : "this runtime has no FFI to receive a device");

  attachTest(`mount() of ${kind} works as root of a user namespace`, async (dir) => {
    const args = ["unshare", "-Urm", ...command({ kind, dir, options: {} })];
    const outcome = await asNobody(dir, args);
    if (/unshare failed/.test(outcome.stderr)) {
      console.log("This system allows no user namespaces");
      return;
    }
    check(outcome, 0);
  });
}

attachTest("vfs-server mount memory belongs to whoever mounts it", async (dir) => {
  const main = new URL("../../mod.ts", import.meta.url).pathname;
  const args = "Deno" in globalThis ? ["run", "-A", "--no-check", main] : [main];
  const script = `dir="$1"; shift; "$@" mount memory "$dir" --daemon --quiet
    echo mine > "$dir/file"; cat "$dir/file"; stat -c "%u %a" "$dir"; "$@" umount "$dir"`;
  const command = ["sh", "-c", script, "sh", dir, process.execPath, ...args];
  const { stdout, stderr } = await asNobody(dir, command);
  assert.equal(stdout, `mine\n${NOBODY} 755\n`, stderr);
}, hasFfi ? skipWithout("fusermount3") : "this runtime has no FFI to receive a device");

attachTest("mount() says what is missing where it may not mount", async (dir) => {
  const order: MountOrder = { kind: "memory-live", dir, options: { via: "mount" } };
  const { code, stderr } = await run("setpriv", [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--",
    ...command(order),
  ], { env: { HOME: "/nonexistent" } });
  assert.notEqual(code, 0);
  assert.match(stderr, /(EACCES: [^\n]*\/dev\/fuse|EPERM: [^\n]*must be superuser)/);
});
