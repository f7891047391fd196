import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CliProcess, runCli, servingCli } from "./_cli_process.ts";

const MOD = new URL("../mod.ts", import.meta.url).href;

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = fs.mkdtempSync(join(tmpdir(), "vfs-cli-"));
  try {
    await body(directory);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

test("the program serves a directory that ls, put, cat, stat and rm work on", async () => {
  await inDirectory(async (cwd) => {
    fs.mkdirSync(join(cwd, "dir"));
    fs.writeFileSync(join(cwd, "dir/a.txt"), "hello\n");
    const content = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7919) >> 4);
    fs.writeFileSync(join(cwd, "big.bin"), content);
    const args = ["-m", "/w=./dir", "-m", "/ro=./dir:ro", "-m", "/t=memory:limit=64M"];
    const { status } = await servingCli(args, cwd, async (server) => {
      const { out, err } = await runCli(["ls", "-l", "/w"], cwd);
      assert.match(text(out), /^-rw-r--r-- 6 .* a\.txt\n$/);
      assert.equal(err, "");
      assert.equal((await runCli(["put", "big.bin", "/w/"], cwd)).status, 0);
      assert.deepEqual(new Uint8Array(fs.readFileSync(join(cwd, "dir/big.bin"))), content);
      assert.equal((await runCli(["put", "-", "/t/x"], cwd, content)).status, 0);
      assert.deepEqual((await runCli(["cat", "/t/x", "/ro/big.bin"], cwd)).out.length, 1_400_000);
      assert.deepEqual((await runCli(["cat", "/t/x"], cwd)).out, content);
      assert.match(text((await runCli(["stat", "/t/x"], cwd)).out), /size: +700000 bytes/);
      const refused = await runCli(["rm", "/ro/a.txt"], cwd);
      assert.equal(
        refused.err,
        "vfs-server: cannot remove /ro/a.txt: read-only file system (EROFS)\n",
      );
      assert.equal(refused.status, 1);
      assert.equal((await runCli(["rm", "/w/a.txt"], cwd)).status, 0);
      assert.deepEqual(fs.readdirSync(join(cwd, "dir")), ["big.bin"]);
      await server.errHas("connection 8 closed");
    });
    assert.equal(status, 0);
  });
});

test("the program without arguments serves the current directory, privately, and says where", async () => {
  await inDirectory(async (cwd) => {
    const real = fs.realpathSync(cwd);
    await servingCli([], cwd, async (server) => {
      assert.ok(
        server.err.includes(`vfs-server: serving /workspace (${real}) on ${real}/vfs.sock\n`),
      );
      assert.equal(fs.statSync(join(cwd, "vfs.sock")).mode & 0o777, 0o600);
      assert.equal(text((await runCli(["ls", "/workspace"], cwd)).out), "vfs.sock\n");
    });
  });
});

test("the program ends by SIGTERM and SIGINT with the socket removed and counters told", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await inDirectory(async (cwd) => {
      const server = new CliProcess(["-m", "/w=memory"], cwd);
      try {
        await server.errHas("erving");
        await runCli(["ls"], cwd);
        const { status, err, out } = await server.end(signal);
        assert.equal(status, 0);
        assert.match(err, new RegExp(`stopping on ${signal}\nvfs-server: served 1 connection `));
        assert.equal(out.length, 0);
        assert.deepEqual(fs.readdirSync(cwd), []);
      } finally {
        await server.end("SIGKILL");
      }
    });
  }
});

test("the program tells counters on SIGUSR1 and goes on", async () => {
  await inDirectory(async (cwd) => {
    await servingCli(["-m", "/w=memory"], cwd, async (server) => {
      server.signal("SIGUSR1");
      await server.errHas("served 0 connections");
      assert.equal(text((await runCli(["ls"], cwd)).out), "w\n");
    });
  });
});

test("the program takes over the socket of a server that was killed", async () => {
  await inDirectory(async (cwd) => {
    const killed = new CliProcess(["-m", "/w=memory"], cwd);
    await killed.errHas("erving").finally(() => killed.end("SIGKILL"));
    assert.ok(fs.lstatSync(join(cwd, "vfs.sock")).isSocket());
    await servingCli(["-m", "/new=memory"], cwd, async () => {
      assert.equal(text((await runCli(["ls"], cwd)).out), "new\n");
    });
  });
});

test("the program leaves a live socket, and any other file, alone", async () => {
  await inDirectory(async (cwd) => {
    fs.writeFileSync(join(cwd, "file"), "mine");
    await servingCli(["-m", "/w=memory"], cwd, async () => {
      const live = await runCli(["-m", "/other=memory"], cwd);
      assert.match(live.err, /^vfs-server: cannot listen on \.\/vfs\.sock: .*\(EADDRINUSE\)\n$/);
      assert.equal(live.status, 1);
      assert.equal(text((await runCli(["ls"], cwd)).out), "w\n");
      const file = await runCli(["-m", "/w=memory", "--socket", "file"], cwd);
      assert.match(file.err, /vfs-server: cannot listen on file: .*\(EEXIST\)\n$/);
      assert.equal(file.status, 1);
      assert.equal(fs.readFileSync(join(cwd, "file"), "utf8"), "mine");
    });
  });
});

