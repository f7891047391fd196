/** Commands before servers that are broken or lie, and in the hands of people who err. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../src/cli/mod.ts";
import { type Provider, VfsError } from "../src/fs/mod.ts";
import { directory, MemoryProvider, symlink } from "../src/providers/mod.ts";
import { type Transport, VfsServer } from "../src/server/mod.ts";
import { FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";
import { oldServer } from "./_old_server.ts";

function surroundingsOf(provider: Provider, more: FakeSurroundings = {}): FakeSurroundings {
  const server = new VfsServer(provider);
  const onConnection = (transport: Transport) => void server.handleConnection(transport);
  return { sockets: new Map([["./vfs.sock", { onConnection }]]), ...more };
}

/** A tree that lists one file in `/d`, of any name, and opens it wherever it is looked for. */
class Lying extends MemoryProvider {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
    this.mkdir("/d", 0o755);
    this.writeFile("/d/real", "evil");
  }

  override readDir(): { name: string; ino: bigint; mode: number }[] {
    return [{ name: this.#name, ino: 5n, mode: 0o100644 }];
  }

  override openDir(path: string): ReturnType<MemoryProvider["openDir"]> {
    const handle = super.openDir(path);
    const page = this.readDir().map((entry) => ({ ...entry, cursor: 1 }));
    return Object.assign(handle, { readDir: (cursor: number) => cursor === 0 ? page : [] });
  }

  override stat(path: string): ReturnType<MemoryProvider["stat"]> {
    return super.stat(path === "/" || path === "/d" ? path : "/d/real");
  }

  override open(
    ...[, ...rest]: Parameters<MemoryProvider["open"]>
  ): ReturnType<MemoryProvider["open"]> {
    return super.open("/d/real", ...rest);
  }
}

const text = (provider: MemoryProvider, path: string) =>
  new TextDecoder().decode(provider.readFile(path));

test("get writes nothing outside of its target, whatever the server lists", async () => {
  for (const name of ["..", ".", "", "../up", "a/b", "/etc/passwd", "x\0y", "n".repeat(300)]) {
    const here = new MemoryProvider();
    const surroundings = surroundingsOf(new Lying(name), { directories: { ".": here } });
    const { err, exitCode } = await run(["get", "-r", "/d", "out"], surroundings);
    assert.match(err, /^vfs-server: cannot copy \/d: protocol error \(EPROTO\)\n$/, name);
    assert.equal(exitCode, 1);
    // The directory itself was made; nothing is in it and nothing is beside it.
    assert.deepEqual(here.readDir("/").map((entry) => entry.name), ["out"]);
    assert.deepEqual(here.readDir("/out"), []);
    for (const command of ["ls", "tree"]) {
      assert.equal((await run([command, "/d"], surroundings)).exitCode, 1, `${command} ${name}`);
    }
  }
});

test("rm -r in a server of version 1 removes what is below, whatever is listed", async () => {
  const provider = new Lying("../precious");
  provider.writeFile("/precious", "safe");
  const old = oldServer(provider);
  const runtime = Object.assign(new FakeRuntime(["rm", "-r", "/d"]), {
    connect: () => Promise.resolve(old.connect()),
  });
  await main(runtime);
  assert.equal(runtime.exitCode, 1);
  assert.equal(text(provider, "/precious"), "safe");
  await old.stop();
});

test("names and targets never reach the terminal as they are", async () => {
  const nasty = "\x1b[2J\x07\x9b31m\r\u202egpj";
  const provider = MemoryProvider.from({ "d": { [nasty]: "x" } });
  provider.symlink(nasty, "/d/link");
  provider.mknod(`/d/${nasty}-pipe`, 0o010644, 0);
  const surroundings = surroundingsOf(provider, { directories: { ".": new MemoryProvider() } });
  const commands = [
    ["ls", "/d"],
    ["ls", "-l", "/d"],
    ["ls", "-l", "--json", "/d"],
    ["ls", `/d/${nasty}`, `/d/${nasty}/none`],
    ["tree", "/"],
    ["tree", "--json", "/"],
    ["stat", "/d/link", `/d/${nasty}`],
    ["stat", "--json", "/d/link"],
    ["cat", "/d/link", `/d/${nasty}/none`],
    ["get", "-r", "/d", "out"],
    ["cp", "-r", "/d", "/copy"],
    ["cp", `/d/${nasty}`, `/d/${nasty}`],
    ["mv", `/d/${nasty}/none`, "/x"],
    ["df", `/d/${nasty}`],
    ["rm", `/d/${nasty}/none`],
    ["watch", "-c", "1", `${nasty}\0`],
    ["ls", "--socket", nasty],
    [nasty],
  ];
  for (const command of commands) {
    const { out, err } = await run(command, surroundings);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(out + err, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/, command.join(" "));
    assert.ok((out + err).length > 0 || command[0] === "get", command.join(" "));
  }
});

test("what cannot be copied of a tree is named, and the rest is copied", async () => {
  const provider = MemoryProvider.from({
    "d": directory({ "a": "1", "bad": "2", "closed": directory({ "x": "3" }), "z": "4" }),
  });
  const refusing = new Proxy(provider, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const isRefused = name === "open" && args[0] === "/d/bad" ||
          (name === "openDir" || name === "readDir") && args[0] === "/d/closed";
        if (isRefused) throw new VfsError("EACCES", String(args[0]));
        return value.apply(target, args);
      };
    },
  });
  const here = new MemoryProvider();
  const surroundings = surroundingsOf(refusing, { directories: { ".": here } });
  const { err, exitCode } = await run(["get", "-r", "/d", "out"], surroundings);
  assert.equal(
    err,
    "vfs-server: cannot copy /d/bad: permission denied (EACCES)\n" +
      "vfs-server: cannot copy /d/closed: permission denied (EACCES)\n",
  );
  assert.equal(exitCode, 1);
  assert.deepEqual(here.readDir("/out").map(({ name }) => name).sort(), ["a", "closed", "z"]);
});

