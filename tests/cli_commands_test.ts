import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS, type Transport, VfsServer } from "../src/server/mod.ts";
import { directory, file, MemoryProvider, MountRouter, symlink } from "../src/providers/mod.ts";
import { type Provider, VfsError } from "../src/fs/mod.ts";
import { type FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";

/** A served tree, and a way to run commands against it. */
function served(provider: Provider, surroundings: FakeSurroundings = {}) {
  const server = new VfsServer(provider);
  const onConnection = (transport: Transport) => void server.handleConnection(transport);
  const sockets = new Map([["./vfs.sock", { onConnection }]]);
  return (...args: string[]): Promise<FakeRuntime> => run(args, { sockets, ...surroundings });
}

function tree(): MemoryProvider {
  return MemoryProvider.from({
    "a.txt": "hello\n",
    "big.bin": file(bytes(300_000), { mode: 0o600 }),
    "link": symlink("a.txt"),
    "evil\x1b[31m\n": "",
    "sub": directory({ "x": "1", "deep": directory({ "y": "2" }) }),
    "suid": file("", { mode: 0o4755 }),
  });
}

function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7919) >> 3);
}

test("ls lists names, sorted and escaped, the root by default", async () => {
  const vfs = served(tree());
  const { out, err, exitCode } = await vfs("ls");
  assert.equal(out, "a.txt\nbig.bin\nevil\\u001b[31m\\n\nlink\nsub\nsuid\n");
  assert.deepEqual([err, exitCode], ["", 0]);
});

test("ls -l tells type, mode, size, time and targets", async () => {
  const { out } = await served(tree())("ls", "-l", "/");
  const lines = out.trimEnd().split("\n");
  const time = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d";
  assert.match(lines[0]!, new RegExp(`^-rw-r--r-- +6 ${time} a\\.txt$`));
  assert.match(lines[1]!, new RegExp(`^-rw------- 300000 ${time} big\\.bin$`));
  assert.match(lines[3]!, new RegExp(`^lrwxrwxrwx +5 ${time} link -> a\\.txt$`));
  assert.match(lines[4]!, new RegExp(`^drwxr-xr-x +\\d+ ${time} sub$`));
  assert.match(lines[5]!, new RegExp(`^-rwsr-xr-x +0 ${time} suid$`));
});

test("ls lists a file as itself, and several directories with titles", async () => {
  const vfs = served(tree());
  assert.equal((await vfs("ls", "/a.txt")).out, "/a.txt\n");
  assert.equal((await vfs("ls", "/sub", "/sub/deep")).out, "/sub:\ndeep\nx\n\n/sub/deep:\ny\n");
  assert.equal((await vfs("ls", "/sub/../sub/deep/")).out, "y\n");
});

test("ls goes on after a failure, and reports it with status 1", async () => {
  const { out, err, exitCode } = await served(tree())("ls", "/nope", "/sub/deep");
  assert.equal(out, "/sub/deep:\ny\n");
  assert.equal(err, "vfs-server: cannot list /nope: no such file or directory (ENOENT)\n");
  assert.equal(exitCode, 1);
});

test("cat writes bytes as they are, whatever the size", async () => {
  const provider = tree();
  const pieces: Uint8Array[] = [];
  const print = (stream: 1 | 2, data: string | Uint8Array) => {
    if (stream === 1) pieces.push((data as Uint8Array).slice());
    return Promise.resolve();
  };
  const { exitCode } = await served(provider, { print })("cat", "/big.bin", "/a.txt");
  assert.equal(exitCode, 0);
  assert.ok(pieces.length > 2, "piece by piece");
  const written = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  assert.deepEqual(written.subarray(0, 300_000), bytes(300_000));
  assert.equal(new TextDecoder().decode(written.subarray(300_000)), "hello\n");
});

test("cat says what it cannot read, and why", async () => {
  const { err, exitCode } = await served(tree())("cat", "/sub", "/link", "/no\nthing", "/a.txt");
  assert.equal(
    err,
    "vfs-server: cannot read /sub: is a directory (EISDIR)\n" +
      "vfs-server: cannot read /link: it is a symbolic link to a.txt, and none is followed here\n" +
      "vfs-server: cannot read /no\\nthing: no such file or directory (ENOENT)\n",
  );
  assert.equal(exitCode, 1);
});

