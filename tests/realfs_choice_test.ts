import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";

/** How a directory is served by a process of its own, or why not. */
interface Choice {
  readonly calls?: readonly string[];
  readonly size?: number;
  readonly notices?: readonly string[];
  readonly code?: string;
  readonly reason?: string;
}

/** Runs the script that serves a directory, behind a command; `undefined` where there is none. */
function choose(behind: string[], flags = ["-A"], command: string[] = []): Choice | undefined {
  const directory = fs.mkdtempSync(join(tmpdir(), "vfs-realfs-"));
  fs.writeFileSync(join(directory, "f"), "content");
  const run = "deno" in process.versions ? ["run", ...flags] : [];
  const script = fileURLToPath(new URL("./realfs/_chosen.ts", import.meta.url));
  const [program, ...args] = [
    ...behind,
    process.execPath,
    ...run,
    script,
    directory,
    ...command,
  ];
  try {
    const output = execFileSync(program!, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(output);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

for (const errno of ["ENOSYS", "EPERM"]) {
  test(`fault 71: where openat2 is refused the portable calls serve, and it is said once: ${errno}`, () => {
    const choice = choose(
      ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `inject=openat2:error=${errno}`],
    );
    if (choice === undefined) return;
    const { calls, size, notices } = choice;
    assert.deepEqual({ calls, size }, { calls: ["portable", "portable"], size: 7 });
    assert.equal(notices?.length, 1);
    assert.match(notices![0]!, /^Native system calls are not available \(.*\): no extended attr/);
  });
}

for (
  const [what, command] of [
    ["nothing", "mount -t tmpfs none /proc"],
    ["something else", "mount -t tmpfs none /proc && mkdir -p /proc/self/fd"],
  ] as const
) {
  test(`fault 71: nothing is served without the /proc of the kernel: ${what} in its place`, () => {
    // Mounts are root's to make.
    if (process.getuid?.() !== 0) return;
    const choice = choose(["unshare", "-m"], ["-A"], [command]);
    if (choice === undefined) return;
    assert.equal(choice.code, "EOPNOTSUPP");
    assert.match(choice.reason!, /Cannot serve .* safely: /);
  });
}

test("where foreign functions are not allowed, it is said once what is missing", () => {
  if (!("deno" in process.versions)) {
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const open = () => new RealDirectoryProvider(tmpdir(), { onNotice });
    const [first, second] = [open(), open()];
    assert.equal(notices.length, first.syscalls === "native" ? 0 : 1);
    for (const provider of [first, second]) provider.close();
    return;
  }
  // Without any permission for /proc the portable calls do not work either.
  const choice = choose([], ["--allow-read", "--allow-write", "--allow-env"]);
  assert.equal(choice?.code, "EOPNOTSUPP");
});

for (const platform of ["darwin", "win32", "freebsd"]) {
  test(`a directory on ${platform} is refused in a sentence`, () => {
    const own = Object.getOwnPropertyDescriptor(process, "platform")!;
    Object.defineProperty(process, "platform", { configurable: true, get: () => platform });
    try {
      assert.throws(
        () => new RealDirectoryProvider(tmpdir()),
        {
          code: "EOPNOTSUPP",
          message: new RegExp(`Cannot serve .*: on ${platform} nothing keeps a guest inside it$`),
        },
      );
    } finally {
      Object.defineProperty(process, "platform", own);
    }
  });
}
