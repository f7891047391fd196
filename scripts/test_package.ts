/**
 * Makes the npm package and runs the tests of `tests/package/` with it: what is slow because it
 * installs, compiles and starts whole programs.
 *
 * Usage: `node scripts/test_package.ts [name ...]`; the names are those of files in `tests/package/`,
 * without their ending. Without any, all.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process, { argv, env, execPath } from "node:process";
import { pack } from "./pack.ts";

/** A program that hangs must not hang the tests. */
const OPTIONS = [
  "--disable-warning=ExperimentalWarning",
  "--test",
  "--test-reporter=spec",
  "--test-force-exit",
  "--test-timeout=600000",
];

const folder = join(import.meta.dirname!, "..", "tests", "package");
const names = argv.slice(2);
const files = names.length > 0
  ? names.map((name) => join(folder, `${name}.ts`))
  : globSync(join(folder, "[a-z]*.ts")).sort();

const out = mkdtempSync(join(tmpdir(), "vfs-pack-"));
try {
  const tarball = pack(out);
  const { status } = spawnSync(
    execPath,
    [...OPTIONS, ...files],
    { stdio: "inherit", env: { ...env, VFS_TARBALL: tarball } },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