test("the program says what is wrong with its arguments, with status 2", async () => {
  await inDirectory(async (cwd) => {
    const { err, status, out } = await runCli(["--sokcet", "x"], cwd);
    assert.equal(err, "vfs-server: unknown option --sokcet: did you mean --socket?\n");
    assert.deepEqual([status, out.length], [2, 0]);
  });
});

test("the program says in the same words everywhere that a configuration is not there", async () => {
  await inDirectory(async (cwd) => {
    const { err, status } = await runCli(["-c", "none.ts"], cwd);
    assert.equal(err, "vfs-server: cannot load none.ts: no such file or directory (ENOENT)\n");
    assert.equal(status, 1);
  });
});

const OWN_PROVIDER = `
import { BaseProvider, defineConfig, type FileInfo, now, S_IFDIR, S_IFREG } from "${MOD}";
import type { DirEntry } from "${MOD}";

class Clock extends BaseProvider {
  override stat(path: string): FileInfo | Promise<FileInfo> {
    if (path === "/never") {
      console.error("asked");
      return new Promise(() => {});
    }
    const time = now();
    const mode = path === "/" ? S_IFDIR | 0o755 : S_IFREG | 0o444;
    return {
      ino: 1n, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blocks: 0, blksize: 4096,
      atime: time, mtime: time, ctime: time,
    };
  }
  override readDir(): DirEntry[] {
    return [{ name: "tick", ino: 2n, mode: S_IFREG }];
  }
}

export default defineConfig({
  mounts: { "/clock": new Clock(), "/dir": "./dir:ro" },
  socket: "./own.sock",
  logFormat: "json",
});
`;

test("the program serves a provider of one's own from a configuration in TypeScript", async () => {
  await inDirectory(async (cwd) => {
    fs.mkdirSync(join(cwd, "conf/dir"), { recursive: true });
    fs.writeFileSync(join(cwd, "conf/vfs.config.ts"), OWN_PROVIDER);
    fs.writeFileSync(join(cwd, "conf/dir/f"), "");
    const { err } = await servingCli(["--config", "conf/vfs.config.ts"], cwd, async () => {
      const ls = await runCli(["ls", "-s", "conf/own.sock", "/clock", "/dir"], cwd);
      assert.equal(text(ls.out), "/clock:\ntick\n\n/dir:\nf\n");
    });
    const records = err.trimEnd().split("\n").map((line) => JSON.parse(line));
    const events = records.map(({ event }) => event).filter((event) => event !== "notice");
    assert.deepEqual(events, ["ready", "open", "close", "stopping", "counters"]);
  });
});

test("the program ends at once on a second signal", async () => {
  await inDirectory(async (cwd) => {
    fs.mkdirSync(join(cwd, "dir"));
    fs.writeFileSync(join(cwd, "vfs.config.ts"), OWN_PROVIDER);
    const args = ["-c", "vfs.config.ts", "--drain-timeout", "1h", "--log-format", "text"];
    const server = new CliProcess(args, cwd);
    let waiting: CliProcess | undefined;
    try {
      await server.errHas("erving");
      waiting = new CliProcess(["stat", "-s", "own.sock", "/clock/never"], cwd);
      await server.errHas("asked");
      server.signal("SIGINT");
      await server.errHas("stopping on SIGINT: connections have 1h 0m");
      const { status, signal } = await server.end("SIGINT");
      assert.ok(signal === "SIGINT" || status === 130, `${signal} ${status}`);
      assert.equal((await waiting.ended).status, 1);
    } finally {
      await server.end("SIGKILL");
      await waiting?.end("SIGKILL");
    }
  });
});

test("the program lets a request finish that was under way when the signal came", async () => {
  await inDirectory(async (cwd) => {
    fs.writeFileSync(
      join(cwd, "vfs.config.ts"),
      OWN_PROVIDER.replace(
        "new Promise(() => {})",
        "new Promise((resolve) => " +
          'setTimeout(() => resolve(this.stat("/late")), 500))',
      ).replace(`"/dir": "./dir:ro"`, ""),
    );
    const args = ["-c", "vfs.config.ts", "--log-format", "text"];
    await servingCli(args, cwd, async (server) => {
      const waiting = new CliProcess(["stat", "-s", "own.sock", "/clock/never"], cwd);
      await server.errHas("asked");
      server.signal("SIGTERM");
      assert.equal((await waiting.ended).err, "");
      assert.equal((await server.ended).status, 0);
    });
  });
});

test("cat ends quietly when its reader has had enough", async () => {
  await inDirectory(async (cwd) => {
    fs.writeFileSync(join(cwd, "big"), new Uint8Array(3_000_000));
    await servingCli(["-m", "/w=."], cwd, async () => {
      const cat = new CliProcess(["cat", "/w/big"], cwd);
      cat.child.stdout!.once("data", () => cat.child.stdout!.destroy());
      const { status, err } = await cat.ended;
      assert.deepEqual([status, err], [141, ""]);
    });
  });
});
