/** The commands that work on a served tree beyond the first: tree, get, cp, mv, df, watch, ping. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { main } from "../src/cli/mod.ts";
import type { Provider } from "../src/fs/mod.ts";
import {
  directory,
  file,
  MemoryProvider,
  MountRouter,
  readonly,
  symlink,
} from "../src/providers/mod.ts";
import { type Transport, VfsServer } from "../src/server/mod.ts";
import { FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";
import { oldServer } from "./_old_server.ts";

/** A served tree, and a way to run commands against it. */
function served(provider: Provider, more: FakeSurroundings = {}) {
  const server = new VfsServer(provider);
  const onConnection = (transport: Transport) => void server.handleConnection(transport);
  const surroundings = { sockets: new Map([["./vfs.sock", { onConnection }]]), ...more };
  const vfs = (...args: string[]): Promise<FakeRuntime> => run(args, surroundings);
  return { server, surroundings, vfs };
}

function tree(): MemoryProvider {
  const provider = MemoryProvider.from({
    "a.txt": "hello\n",
    "big.bin": file(new Uint8Array(3_000_000).fill(7), { mode: 0o4750 }),
    "d": directory({ "link": symlink("../a.txt"), "x": "1", "deep": directory({ "y": "2" }) }),
  });
  provider.mknod("/d/pipe", 0o010644, 0);
  return provider;
}

const text = (provider: MemoryProvider, path: string) =>
  new TextDecoder().decode(provider.readFile(path));

test("tree draws what is below, as deep as wanted", async () => {
  const { vfs } = served(tree());
  const { out, exitCode } = await vfs("tree");
  assert.equal(exitCode, 0);
  assert.equal(
    out,
    "/\n├── a.txt\n├── big.bin\n└── d\n    ├── deep\n    │   └── y\n    ├── link -> ../a.txt\n" +
      "    ├── pipe\n    └── x\n",
  );
  assert.equal((await vfs("tree", "-L", "1", "/d/deep")).out, "/d/deep\n└── y\n");
  assert.equal((await vfs("tree", "-L", "1")).out, "/\n├── a.txt\n├── big.bin\n└── d\n");
  assert.equal((await vfs("tree", "/none")).exitCode, 1);
});

test("ls, stat and tree write JSON, one object a line", async () => {
  const { vfs } = served(tree());
  const ls = objects((await vfs("ls", "--json", "/d")).out);
  assert.deepEqual(ls.map(({ path }) => path), ["/d/deep", "/d/link", "/d/pipe", "/d/x"]);
  assert.deepEqual(ls.map(({ type }) => type), [
    "directory",
    "symbolic link",
    "named pipe",
    "regular file",
  ]);
  assert.equal(ls[1]!["target"], "../a.txt");
  const [stat] = objects((await vfs("stat", "--json", "/big.bin")).out);
  assert.deepEqual([stat!["mode"], stat!["size"], stat!["links"]], ["4750", 3_000_000, 1]);
  assert.match(String(stat!["modified"]), /^\d{4}-\d\d-\d\dT/);
  const all = objects((await vfs("tree", "--json")).out);
  assert.equal(all.length, 8);
  assert.equal(all.at(-1)!["path"], "/d/x");
});

test("cp copies files, trees and links, and says what it leaves out", async () => {
  const provider = tree();
  const { vfs } = served(provider);
  assert.equal((await vfs("cp", "/a.txt", "/b.txt")).exitCode, 0);
  assert.equal(text(provider, "/b.txt"), "hello\n");
  const { err, exitCode } = await vfs("cp", "-r", "/d", "/big.bin", "/d/deep/");
  assert.match(err, /cannot copy \/d: \/d\/deep\/d lies within it/);
  assert.equal(exitCode, 1);
  // What runs as somebody else does not become that by a copy.
  assert.equal(provider.stat("/d/deep/big.bin").mode & 0o7777, 0o750);
  const copied = await vfs("cp", "-r", "/d", "/e");
  assert.equal(copied.err, "vfs-server: left out /d/pipe: it is a named pipe\n");
  assert.equal(copied.exitCode, 0);
  assert.equal(text(provider, "/e/deep/y"), "2");
  assert.equal(provider.readlink("/e/link"), "../a.txt");
  assert.equal(provider.stat("/e/deep/big.bin").size, 3_000_000);
});

