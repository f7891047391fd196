import assert from "node:assert/strict";
import { test } from "node:test";
import { main } from "../src/cli/mod.ts";
import { O_APPEND, O_CREAT, O_RDWR } from "../src/fs/mod.ts";
import { hook, HookEngine, readOnly } from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { FakeRuntime, type FakeSurroundings, run } from "./_fake_runtime.ts";

/** The surroundings of a server of two files, and of those who ask it. */
interface Place extends FakeSurroundings {
  readonly directories: Readonly<Record<"." | "./dir", MemoryProvider>>;
}

function place(more: FakeSurroundings = {}): Place {
  const dir = MemoryProvider.from({ ".env": "secret", "a.txt": "hello", lib: { "b.txt": "b" } });
  return { ...more, sockets: new Map(), directories: { ".": new MemoryProvider(), "./dir": dir } };
}

/** Runs a server while somebody asks it. */
async function serving(
  args: readonly string[],
  place: FakeSurroundings,
  use: (runtime: FakeRuntime) => Promise<void>,
): Promise<FakeRuntime> {
  const runtime = new FakeRuntime(["-m", "/w=./dir", ...args], place);
  const done = main(runtime);
  await runtime.errHas("erving");
  try {
    await use(runtime);
  } finally {
    runtime.signal("SIGTERM");
    await done;
  }
  return runtime;
}

async function read(directory: MemoryProvider, path: string): Promise<string> {
  return new TextDecoder().decode(await directory.readFile(path));
}

test("serve --hide, --deny and --read-only stand before all that is served", async () => {
  const here = place();
  const args = ["--hide", ".env*", "--deny=/w/lib", "--read-only", "/w/a.txt"];
  const { err } = await serving(args, here, async () => {
    // What is denied can be seen, and does not spoil the listing.
    assert.equal((await run(["ls", "/w"], here)).out, "a.txt\nlib\n");
    assert.match((await run(["cat", "/w/.env"], here)).err, /no such file or directory \(ENOENT\)/);
    assert.match((await run(["cat", "/w/lib/b.txt"], here)).err, /permission denied \(EACCES\)/);
    assert.match((await run(["rm", "/w/a.txt"], here)).err, /read-only file system \(EROFS\)/);
    assert.equal((await run(["cat", "/w/a.txt"], here)).out, "hello");
  });
  assert.match(err, /serving \/w .* on \/home\/me\/vfs\.sock, with 4 rules\n/);
});

test("tree tells of a directory that is denied by its name, and goes on", async () => {
  const here = place();
  await serving(["--deny=/w/lib"], here, async () => {
    const { out, err, exitCode } = await run(["tree", "/w"], here);
    assert.equal(out, "/w\n├── .env\n├── a.txt\n└── lib\n");
    assert.equal(err, "vfs-server: cannot list /w/lib: permission denied (EACCES)\n");
    assert.equal(exitCode, 1);
  });
});

test("serve says which pattern is wrong, with status 2", async () => {
  for (
    const [args, sentence] of [
      [["--hide", "a[b"], 'wrong value for --hide: "a[b" is not a pattern: a class is not closed'],
      [["--deny", "x", "--deny", "a**"], '"a**" is not a pattern: ** has to be a whole name'],
      [["--read-only", "/a//b"], '"/a//b" is not a pattern: it has an empty name'],
      [["--hide"], "missing value for --hide: write --hide PATTERN"],
    ] as const
  ) {
    const { err, exitCode } = await run(args, place());
    assert.ok(err.includes(sentence), err);
    assert.equal(exitCode, 2);
  }
  const longest = Array.from({ length: 29 }, () => "a").join("/");
  await serving(["--hide", `/${longest}`], place(), async () => {});
  const { exitCode } = await run(["--hide", `/${longest}/a`], place());
  assert.equal(exitCode, 2, "with what is below it, that is more than a pattern can have");
});

test("serve --events writes every operation to the standard output as JSON", async () => {
  const here = place();
  const { out } = await serving(["--events", "--hide", ".env"], here, async () => {
    await run(["cat", "/w/.env"], here);
    await run(["cat", "/w/a.txt"], here);
  });
  const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
  assert.deepEqual(
    [events[0].op, events[0].path, events[0].outcome, events[0].errno],
    ["open", "/w/.env", "blocked", "ENOENT"],
  );
  assert.ok(events.some(({ op, bytes }) => op === "read" && bytes === 5));
});

