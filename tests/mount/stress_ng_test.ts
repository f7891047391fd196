/** What stress-ng does to filesystems, all at once, on mounts: it looks at what it reads back. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { type MountKind, withMount } from "./_mounted.ts";
import { isMine, skipWithout } from "./_needs.ts";
import { shell } from "./_run.ts";

/** How many seconds it goes on. */
const SECONDS = Number(process.env.STRESS_SECONDS ?? 4);
const STRESSORS =
  "access chdir chmod chown copy-file dentry dir dirdeep dirmany fallocate fcntl filename flock " +
  "fpunch fsize fstat getdent hdd inotify io lease link locka lockf lockofd mknod open rename " +
  "seek symlink sync-file touch utime xattr";
const KINDS: readonly MountKind[] = ["memory", "real", "served-live"];

for (const [i, kind] of KINDS.entries()) {
  if (!isMine(i)) continue;
  test(`mount() of ${kind} bears all that stress-ng does to filesystems`, {
    skip: skipWithout("stress-ng"),
    timeout: 120_000 + SECONDS * 2000,
  }, () =>
    withMount(kind, {}, async ({ dir, stop }) => {
      const stressors = STRESSORS.split(" ").map((name) => `--${name} 1`).join(" ");
      const { code, stdout, stderr } = await shell(
        `stress-ng ${stressors} --verify --timeout ${SECONDS} --temp-path . && ls -A | wc -l`,
        { cwd: dir, timeout: 60_000 + SECONDS * 2000 },
      );
      assert.equal(code, 0, stdout + stderr);
      assert.equal(stdout.trim().split("\n").at(-1), "0", "it removes what it makes");
      const { files, pending } = await stop();
      assert.deepEqual([files, pending], [0, 0]);
    }));
}