test("cp does not make a mess of what it cannot do", async () => {
  const { vfs } = served(tree());
  assert.match((await vfs("cp", "/d", "/e")).err, /cannot copy \/d: it is a directory, use -r/);
  assert.match((await vfs("cp", "/a.txt", "/a.txt")).err, /are the same file/);
  const misused = await vfs("cp", "/a.txt", "/d", "/none");
  assert.match(misused.err, /cannot copy into \/none: it is not a directory/);
  assert.equal(misused.exitCode, 2);
  assert.equal((await vfs("cp", "/a.txt", "/none/")).exitCode, 2);
  assert.equal((await vfs("cp", "/none", "/b")).exitCode, 1);
});

test("cp tells how far it is", async () => {
  const { vfs } = served(tree());
  const { err } = await vfs("cp", "-r", "--progress", "/d", "/big.bin", "/d/deep/../../e");
  assert.match(err, /cannot copy into \/d\/deep\/\.\.\/\.\.\/e: it is not a directory/);
  const told = await vfs("cp", "--progress", "/big.bin", "/copy");
  assert.match(told.err, /copied 1 files, 2\.9M in \d+ms \([\d.]+[KMGT]\/s\)/);
});

test("get writes onto this machine, and nowhere but there", async () => {
  const here = new MemoryProvider();
  here.mkdir("/out", 0o755);
  const out = new MemoryProvider();
  const directories = { ".": here, "./": here, "out": out };
  const { vfs } = served(tree(), { directories });
  assert.equal((await vfs("get", "/a.txt", "copy.txt")).exitCode, 0);
  assert.equal(text(here, "/copy.txt"), "hello\n");
  assert.equal((await vfs("get", "/big.bin", ".")).exitCode, 0);
  assert.equal(here.stat("/big.bin").mode, 0o100750);
  const { err, exitCode } = await vfs("get", "-r", "/d", "/a.txt", "out");
  assert.equal(err, "vfs-server: left out /d/pipe: it is a named pipe\n");
  assert.equal(exitCode, 0);
  assert.equal(text(out, "/d/deep/y"), "2");
  assert.equal(out.readlink("/d/link"), "../a.txt");
  assert.equal(text(out, "/a.txt"), "hello\n");
  assert.equal((await vfs("get", "/d", "x")).exitCode, 1);
  assert.equal((await vfs("get", "/none", "x")).exitCode, 1);
});

test("get does not write through links that are there", async () => {
  const here = MemoryProvider.from({ "outside": "safe", "link": symlink("outside") });
  const { vfs } = served(MemoryProvider.from({ "d": { "link": "evil" } }), {
    directories: { ".": here, "./": here },
  });
  assert.equal((await vfs("get", "/d/link", ".")).exitCode, 1);
  assert.equal(text(here, "/outside"), "safe");
});

test("mv renames, moves into directories, and replaces nothing with -n", async () => {
  const provider = tree();
  const { vfs } = served(provider);
  assert.equal((await vfs("mv", "/a.txt", "/b.txt")).exitCode, 0);
  assert.equal((await vfs("mv", "/b.txt", "/big.bin", "/d")).exitCode, 0);
  assert.equal(text(provider, "/d/b.txt"), "hello\n");
  const kept = await vfs("mv", "-n", "/d/b.txt", "/d/x");
  assert.match(kept.err, /cannot move \/d\/b\.txt: file exists \(EEXIST\)/);
  assert.equal((await vfs("mv", "/d/b.txt", "/d/x")).exitCode, 0);
  assert.equal(text(provider, "/d/x"), "hello\n");
  assert.equal((await vfs("mv", "/d/x", "/none/")).exitCode, 2);
});

test("rm -r removes a tree in one request", async () => {
  const provider = tree();
  const { server, vfs } = served(provider);
  assert.equal((await vfs("rm", "-r", "/d")).exitCode, 0);
  assert.equal(provider.lookup("/d"), undefined);
  assert.equal(server.stats().operations["removeall"], 1);
});

