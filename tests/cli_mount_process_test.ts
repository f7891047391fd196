/** Mounts by the command line, with the kernel. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CliProcess, runCli, servingCli } from "./_cli_process.ts";
import { mountsAt } from "./mount/_mounted.ts";
import { skipWithout } from "./mount/_needs.ts";
import { run, shell } from "./mount/_run.ts";

/** Gives a test two directories, and leaves no mount behind. */
function mountTest(name: string, body: (cwd: string, mnt: string) => Promise<void>): void {
  test(name, { skip: skipWithout(), timeout: 300_000 }, async () => {
    const cwd = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "vfs-cli-mount-")));
    const mnt = join(cwd, "mnt");
    try {
      fs.mkdirSync(mnt);
      fs.mkdirSync(join(cwd, "dir"));
      fs.writeFileSync(join(cwd, "dir/a"), "hello");
      await body(cwd, mnt);
    } finally {
      if (mountsAt(mnt).length > 0) await run("umount", ["-l", mnt]);
      fs.rmSync(cwd, { recursive: true, force: true });
    }
  });
}

/** Waits until the process that serves a mount has taken it away. */
async function unmounted(mnt: string): Promise<void> {
  for (let i = 0; i < 10_000 && mountsAt(mnt).length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(mountsAt(mnt), []);
}

mountTest("vfs-server mount shows a directory until SIGTERM", async (cwd, mnt) => {
  const server = new CliProcess(["mount", "./dir", "mnt"], cwd);
  try {
    await server.errHas(`vfs-server: mounted ${cwd}/dir at ${mnt}\n`);
    const seen = await shell("cat a; echo new > b; mkdir c; mv b c", { cwd: mnt });
    assert.deepEqual([seen.stdout, seen.code], ["hello", 0], seen.stderr);
    assert.equal(fs.readFileSync(join(cwd, "dir/c/b"), "utf8"), "new\n");
    const { status, err } = await server.end("SIGTERM");
    assert.equal(status, 0);
    assert.match(err, /unmounting on SIGTERM.*\n.*\nvfs-server: unmounted .*\n$/);
    assert.deepEqual(mountsAt(mnt), []);
  } finally {
    await server.end("SIGKILL");
  }
});

mountTest("vfs-server mount --daemon and umount, of memory", async (cwd, mnt) => {
  const { status, err, out } = await runCli(["mount", "memory:limit=1M", "mnt", "--daemon"], cwd);
  assert.equal(err, `vfs-server: mounted memory, 1M at ${mnt}\n`);
  assert.deepEqual([status, out.length], [0, 0]);
  assert.equal((await shell("echo x > f; cat f", { cwd: mnt })).stdout, "x\n");
  const busy = await runCli(["umount", "."], mnt);
  assert.match(busy.err, /cannot unmount \.: it is in use; with -f .* \(EBUSY\)\n$/);
  assert.equal((await runCli(["umount", "mnt"], cwd)).status, 0);
  await unmounted(mnt);
  const none = await runCli(["umount", "mnt"], cwd);
  assert.match(none.err, /cannot unmount mnt: no mount of vfs-server is there \(EINVAL\)\n$/);
  assert.equal(none.status, 1);
});

mountTest(
  "vfs-server mount --connect shows what a server serves, and ends with it",
  async (cwd, mnt) => {
    const args = ["-m", "/w=./dir", "--hide", "secret", "--audit", "audit.jsonl"];
    let mount: CliProcess | undefined;
    fs.writeFileSync(join(cwd, "dir/secret"), "s");
    try {
      await servingCli(args, cwd, async () => {
        mount = new CliProcess(
          ["mount", "--connect", "vfs.sock", "/w", "mnt", "--reconnect=0"],
          cwd,
        );
        await mount.errHas("mounted /w of ");
        const seen = await shell("ls; cat a; echo b > b; cat secret", { cwd: mnt });
        assert.equal(seen.stdout, "a\nhello");
        assert.match(seen.stderr, /secret: No such file or directory/);
        assert.equal(fs.readFileSync(join(cwd, "dir/b"), "utf8"), "b\n");
      });
      const { status, err } = await mount!.ended;
      assert.match(err, /cannot reach vfs\.sock: /);
      assert.equal(status, 1);
      assert.deepEqual(mountsAt(mnt), []);
      const audit = await runCli(["audit", "verify", "audit.jsonl"], cwd);
      assert.match(new TextDecoder().decode(audit.out), /is whole: .* ended in order, /);
      assert.match(fs.readFileSync(join(cwd, "audit.jsonl"), "utf8"), /"path":"\/w\/secret"/);
    } finally {
      await mount?.end("SIGKILL");
    }
  },
);

mountTest("vfs-server mount refuses a mount point inside of what it serves", async (cwd) => {
  fs.mkdirSync(join(cwd, "dir/in"));
  fs.symlinkSync("dir/in", join(cwd, "link"));
  for (const place of ["dir/in", "link"]) {
    const { status, err } = await runCli(["mount", "./dir", place], cwd);
    assert.match(err, /it is inside of the directory that is served, which would wait for itself/);
    assert.equal(status, 1);
  }
});
