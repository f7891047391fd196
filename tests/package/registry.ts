/** The package on a machine that has nothing of it yet: from JSR, and by one command from npm. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { inDirectory, run, RUNTIMES, serveAndUse, succeed } from "./_kit.ts";
import { withRegistry } from "./_registry.ts";

const deno = RUNTIMES["deno"]!;

test("deno runs, installs and imports jsr:@vfs/server", () =>
  withRegistry((url) =>
    inDirectory(async (cwd) => {
      const env = { JSR_URL: url, DENO_DIR: join(cwd, "cache"), DENO_NO_UPDATE_CHECK: "1" };
      const options = { cwd, env };
      await serveAndUse([deno, "run", "-A", "jsr:@vfs/server"], options);

      await withPermissions(url, cwd, env);

      const install = ["install", "-g", "-A", "--root", cwd, "-n", "vfs-server", "jsr:@vfs/server"];
      await succeed(deno, install, options);
      const PATH = `${dirname(deno)}:${process.env["PATH"]}`;
      const command = join(cwd, "bin", "vfs-server");
      assert.match(
        await succeed(command, ["--version"], { cwd, env: { ...env, PATH } }),
        /^vfs-server \S+ \(deno /,
      );

      // Another project, which names the package in its import map.
      writeFileSync(
        join(cwd, "deno.json"),
        JSON.stringify({ imports: { "@vfs/server": "jsr:@vfs/server" } }),
      );
      writeFileSync(
        join(cwd, "use.ts"),
        `import { MemoryProvider, type Provider } from "@vfs/server/core";
         import { VfsServer } from "@vfs/server";
         import { serveUnixBackground } from "@vfs/server/deno";
         const files: Provider = new MemoryProvider();
         const stop = await serveUnixBackground(new VfsServer(files), "./use.sock");
         await stop();
         console.log("served");`,
      );
      assert.equal(await succeed(deno, ["run", "-A", "--check", "use.ts"], options), "served\n");
    })
  ));

/** The permissions that docs/guides/install.md tells are enough, and what is said without them. */
async function withPermissions(url: string, cwd: string, env: Record<string, string>) {
  const { host } = new URL(url);
  // The registry of this test is not one that Deno knows.
  const start = [deno, "run", "--no-prompt", `--allow-import=${host}`];
  const socket = ["--allow-net", "--allow-read=.", "--allow-write=."];
  await serveAndUse([...start, ...socket, "--allow-ffi", "jsr:@vfs/server"], { cwd, env });
  const [program, ...args] = [...start, ...socket, "jsr:@vfs/server", "--mount", "/w=."];
  const { status, stderr } = await run(program!, args, { cwd, env });
  assert.equal(status, 1);
  assert.match(stderr, /^vfs-server: cannot mount \. at \/w: Requires ffi access [^\n]*\n$/m);
}

test("one command of npx, bunx or deno fetches the program from npm and runs it", () =>
  withRegistry((url) =>
    inDirectory(async (cwd) => {
      const env = {
        npm_config_registry: url,
        NPM_CONFIG_REGISTRY: url,
        npm_config_cache: join(cwd, "npm"),
        npm_config_audit: "false",
        npm_config_update_notifier: "false",
        BUN_INSTALL_CACHE_DIR: join(cwd, "bun"),
        TMPDIR: cwd,
        DENO_DIR: join(cwd, "deno"),
      };
      const options = { cwd, env };
      const commands: [string, string[]][] = [
        ["npx", ["-y", "@vfs/server"]],
        [RUNTIMES["bunx"]!, ["--bun", "@vfs/server"]],
        [deno, ["run", "-A", "npm:@vfs/server"]],
      ];
      for (const [command, args] of commands) {
        assert.match(await succeed(command, [...args, "--version"], options), /^vfs-server \S+ \(/);
      }
    })
  ));