test("a transfer that is cut off says so once, and ends", async () => {
  const provider = MemoryProvider.from({ "d": { "a": "1", "b": "2", "c": "3" } });
  const connections: Transport[] = [];
  const server = new VfsServer(
    new Proxy(provider, {
      get(target, name) {
        if (name === "open") return () => connections[0]!.destroy();
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  );
  const onConnection = (transport: Transport) => {
    connections.push(transport);
    void server.handleConnection(transport);
  };
  const { err, exitCode } = await run(["get", "-r", "/d", "out"], {
    sockets: new Map([["./vfs.sock", { onConnection }]]),
    directories: { ".": new MemoryProvider() },
  });
  assert.match(err, /^vfs-server: cannot copy \/d: connection reset by peer \(ECONNRESET\)\n$/);
  assert.equal(exitCode, 1);
});

test("get again replaces files and links, and follows none", async () => {
  const provider = MemoryProvider.from({ "d": directory({ "l": symlink("new"), "f": "new" }) });
  const out = MemoryProvider.from({
    "d": directory({ "l": symlink("old"), "f": "older" }),
    "precious": "safe",
  });
  const surroundings = surroundingsOf(provider, { directories: { ".": out, "out": out } });
  out.mkdir("/out", 0o755);
  assert.equal((await run(["get", "-r", "/d", "out"], surroundings)).err, "");
  assert.deepEqual([out.readlink("/d/l"), text(out, "/d/f")], ["new", "new"]);
  out.unlink("/d/f");
  out.symlink("../precious", "/d/f");
  const { err, exitCode } = await run(["get", "-r", "/d", "out"], surroundings);
  assert.equal(
    err,
    "vfs-server: cannot write /d/f: it is a symbolic link, and none is followed here\n",
  );
  assert.equal(exitCode, 1);
  assert.equal(text(out, "/precious"), "safe");
});

test("paths that cannot be are said to be so, by every command", async () => {
  const surroundings = surroundingsOf(MemoryProvider.from({ "a": "1" }), {
    directories: { ".": MemoryProvider.from({ "f": "1" }) },
  });
  const commands = [
    ["ls", ""],
    ["tree", ""],
    ["cat", ""],
    ["stat", ""],
    ["df", ""],
    ["rm", ""],
    ["rm", "-rf", "\0"],
    ["mv", "/a", ""],
    ["mv", "", "/b"],
    ["mv", "/a", `/${"n".repeat(300)}/b`],
    ["cp", "/a", ""],
    ["cp", "", "/b"],
    ["cp", "/a", `/${"n".repeat(300)}`],
    ["get", "", "x"],
    ["put", "f", ""],
    ["put", "f", `/${"n".repeat(5000)}`],
    ["watch", ""],
  ];
  for (const command of commands) {
    const { out, err, exitCode } = await run(command, surroundings);
    assert.match(
      err,
      /^vfs-server: cannot use the path ".*": .* \(E[A-Z]+\)\n$/,
      command.join(" "),
    );
    assert.ok(err.length < 200);
    assert.equal(out.startsWith("vfs"), false);
    assert.equal(exitCode, 1);
  }
});

test("what a server fails at is no mistake of the program", async () => {
  const failing = new Proxy(new MemoryProvider(), {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return () => {
        throw new VfsError("EIO");
      };
    },
  });
  const surroundings = surroundingsOf(failing, {
    directories: { ".": MemoryProvider.from({ "f": "1" }) },
  });
  const commands = [
    ["ls"],
    ["ls", "-l"],
    ["tree"],
    ["cat", "/a"],
    ["stat", "/a"],
    ["df"],
    ["rm", "/a"],
    ["mv", "/a", "/b"],
    ["cp", "/a", "/b"],
    ["get", "/a", "x"],
    ["put", "f", "/a"],
  ];
  for (const command of commands) {
    const { err, exitCode } = await run(command, surroundings);
    assert.match(
      err,
      /^vfs-server: cannot [a-z]+ .*input\/output error \(EIO\)\n$/,
      command.join(" "),
    );
    assert.equal(exitCode, 1);
  }
});

test("watch says that the server is gone, and put how far it is", async () => {
  const server = new VfsServer(new MemoryProvider());
  const onConnection = (transport: Transport) => void server.handleConnection(transport);
  const surroundings = {
    sockets: new Map([["./vfs.sock", { onConnection }]]),
    directories: { ".": MemoryProvider.from({ "f": "123" }) },
  };
  const told = await run(["put", "--progress", "f", "/f"], surroundings);
  assert.match(told.err, /^vfs-server: copied 1 files, 3B in \d+ms \([\d.]+[BKMGT]+\/s\)\n$/);
  const watching = new FakeRuntime(["watch"], surroundings);
  const over = main(watching);
  while (server.stats().operations["subscribe"] === undefined) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  await server.stop();
  await over;
  assert.match(watching.err, /^vfs-server: cannot watch any longer: the server is gone\n$/);
  assert.equal(watching.exitCode, 1);
});
