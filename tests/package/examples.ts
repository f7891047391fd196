/** The examples of hosts, as far as a machine without these hosts can try them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import {
  inDirectory,
  ROOT,
  run,
  RUNTIMES,
  succeed,
  unpackInto,
  withoutMounts,
  withoutPrograms,
} from "./_kit.ts";
import { withRegistry } from "./_registry.ts";

const example = (path: string) => join(ROOT, "examples", path);
const node = RUNTIMES["node26"]!;

/** Puts a program `vfs-server` where a shell finds it, and a project that has a secret. */
async function furnish(cwd: string): Promise<Record<string, string>> {
  await unpackInto(cwd);
  mkdirSync(join(cwd, "bin"));
  const bin = join(cwd, "node_modules", "@vfs", "server", "dist", "bin.js");
  const start = `exec ${node} --disable-warning=ExperimentalWarning ${bin} "$@"`;
  writeFileSync(join(cwd, "bin", "vfs-server"), `#!/bin/sh\n${start}\n`, { mode: 0o755 });
  mkdirSync(join(cwd, "project"));
  writeFileSync(join(cwd, "project", "a.txt"), "hello");
  writeFileSync(join(cwd, "project", ".env"), "TOKEN=1");
  return { PATH: `${join(cwd, "bin")}:${process.env["PATH"]}` };
}

async function untilThere(path: string, child?: ChildProcess): Promise<void> {
  while (!existsSync(path)) {
    assert.equal(child?.exitCode ?? null, null, `${path} does not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("firecracker: what a guest sends to the port arrives at the server", () =>
  inDirectory(async (cwd) => {
    const env = await furnish(cwd);
    const { vsock } = JSON.parse(readFileSync(example("firecracker/vm.json"), "utf8"));
    const readme = readFileSync(example("firecracker/README.md"), "utf8");
    const [, line] = /^vfs-server (.*--vsock-port .*)$/m.exec(readme)!;
    const port = /--vsock-port (\d+)/.exec(line!)![1]!;
    const server = spawn("vfs-server", line!.split(" "), { cwd, env, stdio: "ignore" });
    // Firecracker, as far as this goes: it connects to a socket named after its device and the port.
    const monitor = createServer((guest) => {
      const host = connect(join(cwd, `${vsock.uds_path}_${port}`));
      guest.on("error", () => host.destroy()).pipe(host).on("error", () => guest.destroy()).pipe(
        guest,
      );
    });
    try {
      await untilThere(join(cwd, `${vsock.uds_path}_${port}`), server);
      await new Promise<void>((resolve) => monitor.listen(join(cwd, "guest.sock"), resolve));
      const text = await succeed("vfs-server", [
        "cat",
        "/workspace/a.txt",
        "--socket",
        "guest.sock",
      ], { cwd, env });
      assert.equal(text, "hello");
    } finally {
      monitor.close();
      server.kill("SIGTERM");
    }
    await new Promise((resolve) => server.on("close", resolve));
  }));

test("container: the program sees the project without its secrets, and nothing else of the host", {
  skip: withoutMounts(),
}, async () => {
  await inDirectory(async (cwd) => {
    const env = await furnish(cwd);
    // A root directory that has the programs of this machine and nothing else of it.
    const root = join(cwd, "root");
    mkdirSync(join(root, "usr"), { recursive: true });
    for (const name of readdirSync("/").filter((name) => /^(bin|sbin|lib.*)$/.test(name))) {
      symlinkSync(readlinkSync(join("/", name)), join(root, name));
    }
    const script = 'mount --bind /usr "$0/usr"; exec "$@"';
    const inside =
      "ls -A /workspace; cat /workspace/.env; echo new > /workspace/b.txt; ls -d /home; " +
      "grep CapEff /proc/self/status; exit 7";
    const { status, stdout, stderr } = await run("unshare", [
      ...["--mount", "sh", "-euc", script, root],
      ...[example("container/run.sh"), root, "./project", "sh", "-c", inside],
    ], { cwd, env });
    assert.equal(status, 7, stderr);
    assert.equal(stdout, "a.txt\nCapEff:\t0000000000000000\n", stderr);
    assert.match(stderr, /\.env.*No such file[^]*\/home.*No such file/);
    assert.equal(readFileSync(join(cwd, "project", "b.txt"), "utf8"), "new\n");
    assert.deepEqual(readdirSync(join(root, "workspace")), []);
  });
});

test("codespaces: the container's commands install the program and serve the checkout", () =>
  withRegistry((url) =>
    inDirectory(async (cwd) => {
      await furnish(cwd);
      const file = readFileSync(example("codespaces/devcontainer.json"), "utf8");
      const { image, postCreateCommand, postStartCommand } = JSON.parse(
        file.replaceAll("/tmp/", `${cwd}/`),
      );
      assert.match(image, /:22$/);
      const project = join(cwd, "project");
      const path = `${join(cwd, "global", "bin")}:${dirname(RUNTIMES["node22"]!)}`;
      const env = {
        PATH: `${path}:${process.env["PATH"]}`,
        npm_config_registry: url,
        npm_config_cache: join(cwd, "npm"),
        npm_config_prefix: join(cwd, "global"),
        npm_config_update_notifier: "false",
      };
      await succeed("sh", ["-c", postCreateCommand], { cwd: project, env });
      const start = `${postStartCommand} echo $!`;
      const pid = Number(await succeed("sh", ["-c", start], { cwd: project, env }));
      try {
        await untilThere(join(cwd, "vfs.sock"));
        const list = ["ls", "/workspace", "--socket", join(cwd, "vfs.sock")];
        assert.equal(await succeed("vfs-server", list, { cwd, env }), "a.txt\n");
      } finally {
        process.kill(pid, "SIGTERM");
      }
    })
  ));

test("systemd: the unit is one that systemd understands", {
  skip: withoutPrograms("systemd-analyze"),
}, () =>
  inDirectory(async (cwd) => {
    const unit = readFileSync(example("systemd/vfs-server@.service"), "utf8")
      // What the README installs is not there.
      .replace("/usr/local/bin/vfs-server", process.execPath).replace(/^Documentation=.*$/m, "");
    writeFileSync(join(cwd, "vfs-server@demo.service"), unit);
    const { status, stderr } = await run(
      "systemd-analyze",
      ["verify", join(cwd, "vfs-server@demo.service")],
      { cwd },
    );
    assert.deepEqual([status, stderr], [0, ""]);
  }));