test("serve --events goes on when nobody reads the events", async () => {
  const print = (stream: 1 | 2) =>
    stream === 1 ? Promise.reject({ code: "EPIPE" }) : Promise.resolve();
  const here = place();
  const { exitCode } = await serving(["--events"], { ...here, print }, async (runtime) => {
    await run(["ls", "/w"], here);
    await runtime.errHas("nobody reads the events any more: broken pipe (EPIPE)");
    assert.equal((await run(["cat", "/w/a.txt"], here)).out, "hello");
  });
  assert.equal(exitCode, 0);
});

test("serve --events ends although the reader of events does not read", async () => {
  const print = (stream: 1 | 2) => stream === 1 ? new Promise<void>(() => {}) : Promise.resolve();
  const here = place();
  const { err } = await serving(["--events"], { ...here, print }, async () => {
    await run(["cat", "/w/a.txt"], here);
  });
  assert.match(err, /the reader of the events is too slow: \d+ are left unread/);
});

test("serve --audit records every operation, and goes on with the record at the next start", async () => {
  const here = place();
  const { ".": files } = here.directories;
  const hashes: string[] = [];
  for (const lines of [1, 2]) {
    const { err } = await serving(["--audit", "audit.jsonl"], here, async () => {
      await run(["cat", "/w/a.txt"], here);
    });
    assert.match(err, /, with an audit in \/home\/me\/audit\.jsonl\n/);
    hashes.push(/the audit audit\.jsonl ends with record \d+, hash ([0-9a-f]{64})/.exec(err)![1]!);
    const { out, exitCode } = await run(["audit", "verify", "audit.jsonl"], here);
    assert.match(out, /^audit\.jsonl is whole: \d+ lines, \d+ events, 0 lost, ended in order, /);
    assert.ok(out.endsWith(`hash ${hashes.at(-1)}\n`));
    assert.equal(exitCode, 0);
    assert.equal((await read(files, "/audit.jsonl")).match(/"audit":"end"/g)?.length, lines);
  }
  assert.equal(files.stat("/audit.jsonl").mode & 0o777, 0o600);
  for (const hash of hashes) {
    assert.equal((await run(["audit", "verify", "--hash", hash, "audit.jsonl"], here)).exitCode, 0);
  }
  const other = await run(["audit", "verify", "audit.jsonl", `--hash=${"0".repeat(64)}`], here);
  assert.match(other.err, /wrong audit audit\.jsonl: no line has the hash 0{64}\n/);
  assert.equal(other.exitCode, 1);
});

test("serve --audit follows a link to the file, and never a place that is no file", async () => {
  const here = place();
  const { ".": files } = here.directories;
  files.symlink("real.jsonl", "/link.jsonl");
  // A link is relative to the directory that it is in.
  const directories = { ...here.directories, "./": files };
  await serving(["--audit", "link.jsonl"], { ...here, directories }, async () => {});
  assert.ok((await read(files, "/real.jsonl")).includes('"audit":"begin"'));
  files.mkdir("/d", 0o755);
  const { err, exitCode } = await run(["-m", "/w=./dir", "--audit", "d"], here);
  assert.equal(err, "vfs-server: cannot write the audit d: is a directory (EISDIR)\n");
  assert.equal(exitCode, 1);
});

test("serve --audit does not go on with what is no audit, or is not whole", async () => {
  for (const content of ['{"n":1,"prev":"', "hello\n", "\n", "x".repeat(3 << 20)]) {
    const here = place();
    await here.directories["."].writeFile("/audit.jsonl", content);
    const { err, exitCode } = await run(["-m", "/w=./dir", "--audit", "audit.jsonl"], here);
    assert.match(err, /cannot go on with the audit audit\.jsonl: its last line is not whole; look/);
    assert.equal(exitCode, 1);
    assert.equal(await read(here.directories["."], "/audit.jsonl"), content, "it is left alone");
  }
});

test("serve --audit refuses a file that another server writes", async () => {
  const here = place();
  await serving(["--audit", "audit.jsonl"], here, async () => {
    const args = ["-m", "/w=./dir", "-s", "other.sock", "--audit", "audit.jsonl"];
    const { err, exitCode } = await run(args, here);
    assert.equal(err, "vfs-server: cannot write the audit audit.jsonl: another server does\n");
    assert.equal(exitCode, 1);
  });
  assert.equal((await run(["audit", "verify", "audit.jsonl"], here)).exitCode, 0);
});

