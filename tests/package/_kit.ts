import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process, { env } from "node:process";
import { fileURLToPath } from "node:url";
import { nodeOfVersion } from "../../scripts/_node_of_version.ts";

export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));
const MODULES = join(ROOT, "node_modules");

/** The tarball that `scripts/test_package.ts` made. */
export function tarball(): string {
  const path = env["VFS_TARBALL"];
  if (path === undefined) throw new Error("Run scripts/test_package.ts, which makes the package");
  return path;
}

/** Where the runtimes are. Other versions of Node are installed when they are asked for. */
export const RUNTIMES: Readonly<Record<string, string>> = {
  get node20(): string {
    return nodeOfVersion(20);
  },
  get node22(): string {
    return nodeOfVersion(22);
  },
  get node24(): string {
    return nodeOfVersion(24);
  },
  node26: join(MODULES, "node", "bin", "node"),
  bun: join(MODULES, ".bin", "bun"),
  bunx: join(MODULES, ".bin", "bunx"),
  deno: join(MODULES, ".bin", "deno"),
  tsc: join(MODULES, ".bin", "tsc"),
};

/** Why nothing can be mounted here, or `false`: what a test is skipped for. */
export function withoutMounts(): string | false {
  if (process.getuid?.() !== 0) return "it needs root";
  return existsSync("/dev/fuse") ? false : "it needs /dev/fuse";
}

/** Which of these programs the machine does not have, or `false`. */
export function withoutPrograms(...names: string[]): string | false {
  const missing = names.filter((name) => spawnSync(name, ["--version"]).error !== undefined);
  return missing.length > 0 && `it needs ${missing.join(", ")}`;
}

/** What a program did. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program, without blocking: the registry that it asks may be in this process. */
export function run(command: string, args: string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...env, NO_COLOR: "1", ...options.env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a program that has to succeed, and returns what it prints. */
export async function succeed(
  command: string,
  args: string[],
  options: RunOptions,
): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, options);
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** Makes an empty directory for a test, and removes it afterwards. */
export async function inDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "vfs-package-"));
  try {
    await work(path);
  } finally {
    // What was killed may still be ending.
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Makes an empty project, with the package installed. */
export async function installInto(project: string, type = "module"): Promise<void> {
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type }));
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  await succeed("npm", ["install", ...options, tarball()], { cwd: project });
  assert.deepEqual(readdirSync(join(project, "node_modules")).filter((name) => name[0] !== "."), [
    "@vfs",
  ]);
}

/** Puts the package where an installation would, and nothing else: that is quicker. */
export async function unpackInto(project: string, type = "module"): Promise<void> {
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type }));
  const folder = join(project, "node_modules", "@vfs", "server");
  mkdirSync(folder, { recursive: true });
  await succeed("tar", ["xzf", tarball(), "--strip-components=1"], { cwd: folder });
}

/**
 * Starts a program that serves, writes a file with it and reads it again, and stops it by SIGTERM.
 *
 * @param command How the program is started, without its flags.
 * @param more Flags for the one that serves.
 */
export async function serveAndUse(
  command: readonly string[],
  options: RunOptions,
  more: readonly string[] = [],
): Promise<void> {
  const [program, ...first] = command as [string, ...string[]];
  const directory = join(options.cwd, "served");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "hello.txt"), "hello");
  const socket = join(options.cwd, "vfs.sock");
  const flags = ["--mount", `/workspace=${directory}`, "--mount", "/tmp=memory"];
  const server = spawn(program, [...first, ...flags, ...more, "--socket", socket], {
    cwd: options.cwd,
    env: { ...env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => log += text);
  const ended = new Promise<number | null>((resolve) => server.on("close", resolve));
  try {
    while (!existsSync(socket)) {
      assert.equal(server.exitCode, null, log);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const client = (...args: string[]) =>
      succeed(program, [...first, ...args, "--socket", socket], options);
    assert.equal(await client("cat", "/workspace/hello.txt"), "hello");
    await succeed(program, [...first, "put", "-", "/tmp/a", "--socket", socket], {
      ...options,
      input: "from the other end",
    });
    assert.equal(await client("cat", "/tmp/a"), "from the other end");
  } finally {
    server.kill("SIGTERM");
  }
  assert.equal(await ended, 0, log);
  assert.ok(!existsSync(socket), "the socket is removed");
}
