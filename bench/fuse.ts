/**
 * What a mount costs: operations a second on a mount of the memory provider on each runtime, against
 * a filesystem in C on libfuse, and tmpfs as the limit. Client and server share one processor, so
 * that what is measured is work, and not how fast a system wakes another processor up.
 *
 *     node bench/fuse.ts
 *
 * It needs root, `/dev/fuse`, gcc, `pkg-config` and `libfuse3-dev`. `ROUNDS` sets how often each
 * contender runs (default 3; medians are given), `ROUND_MS` the time for each kind of operation
 * (default 300), `ONLY` a pattern for the names of contenders.
 *
 * @module
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const ROUND_MS = process.env.ROUND_MS ?? "300";
const ONLY = new RegExp(process.env.ONLY ?? "");
/** Both ends on one processor, where nothing else runs while they have something to do. */
const PINNED = ["-c", "0", "chrt", "--rr", "1"];
/** Every operation is a request: nothing is answered by the kernel's caches. */
const UNCACHED = { attrLifetime: 0, entryLifetime: 0, directIo: true };

const here = (path: string) => new URL(path, import.meta.url).pathname;
const binary = (name: string) => here(`../node_modules/${name}`);
const scratch = mkdtempSync(join(tmpdir(), "vfs-bench-"));
const directory = join(scratch, "mnt");
mkdirSync(directory);

interface Contender {
  readonly name: string;
  /** The command that mounts; nothing for tmpfs. */
  readonly command: (cached: boolean) => string[];
}

function compile(name: string, ...libraries: string[]): string {
  const program = join(scratch, name);
  execFileSync("gcc", ["-O2", "-o", program, here(`./peers/fuse_c/${name}.c`), ...libraries]);
  return program;
}

const libfuse = execFileSync("pkg-config", ["--cflags", "--libs", "fuse3"], { encoding: "utf8" });
const memfs = compile("memfs", ...libfuse.trim().split(/\s+/));
const client = compile("client");

const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  deno: [binary(".bin/deno"), "run", "-A", "--no-check"],
  bun: [binary(".bin/bun")],
  node: [binary("node/bin/node"), "--disable-warning=ExperimentalWarning"],
  node22: [binary("node22/bin/node"), "--disable-warning=ExperimentalWarning"],
};

const all: Contender[] = [
  { name: "C", command: (cached) => [memfs, ...cached ? [] : ["-d"], directory] },
  { name: "tmpfs", command: () => [] },
  ...Object.entries(RUNTIMES).flatMap(([runtime, command]) =>
    ["thread", "live"].map((way) => ({
      name: `${runtime} ${way}`,
      command: (cached: boolean) => {
        const options = JSON.stringify(cached ? {} : UNCACHED);
        return [...command, here("./_fuse_server.ts"), way, directory, options];
      },
    }))
  ),
];
const contenders = all.filter(({ name }) => name === "C" || ONLY.test(name));

/** Mounts, measures, and unmounts. */
async function onMount<T>(
  { command }: Contender,
  cached: boolean,
  use: () => Promise<T>,
): Promise<T> {
  const [program, ...args] = command(cached);
  if (program === undefined) {
    execFileSync("mount", ["-t", "tmpfs", "none", directory]);
    try {
      return await use();
    } finally {
      spawnSync("umount", ["-l", directory]);
    }
  }
  const server = spawn("taskset", [...PINNED, program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await said(server, "ready");
    return await use();
  } finally {
    const exited = new Promise((resolve) => server.on("close", resolve));
    server.kill("SIGTERM");
    const timer = setTimeout(() => {
      spawnSync("umount", ["-f", directory]);
      server.kill("SIGKILL");
    }, 10_000);
    await exited;
    clearTimeout(timer);
    spawnSync("umount", ["-l", directory]);
  }
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes(word)) resolve();
    });
    child.on("close", () => reject(new Error("The server has ended")));
  });
}

/** Runs a program on the mount, and gives what it prints. Never synchronously: see `mount`. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("taskset", [...PINNED, command, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 120_000,
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}`));
    });
  });
}

/** What `git status` takes on a clone of this project's history, in runs a second. */
const GIT =
  `cd "$1"; mkdir repo; cd repo; git init -q .; git config user.email a; git config user.name a
for d in 1 2 3 4 5 6 7 8 9 10; do mkdir d$d; i=0
  while [ $i -lt 100 ]; do echo $d $i > d$d/f$i; i=$((i + 1)); done; done
git add -A; git commit -q -m one; git status > /dev/null
start=$(date +%s%N); i=0
while [ $i -lt 20 ]; do [ -z "$(git status --porcelain)" ] || exit 1; i=$((i + 1)); done
echo "git status $(( ( $(date +%s%N) - start ) / 20000 ))"`;

const rates = new Map<string, Map<string, number[]>>();

function note(contender: string, operation: string, rate: number): void {
  const row = rates.get(operation) ?? new Map<string, number[]>();
  rates.set(operation, row);
  row.set(contender, [...row.get(contender) ?? [], rate]);
}

try {
  for (let round = 1; round <= ROUNDS; round++) {
    for (const contender of contenders) {
      const output = await onMount(contender, false, () => run(client, [directory, ROUND_MS]));
      for (const line of output.trim().split("\n")) {
        const blank = line.lastIndexOf(" ");
        note(contender.name, line.slice(0, blank), Number(line.slice(blank + 1)));
      }
      const git = await onMount(contender, true, () => run("sh", ["-c", GIT, "sh", directory]));
      note(contender.name, "git status", 1e6 / Number(git.trim().split(" ").at(-1)));
      process.stderr.write(`round ${round}: ${contender.name}\n`);
    }
  }
} finally {
  spawnSync("umount", ["-l", directory]);
  rmSync(scratch, { recursive: true, force: true });
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const operations = [...rates.keys()];
console.log(`| operations a second | ${operations.join(" | ")} |`);
console.log(`|---|${operations.map(() => "---:|").join("")}`);
for (const { name } of contenders) {
  const cells = operations.map((operation) => {
    const row = rates.get(operation)!;
    const rate = median(row.get(name)!);
    const ratio = rate / median(row.get("C")!);
    const digits = rate < 100 ? 1 : 0;
    const figure = rate.toLocaleString("en", { maximumFractionDigits: digits });
    return name === "C" ? figure : `${figure} (${ratio.toFixed(2)})`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