test("serve cuts every connection when the audit cannot be written any more, with status 1", async () => {
  const here = place();
  const directories = { ...here.directories, ".": new MemoryProvider({ limit: 2000 }) };
  const full = { ...here, directories };
  const runtime = new FakeRuntime(["-m", "/w=./dir", "--audit", "audit.jsonl"], full);
  const done = main(runtime);
  await runtime.errHas("erving");
  const transport = await runtime.connect("./vfs.sock");
  const cut = Promise.withResolvers<void>();
  transport.start({
    receive: () => true,
    drained: () => {},
    ended: () => {},
    closed: () => cut.resolve(),
  });
  for (let i = 0; i < 10; i++) await run(["ls", "/w"], full);
  await cut.promise;
  await done;
  assert.match(
    runtime.err,
    /cannot write the audit audit\.jsonl: no space left on device \(ENOSPC\); every connection is cut/,
  );
  assert.equal(runtime.exitCode, 1);
  assert.match((await run(["ls", "/w"], full)).err, /no server is there/);
});

test("audit verify names the first line that is wrong, with status 1", async () => {
  const here = place();
  const { ".": files } = here.directories;
  await serving(["--audit", "a.jsonl"], here, async () => {
    for (let i = 0; i < 3; i++) await run(["ls", "-l", "/w"], here);
  });
  const whole = await read(files, "/a.jsonl");
  const lines = whole.trimEnd().split("\n");
  assert.ok(lines.length >= 6);
  const changes: [string, string[], string][] = [
    ["changed", lines.with(3, lines[3]!.replace("/w", "/x")), "line 4: its content was changed"],
    ["removed", lines.toSpliced(2, 1), "line 3: the line before it was changed, removed or added"],
    ["swapped", [...lines.slice(0, 1), lines[2]!, lines[1]!], "line 2: the line before it was"],
    ["beheaded", lines.slice(1), "line 1: "],
    ["added", [...lines, "{}"], `line ${lines.length + 1}: it is no line of an audit`],
    ["emptied", [], ": there is nothing in it"],
  ];
  for (const [how, changed, sentence] of changes) {
    await files.writeFile("/b.jsonl", changed.map((line) => `${line}\n`).join(""));
    const { err, out, exitCode } = await run(["audit", "verify", "b.jsonl"], here);
    assert.ok(
      err.startsWith("vfs-server: wrong audit b.jsonl") && err.includes(sentence),
      how + err,
    );
    assert.deepEqual([out, exitCode], ["", 1]);
  }
  await files.writeFile("/b.jsonl", `${lines.slice(0, -1).join("\n")}\n`);
  const cut = await run(["audit", "verify", "b.jsonl"], here);
  assert.match(cut.out, /, not ended, so lines at its end may be missing, /);
  assert.equal(cut.exitCode, 0);
  // In pieces that end anywhere.
  const bytes = new TextEncoder().encode(whole);
  const stdin = Array.from(
    { length: 100 },
    (_, i) =>
      bytes.subarray(Math.floor(i * bytes.length / 100), Math.floor((i + 1) * bytes.length / 100)),
  );
  assert.match((await run(["audit", "verify", "-"], { stdin })).out, /^- is whole: /);
});

test("audit says in one sentence what is wrong with its arguments", async () => {
  const here = place();
  for (
    const [args, sentence, status] of [
      [["audit", "verfy", "x"], 'unknown action "verfy" of audit: did you mean verify?', 2],
      [["audit", "x", "x"], 'unknown action "x" of audit: there is verify', 2],
      [["audit", "verify"], "missing argument: write vfs-server audit verify", 2],
      [["audit", "verify", "x", "--hash", "y"], '"y" is not 64 hexadecimal digits', 2],
      [["audit", "verify", "x"], "cannot read x: no such file or directory (ENOENT)", 1],
    ] as const
  ) {
    const { err, exitCode } = await run(args, here);
    assert.ok(err.includes(sentence), err);
    assert.equal(exitCode, status);
  }
});

/** Runs a server with a configuration while somebody asks it. */
async function configured(
  config: object,
  args: readonly string[],
  use: (here: FakeSurroundings) => Promise<void>,
): Promise<FakeRuntime> {
  const here = { ...place(), modules: { "vfs.config.ts": { default: { mounts: {}, ...config } } } };
  const mounts = { "/w": here.directories["./dir"] };
  const modules = { "vfs.config.ts": { default: { mounts, ...config } } };
  return await serving(["-c", "vfs.config.ts", ...args], { ...here, modules }, () => use(here));
}