test("df tells how much room there is", async () => {
  const provider = new MemoryProvider({ limit: 64 << 20, inodes: 1000 });
  provider.writeFile("/f", new Uint8Array(16 << 20));
  const { vfs } = served(provider);
  const { out } = await vfs("df", "/f");
  assert.match(out, /^ +size +used +avail +use% +inodes +iused +path\n/);
  assert.match(out, /\n +64M +16M +48M +2[56]% +1000 +\d+ +\/f\n$/);
  const [facts] = objects((await vfs("df", "--json")).out);
  assert.deepEqual([facts!["path"], facts!["inodes"], facts!["readonly"]], ["/", 1000, false]);
  assert.match((await served(readonly(provider)).vfs("df")).out, /\/ \(read-only\)\n$/);
  // A root that only leads to mounts has no room of its own.
  const mounts = served(new MountRouter({ "/a": provider, "/b": new MemoryProvider() }));
  const rows = (await mounts.vfs("df")).out.trimEnd().split("\n").slice(1);
  assert.deepEqual(rows.map((row) => row.split(/ +/).at(-1)), ["/a", "/b"]);
});

test("ping tells the times of round trips", async () => {
  const { vfs } = served(tree());
  const { out } = await vfs("ping", "-c", "5");
  assert.match(
    out,
    /^version 2, 5 round trips: min \d+ us, median \d+ us, p99 \d+ us, max \d+ us\n$/,
  );
  const [facts] = objects((await vfs("ping", "--json", "--interval", "1ms")).out);
  assert.deepEqual([facts!["version"], facts!["count"], facts!["unit"]], [2, 10, "us"]);
});

test("the commands work with a server of version 1, as far as that goes", async () => {
  const provider = tree();
  const old = oldServer(provider);
  const connect = () => Promise.resolve(old.connect());
  const vfs = async (...args: string[]): Promise<FakeRuntime> => {
    const runtime = Object.assign(new FakeRuntime(args), { connect });
    await main(runtime);
    return runtime;
  };
  assert.match((await vfs("ping")).out, /^version 1, 10 round trips/);
  assert.match((await vfs("ls", "-l")).out, /a\.txt/);
  assert.equal((await vfs("cat", "/a.txt")).out, "hello\n");
  assert.equal((await vfs("cp", "-r", "/d", "/e")).exitCode, 0);
  assert.equal(text(provider, "/e/deep/y"), "2");
  assert.equal((await vfs("rm", "-r", "/e")).exitCode, 0);
  assert.equal(provider.lookup("/e"), undefined);
  assert.match((await vfs("df")).err, /cannot ask about \/: function not implemented \(ENOSYS\)/);
  assert.match((await vfs("watch")).err, /cannot watch \/: operation not supported/);
  await old.stop();
});

test("watch tells what others change, until it is interrupted or has told enough", async () => {
  const { server, surroundings } = served(tree());
  const runtime = new FakeRuntime(["watch", "/d"], surroundings);
  const over = main(runtime);
  while (server.stats().operations["subscribe"] === undefined) await turn();
  const client = await VfsClient.connect(() =>
    new FakeRuntime([], surroundings).connect("./vfs.sock")
  );
  const files = new RemoteProvider(client);
  await files.mkdir("/d/new\n", 0o755);
  await files.chmod("/d/x", 0o600);
  await files.mkdir("/elsewhere", 0o755);
  while (!runtime.out.includes("/d/x")) await turn();
  runtime.signal("SIGINT");
  await over;
  assert.equal(runtime.out, "entry /d/new\\n\ninode /d/x\n");
  assert.equal(runtime.exitCode, 0);
  const second = new FakeRuntime(["watch", "--json", "-c", "1"], surroundings);
  const enough = main(second);
  while (server.stats().operations["subscribe"]! < 2) await turn();
  await files.rmdir("/elsewhere");
  await enough;
  assert.deepEqual(objects(second.out), [{ kind: "entry", path: "/elsewhere" }]);
  assert.equal(second.exitCode, 0);
  const third = new FakeRuntime(["watch"], surroundings);
  const broken = main(third);
  while (server.stats().operations["subscribe"]! < 3) await turn();
  await server.stop();
  await broken;
  assert.equal(third.exitCode, 1);
  await client.close();
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function objects(lines: string): Record<string, unknown>[] {
  return lines.trimEnd().split("\n").map((line) => JSON.parse(line));
}
