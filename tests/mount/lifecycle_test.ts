import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  clearAway,
  type Mounted,
  type MountKind,
  mountsAt,
  startHost,
  startServer,
  withMount,
  withScratch,
} from "./_mounted.ts";
import { skipWithout } from "./_needs.ts";
import { run, shell } from "./_run.ts";

function mountTest(name: string, use: () => Promise<void>): void {
  test(name, { skip: skipWithout(), timeout: 200_000 }, use);
}

/** Waits until something is so; mounts come and go in their own time. */
async function until(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`within a minute: ${what}`);
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => {
    try {
      const stat = readFileSync(`/proc/${child}/stat`, "utf8");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
    } catch {
      return false;
    }
  });
}

const KINDS: readonly MountKind[] = ["memory", "memory-live"];

for (const kind of KINDS) {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    mountTest(`mount() of ${kind} ends in order on ${signal}`, async () => {
      await withMount(kind, {}, async ({ dir, kill, exited }) => {
        await shell("echo x > f", { cwd: dir });
        kill(signal);
        assert.equal(await exited(), 0);
        assert.deepEqual(mountsAt(dir), []);
      });
    });
  }

  mountTest(`mount() of ${kind} goes away after kill -9`, async () => {
    await withMount(kind, {}, async ({ dir, kill, exited }) => {
      const busy = shell("while :; do echo x > f$$ || exit 1; done", { cwd: dir, timeout: 20_000 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      kill("SIGKILL");
      assert.equal(await exited(), null);
      await until(() => mountsAt(dir).length === 0, "the mount is gone");
      assert.equal((await busy).code, 1, "who used it got an error");
    });
  });

  mountTest(`mount() repairs what a dead ${kind} left behind`, async () => {
    await withMount(kind, {}, async ({ dir, root, server, kill, exited }) => {
      // Without the process that would clear up.
      for (const child of childrenOf(server.pid!)) process.kill(child, "SIGKILL");
      kill("SIGKILL");
      await exited();
      assert.equal(mountsAt(dir).length, 1);
      assert.match((await run("stat", [dir])).stderr, /not connected/);
      const again = await startServer({ kind, dir, root });
      try {
        assert.equal(mountsAt(dir).length, 1);
        assert.equal((await shell("echo x > f; cat f", { cwd: dir })).stdout, "x\n");
        await again.stop();
      } finally {
        await clearAway(dir, again.server);
      }
    });
  });

  mountTest(`mount() of ${kind} ends when somebody else unmounts it`, async () => {
    await withMount(kind, {}, async ({ dir, exited }) => {
      assert.equal((await run("umount", [dir])).code, 0);
      assert.equal(await exited(), 0);
    });
  });

  mountTest(`mount() of ${kind} is taken away from those who do not let go`, async () => {
    await withMount(kind, { busyGrace: 200 }, async ({ dir, root, kill, exited }) => {
      const script = `exec 3> held; echo held >&3; : > "${root}/held"; sleep 2; echo more >&3`;
      const holder = shell(script, { cwd: dir });
      await until(() => existsSync(join(root, "held")), "it is held");
      kill("SIGTERM");
      assert.equal(await exited(), 0);
      assert.deepEqual(mountsAt(dir), []);
      const { code, stderr } = await holder;
      assert.notEqual(code, 0, stderr);
    });
  });

  mountTest(`mount() of ${kind} ends with process.exit()`, async () => {
    await withMount(kind, {}, async ({ dir, server, exited }) => {
      await shell("echo x > f", { cwd: dir });
      server.stdin!.write("exit\n");
      assert.equal(await exited(), 3);
      await until(() => mountsAt(dir).length === 0, "the mount is gone");
    }, true);
  });
}

mountTest("mount() of a module can be used by the program itself, in any way", async () => {
  await withMount("memory", {}, async ({ server, says, stop }) => {
    server.stdin!.write("use\n");
    const [, files, length] = await says(/used (\d+) (\d+)/);
    assert.deepEqual([files, length], ["50", String(10 * 5 + 40 * 6 + 49)]);
    await stop();
  }, true);
});

mountTest("mount() of a provider that takes its time serves many at once", async () => {
  for (const kind of ["slow", "slow-live"] as const) {
    await withMount(kind, { attrLifetime: 0, entryLifetime: 0 }, async ({ dir, stop }) => {
      const script = `for p in 1 2 3 4 5 6 7 8; do
        ( for f in 1 2 3 4 5; do echo $p$f > f$p$f; mkdir d$p$f; mv f$p$f d$p$f/g; cat d$p$f/g; done ) &
      done; wait; ls | wc -l; rm -r d*; ls | wc -l`;
      const { code, stdout, stderr } = await shell(script, { cwd: dir, timeout: 60_000 });
      assert.equal(code, 0, stderr);
      const lines = stdout.split("\n");
      assert.deepEqual(lines.slice(-3), ["40", "0", ""], kind);
      assert.equal(new Set(lines).size, 43);
      const stats = await stop();
      assert.deepEqual([stats.pending, stats.files], [0, 0]);
    });
  }
});

mountTest("mount() refuses a mount point that is none, and says why", async () => {
  await withScratch(async (scratch) => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    const start = (dir: string, kind: MountKind = "memory") =>
      startServer({ kind, dir, root: scratch });
    await assert.rejects(start(join(scratch, "missing")), /ENOENT: .*missing/);
    await assert.rejects(start(file), /ENOTDIR: .*file/);
    const dir = join(scratch, "dir");
    mkdirSync(dir);
    for (const kind of ["broken", "broken-live"] as const) {
      await assert.rejects(start(dir, kind), /EIO/);
      assert.deepEqual(mountsAt(dir), [], "nothing is left");
    }
    const first = await start(dir);
    try {
      await assert.rejects(start(dir), /EBUSY: .*mount already/);
      assert.equal((await shell("echo x > f; cat f", { cwd: dir })).stdout, "x\n");
      await first.stop();
    } finally {
      await clearAway(dir, first.server);
    }
  });
});