test("defineConfig() takes rules and policies, asked in order and before those of flags", async () => {
  const rules = [
    { pathPattern: "/w/.env", action: "allow" },
    { name: "no-lib", pathPattern: "/w/lib/**", action: "block", errno: "ESTALE" },
    readOnly("/w/a.txt"),
  ];
  await configured({ rules }, ["--hide", ".env", "--deny", "/w/lib"], async (here) => {
    assert.equal((await run(["cat", "/w/.env"], here)).out, "secret");
    assert.match((await run(["cat", "/w/lib/b.txt"], here)).err, /\(ESTALE\)/);
    assert.match((await run(["rm", "/w/a.txt"], here)).err, /\(EROFS\)/);
  });
});

test("defineConfig() takes an engine of one's own, to which flags add", async () => {
  const engine = new HookEngine([readOnly("/w/a.txt")]);
  const { err } = await configured({ engine }, ["--hide", ".env"], async (here) => {
    assert.match((await run(["cat", "/w/.env"], here)).err, /\(ENOENT\)/);
    assert.match((await run(["rm", "/w/a.txt"], here)).err, /\(EROFS\)/);
  });
  assert.match(err, /, with 3 rules\n/);
  assert.ok(engine.stats().blocked >= 2);
});

test("defineConfig() takes the file of an audit, relative to its own", async () => {
  const files = new MemoryProvider();
  const config = { mounts: { "/w": "memory" }, audit: "../a.jsonl" };
  const runtime = new FakeRuntime(["-c", "conf/vfs.config.ts"], {
    directories: { "conf/../": files },
    modules: { "conf/vfs.config.ts": { default: config } },
  });
  const done = main(runtime);
  await runtime.errHas("erving");
  runtime.signal("SIGTERM");
  await done;
  assert.ok((await read(files, "/a.jsonl")).includes('"audit":"end"'));
});

test("serve reports hooks that fail, and goes on", async () => {
  const rules = [hook({
    name: "broken",
    ops: ["open"],
    before: () => {
      throw new RangeError("I am broken");
    },
  })];
  await configured({ rules }, [], async (here) => {
    assert.match((await run(["cat", "/w/a.txt"], here)).err, /cannot read \/w\/a\.txt: /);
    assert.equal((await run(["ls", "/w"], here)).out, ".env\na.txt\nlib\n");
  }).then(({ err }) => assert.match(err, /the hook broken failed: I am broken\n/));
});

test("defineConfig() is refused with the rule and the field that are wrong", async () => {
  const wrong: [object, string][] = [
    [{ rules: {} }, "rules must be a list of rules, hooks and policies"],
    [
      { rules: [{ name: "r", ops: ["wirte"], action: "block" }] },
      'rules: cannot use rule "r": ops:',
    ],
    [{ rules: [{ action: "allow" }, { action: "blok" }] }, 'cannot use rule "rule 2": action:'],
    [{ rules: [{ action: "block", errno: "ENOPE" }] }, 'cannot use rule "rule 1": errno: "ENOPE"'],
    [{ rules: [{ action: "block", path: "/x" }] }, "path: there is no such field"],
    [{ rules: [{ action: "block", pathPattern: "a[" }] }, '"rule 1": pathPattern: '],
    [{ rules: [null] }, "it is not an object"],
    [{ engine: {} }, "engine must be a HookEngine, of the same copy of this package"],
    [{ engine: new HookEngine(), rules: [] }, "engine and rules are both there"],
    [{ audit: "" }, "audit must be a path"],
    [{ rule: [] }, "rule is unknown: did you mean rules?"],
  ];
  for (const [part, sentence] of wrong) {
    const config = { mounts: { "/w": "memory" }, ...part };
    const modules = { "c.ts": { default: config } };
    const { err, exitCode } = await run(["--config", "c.ts"], { modules });
    assert.ok(err.startsWith("vfs-server: wrong configuration in c.ts: "), err);
    assert.ok(err.includes(sentence), err);
    assert.equal(exitCode, 2);
  }
});

test("serve --audit keeps what is there, whoever else adds to the file", async () => {
  const here = place();
  const { ".": files } = here.directories;
  const { exitCode } = await serving(["--audit", "a.jsonl"], here, async () => {
    const file = files.open("/a.jsonl", O_RDWR | O_APPEND | O_CREAT, 0o600);
    await file.write(new TextEncoder().encode("forged\n"));
    file.close();
    await run(["ls", "/w"], here);
  });
  assert.equal(exitCode, 0);
  const { err } = await run(["audit", "verify", "a.jsonl"], here);
  assert.match(err, /line 2: it is no line of an audit/);
});
