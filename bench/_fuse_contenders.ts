/** Who takes part in `bench/fuse.ts`, and how each is mounted and asked. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

/** Both ends on one processor, where nothing else runs while they have something to do. */
const PINNED = ["-c", "0", "chrt", "--rr", "1"];
/** Every operation is a request: nothing is answered by the kernel's caches. */
const UNCACHED = { attrLifetime: 0, entryLifetime: 0, directIo: true };

/** Somebody who is measured. */
export interface Contender {
  readonly name: string;
  /** The command that mounts, with the kernel's caches or without; nothing for tmpfs. */
  readonly command: (directory: string, cached: boolean) => string[];
}

/** A contender at work. */
export interface Mounted {
  readonly contender: Contender;
  /** Does one kind of operation for so many milliseconds, and tells how many a second it did. */
  measure(operation: string, milliseconds: number): Promise<number>;
  end(): Promise<void>;
}

const here = (path: string) => new URL(path, import.meta.url).pathname;
const binary = (name: string) => here(`../node_modules/${name}`);
const programs = mkdtempSync(join(tmpdir(), "vfs-bench-"));
process.on("exit", () => void spawnSync("rm", ["-r", programs]));

function compile(name: string, ...libraries: string[]): string {
  const program = join(programs, name);
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
};

/** The mounts of one checkout of this project: each runtime, each way. */
function ours(suffix: string, server: string): Contender[] {
  return Object.entries(RUNTIMES).flatMap(([runtime, command]) =>
    ["thread", "live"].map((way) => ({
      name: `${runtime} ${way}${suffix}`,
      command: (directory: string, cached: boolean) => {
        const options = JSON.stringify(cached ? {} : UNCACHED);
        return [...command, server, way, directory, options];
      },
    }))
  );
}

const against = process.env.AGAINST;

/** All of them; the first is what the others are measured by. */
export const CONTENDERS: readonly Contender[] = [
  { name: "C", command: (directory, cached) => [memfs, ...cached ? [] : ["-d"], directory] },
  { name: "tmpfs", command: () => [] },
  ...ours("", here("./_fuse_server.ts")),
  ...against === undefined ? [] : ours(" before", join(against, "bench/_fuse_server.ts")),
];

/**
 * A repository of a thousand files, for `git status`, and a shell that measures it. What is written
 * in the second of the index, git does not trust, and reads at each status, more or less of it by
 * chance: so the files are a second older.
 */
const GIT = `cd "$1"; mkdir repo; cd repo; git init -q .; git config user.email a
git config user.name a
for d in 1 2 3 4 5 6 7 8 9 10; do mkdir d$d; i=0
  while [ $i -lt 100 ]; do echo $d $i > d$d/f$i; i=$((i + 1)); done; done
sleep 1.1; git add -A; git commit -q -m one; git status > /dev/null; echo ready
while read -r kind milliseconds; do times=$((milliseconds / 10)); start=$(date +%s%N); i=0
  while [ $i -lt $times ]; do [ -z "$(git status --porcelain)" ] || exit 1; i=$((i + 1)); done
  echo "$(( times * 1000000000000 / ( $(date +%s%N) - start ) ))e-3"; done`;

/** Mounts a contender twice, without the kernel's caches and, for git, with them. */
export async function mountOne(contender: Contender, scratch: string): Promise<Mounted> {
  const plain = await startServer(contender, scratch, false);
  const cached = await startServer(contender, scratch, true);
  const operations = await startClient([client, plain.directory]);
  const git = await startClient(["sh", "-c", GIT, "sh", cached.directory]);
  return {
    contender,
    measure: async (operation, milliseconds) => {
      const asked = operation === "git" ? git : operations;
      asked.child.stdin!.write(`${operation} ${milliseconds}\n`);
      return Number(await asked.line());
    },
    end: async () => {
      for (const { child, closed } of [operations, git]) {
        child.stdin!.end();
        await closed;
      }
      for (const { end } of [plain, cached]) await end();
    },
  };
}

/** Mounts, and tells how to unmount. */
async function startServer(
  { name, command }: Contender,
  scratch: string,
  isCached: boolean,
): Promise<{ directory: string; end(): Promise<void> }> {
  const directory = join(scratch, `${name}${isCached ? " cached" : ""}`);
  mkdirSync(directory);
  const args = command(directory, isCached);
  if (args.length === 0) {
    execFileSync("mount", ["-t", "tmpfs", "none", directory]);
    return { directory, end: () => Promise.resolve(void spawnSync("umount", [directory])) };
  }
  const server = pinned(args);
  await reader(server)();
  const closed = new Promise((resolve) => server.on("close", resolve));
  const end = async () => {
    server.kill("SIGTERM");
    const timer = setTimeout(() => {
      spawnSync("umount", ["-f", directory]);
      server.kill("SIGKILL");
    }, 10_000);
    await closed;
    clearTimeout(timer);
  };
  return { directory, end };
}

/** Starts a program that says "ready" and answers each line with a line. */
async function startClient(
  command: readonly string[],
): Promise<{ child: ChildProcess; closed: Promise<unknown>; line(): Promise<string> }> {
  const child = pinned(command);
  const closed = new Promise((resolve) => child.on("close", resolve));
  const line = reader(child);
  const first = await line();
  if (first !== "ready") throw new Error(`${command[0]} says ${JSON.stringify(first)}`);
  return { child, closed, line };
}

function pinned(command: readonly string[]): ChildProcess {
  return spawn("taskset", [...PINNED, ...command], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Reads one line after the other. */
function reader(child: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("A program of the benchmark has ended");
    return value;
  };
}