mountTest("mount() finds its way through links and blanks", async () => {
  await withScratch(async (scratch) => {
    await shell('mkdir -p "a b/c d"; ln -s "a b" link', { cwd: scratch });
    const server = await startServer({ kind: "memory", dir: join(scratch, "link/c d") });
    const real = join(scratch, "a b/c d").replaceAll(" ", "\\040");
    try {
      assert.equal(mountsAt(real).length, 1);
      await server.stop();
      assert.equal(mountsAt(real).length, 0);
    } finally {
      await clearAway(join(scratch, "a b/c d"), server.server);
    }
  });
});

mountTest("mount() lets nobody else in, and no devices or set-id bits, unless asked", async () => {
  const asOther = (dir: string) =>
    run("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "ls", dir]);
  await withMount("memory", { name: "my-name" }, async ({ dir }) => {
    await run("chmod", ["755", join(dir, "..")]);
    const line = readFileSync("/proc/self/mounts", "utf8").split("\n")
      .find((line) => line.includes(dir))!;
    assert.match(line, /^my-name .* fuse\.vfs rw,nosuid,nodev,/);
    assert.match(line, /default_permissions/);
    assert.doesNotMatch(line, /allow_other/);
    assert.match((await asOther(dir)).stderr, /Permission denied/);
    await shell("mknod null c 1 3", { cwd: dir });
    assert.notEqual((await shell("echo x > null", { cwd: dir })).code, 0);
  });
  await withMount("memory", { allowOther: true, readonly: true, exec: false }, async ({ dir }) => {
    await run("chmod", ["755", join(dir, "..")]);
    assert.equal((await asOther(dir)).code, 0);
    assert.match((await shell("echo x > f", { cwd: dir })).stderr, /Read-only file system/);
    const line = readFileSync("/proc/self/mounts", "utf8").split("\n")
      .find((line) => line.includes(dir))!;
    assert.match(line, / ro,nosuid,nodev,noexec,.*allow_other/);
  });
});

mountTest("mount() lets the victims of a silent provider die, and tells the others", async () => {
  for (const kind of ["silent", "silent-live"] as const) {
    await withMount(kind, { interruptGrace: 100, deadline: 1500 }, async ({ dir, stop }) => {
      const killed = await run("timeout", ["-s", "KILL", "0.3", "stat", join(dir, "silent")], {
        timeout: 5000,
      });
      assert.notEqual(killed.code, 0);
      assert.doesNotMatch(killed.stderr, /time limit/, "it could be killed");
      const told = await run("stat", [join(dir, "silent")], { timeout: 20_000 });
      assert.match(told.stderr, /timed out/);
      assert.equal((await shell("echo x > f; cat f", { cwd: dir })).stdout, "x\n");
      const stats = await stop();
      assert.ok(stats.interrupts >= 1 && stats.timeouts >= 1);
    });
  }
});

mountTest("mount() shows at once what a provider tells of", async () => {
  const options = { attrLifetime: 1e6, entryLifetime: 1e6 };
  await withMount("restless-live", options, async ({ dir, stop }) => {
    const script = "for i in 1 2 3 4 5; do cat clock; sleep 0.1; done";
    const { stdout, stderr } = await shell(script, { cwd: dir });
    assert.equal(new Set(stdout.trim().split("\n")).size, 5, stdout + stderr);
    // A notification may have to wait for a request that is under way: never for ever.
    const busy =
      "for p in 1 2 3 4; do (i=0; while [ $i -lt 300 ]; do read l < clock; i=$((i + 1)); done) & done; wait";
    assert.equal((await shell(busy, { cwd: dir })).code, 0);
    await stop();
  });
});

mountTest("mount() shows within its lifetime what happens on the host", async () => {
  for (const kind of ["real", "real-live"] as const) {
    const options = { attrLifetime: 50, entryLifetime: 50 };
    await withMount(kind, options, async ({ dir, root, stop }) => {
      writeFileSync(join(root, "f"), "one");
      assert.equal((await shell("cat f", { cwd: dir })).stdout, "one");
      writeFileSync(join(root, "f"), "other");
      await shell("mkdir d; mv f g; ln g d/h", { cwd: root });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const seen = await shell("ls -R; cat g d/h; test -e f || echo gone", { cwd: dir });
      assert.equal(seen.stdout, ".:\nd\ng\n\n./d:\nh\notherothergone\n", seen.stderr);
      await shell("exec 3< g; rm -r d g; echo new > g; cat g; cat <&3", { cwd: dir });
      assert.equal(readFileSync(join(root, "g"), "utf8"), "new\n");
      assert.ok(!existsSync(join(root, "d")));
      const stats = await stop();
      assert.equal(stats.files, 0);
    });
  }
});

for (const kind of ["real", "real-live", "served-live"] as const) {
  mountTest(`mount() of ${kind} keeps what was synced through kill -9 under load`, async () => {
    await withMount(kind, {}, async ({ dir, root, kill, exited }) => {
      const writer = `i=0; while :; do
        echo "record $i" > r$i.tmp; sync r$i.tmp; mv r$i.tmp r$i; echo $i; i=$((i + 1)); done`;
      const load =
        "while :; do dd if=/dev/zero of=load bs=64k count=50 2> /dev/null || exit 1; done";
      const writing = shell(writer, { cwd: dir, timeout: 90_000 });
      const loading = shell(load, { cwd: dir, timeout: 90_000 });
      await until(() => existsSync(join(root, "r3")), "there was some load");
      kill("SIGKILL");
      await exited();
      const [written, loaded] = await Promise.all([writing, loading]);
      assert.doesNotMatch(written.stderr + loaded.stderr, /time limit/, "nobody hangs");
      const records = written.stdout.trim().split("\n").map(Number);
      assert.ok(records.length >= 3);
      for (const i of records) {
        assert.equal(readFileSync(join(root, `r${i}`), "utf8"), `record ${i}\n`);
      }
      await until(() => mountsAt(dir).length === 0, "the mount is gone");
      const again = await startServer({ kind, dir, root });
      try {
        assert.equal((await shell("cat r0", { cwd: dir })).stdout, "record 0\n");
        await again.stop();
      } finally {
        await clearAway(dir, again.server);
      }
    });
  });
}

mountTest("mount() of a server of version 1 does what that version can", async () => {
  await withScratch(async (scratch) => {
    const [root, dir] = [join(scratch, "root"), join(scratch, "mnt")];
    for (const path of [root, dir]) mkdirSync(path);
    const host = await startHost(`${root}.connected`, root);
    let mounted: Mounted | undefined;
    try {
      mounted = await startServer({ kind: "old-live", dir, root });
      const script = `echo hello > f; cat f; mkdir d; mv f d/g; ln -s g d/l; cat d/l; ls d
        chmod 600 d/g; stat -c "%a %s" d/g; echo more >> d/g; cat d/g; truncate -s 2 d/g; cat d/g
        echo; seq 1 100000 > big; cksum < big; rm -r d big; ls | wc -l`;
      const { stdout, stderr, code } = await shell(script, { cwd: dir });
      const lines = "hello\nhello\ng\nl\n600 6\nhello\nmore\nhe\n2052179976 588895\n0\n";
      assert.equal(stdout, lines, stderr);
      assert.equal(code, 0);
      await mounted.stop();
    } finally {
      await clearAway(dir, mounted?.server);
      host.stdin!.end();
      await new Promise((resolve) => host.on("close", resolve));
    }
  });
});

mountTest("mount() shows at once what comes through another mount of the same server", async () => {
  await withScratch(async (scratch) => {
    const root = join(scratch, "root");
    const [a, b] = [join(scratch, "a"), join(scratch, "b")];
    for (const dir of [root, a, b]) mkdirSync(dir);
    const host = await startHost(`${root}.connected`, root);
    const options = { attrLifetime: 1e6, entryLifetime: 1e6, negativeLifetime: 1e6 };
    const mounts: Mounted[] = [];
    try {
      for (const dir of [a, b]) {
        mounts.push(await startServer({ kind: "connected-live", dir, root, options }));
      }
      // What is told arrives in its own time, but without anything having to expire.
      const script = `look() { i=0; while [ "$(cat b/$1 2>&1)" != "$2" ]; do
          sleep 0.05; i=$((i + 1)); [ $i -lt 100 ] || { echo "$1 is $(cat b/$1 2>&1)"; exit 1; }; done; }
        ls b; cat b/f 2> /dev/null || echo missing; echo one > a/f; look f one; echo two > a/f; look f two
        mkdir a/d; mv a/f a/d/g; look d/g two; look f "cat: b/f: No such file or directory"
        rm -r a/d; look d/g "cat: b/d/g: No such file or directory"; ls b | wc -l`;
      const { stdout, stderr } = await shell(script, { cwd: scratch });
      assert.equal(stdout, "missing\n0\n", stderr);
      for (const mounted of mounts) await mounted.stop();
    } finally {
      for (const [i, dir] of [a, b].entries()) await clearAway(dir, mounts[i]?.server);
      host.stdin!.end();
      await new Promise((resolve) => host.on("close", resolve));
    }
  });
});