test("cat ends without a word when nobody reads any more", async () => {
  const print = (stream: 1 | 2) =>
    stream === 1 ? Promise.reject(new VfsError("EPIPE")) : Promise.resolve();
  const { err, exitCode } = await served(tree(), { print })("cat", "/big.bin");
  assert.deepEqual([err, exitCode], ["", 141]);
});

test("cat reports an output that cannot be written", async () => {
  const print = (stream: 1 | 2) =>
    stream === 1 ? Promise.reject(new VfsError("ENOSPC")) : Promise.resolve();
  const { err, exitCode } = await served(tree(), { print })("cat", "/a.txt");
  assert.equal(err, "vfs-server: cannot write the output: no space left on device (ENOSPC)\n");
  assert.equal(exitCode, 1);
});

test("stat tells what is known", async () => {
  const vfs = served(tree());
  const { out } = await vfs("stat", "/suid");
  assert.match(
    out,
    /^path: +\/suid\ntype: +regular file\nmode: +4755 -rwsr-xr-x\nsize: +0 bytes, 0 taken\n/,
  );
  assert.match(out, /^owner: +0:0\ninode: +\d+, 1 name$/m);
  assert.match(out, /^changed: +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{9})?Z\n$/m);
  assert.match((await vfs("stat", "/link")).out, /type: +symbolic link\ntarget: +a\.txt\n/);
  assert.equal((await vfs("stat", "/nope")).exitCode, 1);
});

test("put writes the standard input, piece by piece", async () => {
  const provider = tree();
  const stdin = [bytes(200_000), bytes(1), new Uint8Array(), bytes(3)];
  const { err, exitCode } = await served(provider, { stdin })("put", "-", "/new.bin");
  assert.deepEqual([err, exitCode], ["", 0]);
  assert.deepEqual(
    provider.readFile("/new.bin"),
    Uint8Array.from(stdin.flatMap((piece) => [...piece])),
  );
  assert.equal(provider.stat("/new.bin").mode & 0o777, 0o644);
});

test("put copies a file with its mode, into a directory by its own name, replacing what is there", async () => {
  const here = MemoryProvider.from({
    "run.sh": file("#!/bin/sh\n", { mode: 0o750 }),
    "s": "short",
  });
  const provider = tree();
  const vfs = served(provider, { directories: { ".": here, "dir/": here } });
  for (const target of ["/sub", "/sub/", "/sub/run.sh", "/other"]) {
    assert.equal((await vfs("put", "run.sh", target)).exitCode, 0);
  }
  assert.equal(new TextDecoder().decode(provider.readFile("/sub/run.sh")), "#!/bin/sh\n");
  assert.equal(provider.stat("/other").mode & 0o777, 0o750);
  assert.equal((await vfs("put", "dir/s", "/big.bin")).exitCode, 0);
  assert.equal(new TextDecoder().decode(provider.readFile("/big.bin")), "short");
});

test("put follows links of this machine, as its user does", async () => {
  const deep = MemoryProvider.from({ "real": "content" });
  const here = MemoryProvider.from({
    "link": symlink("deep/real"),
    "absolute": symlink("/abs/real"),
    "loop": symlink("loop"),
  });
  const provider = new MemoryProvider();
  const directories = { ".": here, "./deep/": deep, "/abs/": deep, "./": here };
  const vfs = served(provider, { directories });
  for (const name of ["link", "absolute"]) {
    assert.equal((await vfs("put", name, "/x")).err, "");
    assert.equal(new TextDecoder().decode(provider.readFile("/x")), "content");
  }
  const { err } = await vfs("put", "loop", "/x");
  assert.equal(err, "vfs-server: cannot read loop: too many levels of symbolic links (ELOOP)\n");
});

