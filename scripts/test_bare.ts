/**
 * Runs the first commands of README.md where there is nothing but a minimal Debian, Node 20 and npm:
 * what a clone needs, and what the package needs.
 *
 * Usage: `npm run test:bare -- [--root DIR] [test file ...]`. Without files it runs one small
 * file of tests. It needs root, debootstrap and a network, and says so where they are missing.
 * `--root` names a directory that debootstrap has filled, or that it is to fill, and keeps it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import process, { env, exit, getuid } from "node:process";
import { parseArgs } from "node:util";
import { nodeOfVersion } from "./_node_of_version.ts";
import { pack } from "./pack.ts";

const ROOT = join(import.meta.dirname!, "..");
const SUITE = "bookworm";
/** What serves, is looked at, and ends when it is told to. */
const START = `
: >start.log
setsid npm start >start.log 2>&1 & server=$!
until grep -q "serving /workspace" start.log; do kill -0 $server; sleep 0.1; done
test -S vfs.sock
kill -s TERM -- -$server
for _ in $(seq 100); do test -e vfs.sock || exit 0; sleep 0.1; done
exit 1`;

/** Says why the test cannot run here, if it cannot. */
function missing(): string | undefined {
  if (getuid?.() !== 0) return "it needs root, for chroot";
  return spawnSync("debootstrap", ["--version"]).error === undefined
    ? undefined
    : "there is no debootstrap";
}

/** Makes a machine: a minimal Debian, and Node 20 with npm as its installer would put them. */
function furnish(root: string): void {
  if (!existsSync(join(root, "bin"))) {
    run("debootstrap", ["--variant=minbase", SUITE, root]);
  }
  const local = join(root, "usr", "local");
  cpSync(nodeOfVersion(20), join(local, "bin", "node"));
  const found = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  const npm = join(dirname(realpathSync(found)), "..");
  cpSync(npm, join(local, "lib", "node_modules", "npm"), { recursive: true });
  for (const name of ["npm", "npx"]) {
    const link = join(local, "bin", name);
    rmSync(link, { force: true });
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, link);
  }
  cpSync("/etc/resolv.conf", join(root, "etc", "resolv.conf"));
  const certificates = env["NODE_EXTRA_CA_CERTS"];
  if (certificates !== undefined) cpSync(certificates, join(root, "root", "ca.crt"));
}

/** Puts what is committed there, as a clone would. */
function clone(root: string): void {
  const folder = join(root, "root", "vfs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: ROOT, maxBuffer: 1 << 30 });
  execFileSync("tar", ["x", "-C", folder], { input: archive });
}

/** Runs a line of shell in the machine, with its own mounts and processes, which end with it. */
function inside(root: string, line: string): void {
  console.log(`# ${line.trim().replaceAll("\n", "\n# ")}`);
  const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  const variables = [
    "HOME=/root",
    "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `npm_config_registry=${registry}`,
    ...(existsSync(join(root, "root", "ca.crt")) ? ["NODE_EXTRA_CA_CERTS=/root/ca.crt"] : []),
  ];
  const mounts = 'mount --bind /dev "$0/dev"; mount -t proc proc "$0/proc"; exec chroot "$@"';
  const shell = ["sh", "-euc", mounts, root, root, "env", "-i", ...variables, "sh", "-euc", line];
  const started = performance.now();
  run("unshare", ["--mount", "--pid", "--fork", ...shell]);
  console.log(`ok ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: "string" } },
});
const reason = missing();
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  exit(0);
}
const work = mkdtempSync(join(tmpdir(), "vfs-bare-"));
const root = values.root === undefined ? join(work, "root") : resolve(values.root);
const files = positionals.length > 0 ? positionals : ["tests/path_test.ts"];
try {
  furnish(root);
  const tarball = pack(join(work, "npm"));
  cpSync(tarball, join(root, "root", basename(tarball)));
  rmSync(join(root, "root", "project"), { recursive: true, force: true });
  // The package needs nothing else.
  inside(root, `mkdir /root/project; cd /root/project; npm install ../${basename(tarball)}`);
  inside(root, "cd /root/project; npx vfs-server --version");
  // A clone brings its runtimes, of which the newest Node wants a library.
  inside(root, "apt-get update -qq; apt-get install -y -qq libatomic1");
  clone(root);
  inside(root, "cd /root/vfs; npm ci");
  inside(root, `cd /root/vfs;${START}`);
  inside(root, `cd /root/vfs; npm test -- ${files.join(" ")}`);
  const seconds = (performance.now() / 1000).toFixed(0);
  console.log(`The commands of README.md run in a bare environment. (${seconds} s in all)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