test("put says what it cannot do, and why", async () => {
  const here = MemoryProvider.from({ "f": "1", "d": directory({}) });
  const small = new MountRouter({ "/small": MemoryProvider.from({}, { limit: 4096 }) });
  const stdin = [bytes(100_000)];
  const vfs = served(small, { directories: { ".": here }, stdin });
  const failures: [string[], string, number][] = [
    [["nope", "/small/x"], "cannot read nope: no such file or directory (ENOENT)", 1],
    [["d", "/small/x"], "cannot read d: is a directory (EISDIR)", 1],
    [["d/", "/small/x"], "cannot read d/: is a directory (EISDIR)", 1],
    [["f", "/no/x"], "cannot write /no/x: no such file or directory (ENOENT)", 1],
    [["f", "/x"], "cannot write /x: read-only file system (EROFS)", 1],
    [["-", "/small/x"], "cannot write /small/x: no space left on device (ENOSPC)", 1],
    [["-", "/small/"], "cannot write /small/: the standard input needs the name of a file", 2],
    [["f"], "missing argument: write vfs-server put [--socket PATH] LOCAL|- PATH", 2],
  ];
  for (const [args, sentence, status] of failures) {
    const { err, exitCode } = await vfs("put", ...args);
    assert.deepEqual([err, exitCode], [`vfs-server: ${sentence}\n`, status]);
  }
});

test("rm removes files and links, and directories with -r only", async () => {
  const provider = tree();
  const vfs = served(provider);
  assert.equal((await vfs("rm", "/link", "/suid")).exitCode, 0);
  assert.ok(provider.lookup("/link") === undefined && provider.lookup("/a.txt") !== undefined);
  const refused = await vfs("rm", "/sub");
  assert.equal(refused.err, "vfs-server: cannot remove /sub: it is a directory, use rm -r\n");
  assert.equal(refused.exitCode, 1);
  assert.equal((await vfs("rm", "-r", "/sub", "/a.txt")).exitCode, 0);
  assert.ok(provider.lookup("/sub") === undefined && provider.lookup("/a.txt") === undefined);
});

test("rm complains about what is not there, unless -f", async () => {
  const vfs = served(tree());
  const { err, exitCode } = await vfs("rm", "/nope");
  assert.equal(err, "vfs-server: cannot remove /nope: no such file or directory (ENOENT)\n");
  assert.equal(exitCode, 1);
  const forced = await vfs("rm", "-rf", "/nope", "/sub");
  assert.deepEqual([forced.err, forced.exitCode], ["", 0]);
});

test("commands say where there is no server, and how to find one", async () => {
  const { err, exitCode } = await run(["ls", "--socket", "/run/x.sock"]);
  assert.equal(
    err,
    "vfs-server: cannot connect to /run/x.sock: no server is there (ENOENT); " +
      "start one, or say where with --socket\n",
  );
  assert.equal(exitCode, 1);
  const byEnvironment = await run(["ls"], { env: { VFS_SOCKET: "/run/y.sock" } });
  assert.match(byEnvironment.err, /cannot connect to \/run\/y\.sock/);
});

test("commands do not wait for ever", async () => {
  const sockets = new Map([["./vfs.sock", { onConnection: () => {} }]]);
  const { err, exitCode } = await run(["ls", "--timeout", "20ms"], { sockets });
  assert.equal(err, "vfs-server: cannot connect to ./vfs.sock: connection timed out (ETIMEDOUT)\n");
  assert.equal(exitCode, 1);
});

test("commands report a connection that breaks", async () => {
  const connections: Transport[] = [];
  const provider = new Proxy(tree(), {
    get(target, name) {
      if (name === "open") return () => connections[0]!.destroy();
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const server = new VfsServer(provider);
  const onConnection = (transport: Transport) => {
    connections.push(transport);
    void server.handleConnection(transport);
  };
  const sockets = new Map([["./vfs.sock", { onConnection }]]);
  const { err, exitCode } = await run(["cat", "/a", "/b"], { sockets });
  assert.match(err, /^vfs-server: cannot read \/a: .*\nvfs-server: cannot read \/b: .*\n$/);
  assert.equal(exitCode, 1);
});

test("the size in which commands read and write is within the server's limits", () => {
  assert.ok(DEFAULT_LIMITS.readBytes >= 128 * 1024 && DEFAULT_LIMITS.dataBytes >= 128 * 1024);
});
