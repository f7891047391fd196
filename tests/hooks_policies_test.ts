import { test } from "node:test";
import { strict as assert } from "node:assert";
import {
  FALLOC_FL_KEEP_SIZE,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type Provider,
  RENAME_EXCHANGE,
} from "../src/fs/mod.ts";
import {
  approve,
  deny,
  faults,
  HookEngine,
  type HookSource,
  InterceptProvider,
  protectGit,
  quota,
  rateLimit,
  readOnly,
  redirect,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { bytes, names, outcome, readText, using, writeText } from "./hooks/kit.ts";

function behind(...hooks: HookSource[]): { inner: MemoryProvider; files: InterceptProvider } {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/dir", 0o755);
  return { inner, files: new InterceptProvider(inner, new HookEngine(hooks)) };
}

test("readOnly() lets read and refuses change, of everything by default", async () => {
  const { inner, files } = behind(readOnly());
  await writeText(inner, "/w/a", "content");
  assert.equal(await readText(files, "/w/a"), "content");
  assert.deepEqual(await names(files, "/w"), ["a", "dir"]);
  for (
    const change of [
      () => files.mkdir("/w/x", 0o755),
      () => files.create("/w/a", 0o644),
      () => files.open("/w/a", O_WRONLY),
      () => files.unlink("/w/a"),
      () => files.removeAll("/w"),
      () => files.rename("/w/a", "/w/b"),
      () => files.setxattr("/w/a", "user.x", bytes("x")),
    ]
  ) {
    assert.equal(await outcome(change), "EROFS");
  }
});

test("readOnly() and deny() are for what is below a pattern as well", async () => {
  const { inner, files } = behind(readOnly("/w/dir"), deny("secret*"));
  await writeText(inner, "/w/dir/a", "x");
  inner.mkdirAll("/w/secrets/deep", 0o755);
  assert.equal(await outcome(() => files.unlink("/w/dir/a")), "EROFS");
  assert.equal(await outcome(() => files.stat("/w/secrets/deep")), "EACCES");
  assert.equal(await outcome(() => files.readDir("/w/secrets")), "EACCES");
});

test("readOnly() lets link to it by symlink, and renames that keep everything in its place", async () => {
  const { inner, files } = behind(readOnly("*.lock"));
  await writeText(inner, "/w/dir/a.lock", "x");
  await files.symlink("/w/dir/a.lock", "/w/link");
  // Wherever the directory is, what is in it stays read-only.
  await files.rename("/w/dir", "/w/other");
  assert.equal(await outcome(() => files.unlink("/w/other/a.lock")), "EROFS");
  assert.equal(await outcome(() => files.rename("/w/other/a.lock", "/w/x")), "EROFS");
});

/** A repository with what git needs. */
async function repository(inner: Provider): Promise<void> {
  for (
    const directory of ["/p/.git/hooks", "/p/.git/refs", "/p/.git/modules/sub/hooks", "/p/src"]
  ) {
    await inner.mkdirAll(directory, 0o755);
  }
  await writeText(inner, "/p/.git/config", "[core]");
  await writeText(inner, "/p/.git/HEAD", "ref: refs/heads/main");
  await writeText(inner, "/p/.git/hooks/pre-commit.sample", "#!/bin/sh");
}

test("protectGit() keeps what makes git run programs, and lets git work", async () => {
  const { inner, files } = behind(protectGit());
  await repository(inner);
  const attempts: Record<string, () => unknown> = {
    "a new hook": () => files.create("/p/.git/hooks/pre-commit", 0o755),
    "a hook by rename": async () => {
      await writeText(files, "/p/evil", "#!/bin/sh");
      await files.rename("/p/evil", "/p/.git/hooks/pre-commit");
    },
    "a hook by chmod": () => files.chmod("/p/.git/hooks/pre-commit.sample", 0o755),
    "the configuration": () => files.open("/p/.git/config", O_WRONLY | O_APPEND),
    "the configuration by git's own way": async () => {
      await writeText(files, "/p/.git/config.lock", "[core] fsmonitor=evil");
      await files.rename("/p/.git/config.lock", "/p/.git/config");
    },
    "the configuration of a worktree": () => files.create("/p/.git/config.worktree", 0o644),
    "a hook of a submodule": () => files.create("/p/.git/modules/sub/hooks/post-checkout", 0o755),
    "another common directory": () => files.create("/p/.git/commondir", 0o644),
    "letters of the other case": () => files.mkdir("/p/.GIT/Hooks", 0o755),
    "hooks that are a link": async () => {
      await files.rename("/p/.git/hooks", "/p/old");
      await files.symlink("/p/evil", "/p/.git/hooks");
    },
    "another repository in its place": async () => {
      await files.rename("/p/.git", "/p/old");
      await files.mkdir("/p/.git", 0o755);
    },
    "another repository by exchange": async () => {
      await files.mkdirAll("/p/new", 0o755);
      await files.rename("/p/.git", "/p/new", RENAME_EXCHANGE);
    },
    "a .git that is a file": () => files.create("/p/src/.git", 0o644),
    "a .git that is a link": () => files.symlink("/p/evil", "/p/src/.git"),
    "a .git by rename": async () => {
      await files.mkdirAll("/p/src/evil/refs", 0o755);
      await writeText(files, "/p/src/evil/config", "[core]");
      await files.rename("/p/src/evil", "/p/src/.git");
    },
    "everything away": () => files.removeAll("/p/.git"),
  };
  for (const [label, attempt] of Object.entries(attempts)) {
    assert.equal(await outcome(attempt), "EPERM", label);
  }
  assert.equal(await readText(inner, "/p/.git/config"), "[core]");
  assert.deepEqual(await names(inner, "/p/.git/hooks"), ["pre-commit.sample"]);
  // What git does all day.
  await writeText(files, "/p/.git/index.lock", "index");
  await files.rename("/p/.git/index.lock", "/p/.git/index");
  await files.mkdirAll("/p/.git/refs/heads/hooks", 0o755);
  await writeText(files, "/p/.git/refs/heads/hooks/x", "0000");
  await writeText(files, "/p/.git/HEAD.lock", "ref: refs/heads/hooks/x");
  await files.rename("/p/.git/HEAD.lock", "/p/.git/HEAD");
  assert.equal(await readText(files, "/p/.git/config"), "[core]");
  await files.rename("/p", "/project");
});

test("redirect() sends what matches to another tree, and shows one tree", async () => {
  const scratch = new MemoryProvider();
  const { inner, files } = behind(redirect(["/w/out", "*.log"], scratch));
  await writeText(inner, "/w/old.log", "not to be seen");
  await writeText(inner, "/w/a", "stays");
  await files.mkdir("/w/out", 0o755);
  await writeText(files, "/w/out/x", "built");
  await writeText(files, "/w/dir/new.log", "logged");
  await writeText(files, "/w/b", "written");
  assert.deepEqual(await names(inner, "/w"), ["a", "b", "dir", "old.log"]);
  assert.deepEqual(await names(inner, "/w/dir"), []);
  assert.equal(await readText(scratch, "/w/out/x"), "built");
  assert.equal(await readText(scratch, "/w/dir/new.log"), "logged");
  assert.deepEqual(await names(files, "/w"), ["a", "b", "dir", "out"]);
  assert.deepEqual(await names(files, "/w/dir"), ["new.log"]);
  await using(files.openDir("/w"), async (handle) => {
    const first = await handle.readDir(0, 2);
    const rest = await handle.readDir(first.at(-1)!.cursor, 100);
    assert.deepEqual([...first, ...rest].map(({ name }) => name).sort(), ["a", "b", "dir", "out"]);
  });
  assert.equal(files.lookup("/w/old.log"), undefined);
  assert.notEqual((await files.stat("/w/out/x")).ino, (await files.stat("/w/a")).ino);
});

test("redirect() refuses what would cross over with EXDEV, and keeps directories with content", async () => {
  const scratch = new MemoryProvider();
  const { files } = behind(redirect("*.log", scratch));
  await writeText(files, "/w/dir/a.log", "x");
  await writeText(files, "/w/b", "x");
  assert.equal(await outcome(() => files.rename("/w/dir/a.log", "/w/a")), "EXDEV");
  assert.equal(await outcome(() => files.rename("/w/b", "/w/b.log")), "EXDEV");
  assert.equal(await outcome(() => files.link("/w/b", "/w/b.log")), "EXDEV");
  assert.equal(await outcome(() => files.rename("/w/dir", "/w/other")), "EXDEV");
  assert.equal(await outcome(() => files.rmdir("/w/dir")), "ENOTEMPTY");
  await files.rename("/w/dir/a.log", "/w/dir/b.log");
  await files.unlink("/w/dir/b.log");
  await files.rmdir("/w/dir");
  assert.equal(await outcome(() => files.create("/w/missing/a.log", 0o644)), "ENOENT");
  await files.removeAll("/w");
});

test("redirect() is judged by the rules like everything else", async () => {
  const scratch = new MemoryProvider();
  const { files } = behind(redirect("/w/out", scratch), readOnly("/w/out/fixed"));
  await files.mkdir("/w/out", 0o755);
  assert.equal(await outcome(() => files.create("/w/out/fixed", 0o644)), "EROFS");
});

test("approve() lets through what is approved, and nothing else", async () => {
  const asked: string[] = [];
  const { files } = behind(approve("/w/deploy", (request) => {
    asked.push(`${request.op} ${request.path}`);
    return Promise.resolve(request.path.endsWith("ok"));
  }));
  await files.mkdir("/w/elsewhere", 0o755);
  assert.equal(await outcome(() => files.mkdir("/w/deploy", 0o755)), "EACCES");
  await files.mkdirAll("/w/deploy-ok", 0o755);
  assert.equal(await outcome(() => files.rename("/w/elsewhere", "/w/deploy")), "EACCES");
  assert.deepEqual(asked, ["mkdir /w/deploy", "rename /w/elsewhere"]);
});

test("approve() needs true: nothing else is a yes", async () => {
  const { files } = behind(approve("/w/x", () => "yes" as unknown as boolean));
  assert.equal(await outcome(() => files.mkdir("/w/x", 0o755)), "EACCES");
});

test("faults() with a seed fails the same operations, about as often as it shall", async () => {
  const run = async (seed: number) => {
    const { files } = behind(
      faults({ op: "mkdir", path: "/w/*", errno: "ENOSPC", probability: 0.3, seed }),
    );
    const failed: number[] = [];
    for (let i = 0; i < 200; i++) {
      const end = await outcome(() => files.mkdir(`/w/${i}`, 0o755));
      if (end === "ENOSPC") failed.push(i);
      else assert.equal(end, undefined);
    }
    return failed;
  };
  const first = await run(7);
  assert.deepEqual(await run(7), first);
  assert.notDeepEqual(await run(8), first);
  assert.ok(first.length > 30 && first.length < 90, `${first.length} failed`);
});

test("faults() can delay, or delay and fail, and are never for what an operation amounts to", async () => {
  const { files, inner } = behind(
    faults({ op: "mkdir", delay: 1 }),
    faults({ op: "rmdir", delay: 1, errno: "EBUSY" }),
    faults({ op: "write" }),
  );
  const made = files.mkdir("/w/x", 0o755);
  assert.ok(made instanceof Promise);
  await made;
  assert.equal(await outcome(() => files.rmdir("/w/x")), "EBUSY");
  await writeText(inner, "/w/a", "content");
  await files.truncate("/w/a", 0);
  assert.equal(await outcome(() => writeText(files, "/w/a", "x")), "EIO");
  assert.throws(() => faults({ probability: 2 }), RangeError);
});

test("rateLimit() lets a burst through, then so many a second", async () => {
  let time = 0;
  const { files } = behind(
    rateLimit({ perSecond: 10, burst: 3, ops: ["mkdir"], errno: "EBUSY", now: () => time }),
  );
  let count = 0;
  const make = () => outcome(() => files.mkdir(`/w/${count++}`, 0o755));
  assert.deepEqual([await make(), await make(), await make()], [undefined, undefined, undefined]);
  assert.equal(await make(), "EBUSY");
  time += 100;
  assert.equal(await make(), undefined);
  assert.equal(await make(), "EBUSY");
  time += 10_000;
  assert.deepEqual([await make(), await make(), await make()], [undefined, undefined, undefined]);
  assert.equal(await make(), "EBUSY");
});

test("rateLimit() without an errno makes operations wait, and does them all", async () => {
  const { files } = behind(rateLimit({ perSecond: 1000, burst: 1, ops: ["mkdir"], now: () => 0 }));
  assert.equal(files.mkdir("/w/0", 0o755), undefined);
  const done: number[] = [];
  await Promise.all([1, 2, 3, 4].map(async (i) => {
    const made = files.mkdir(`/w/${i}`, 0o755);
    assert.ok(made instanceof Promise);
    await made;
    done.push(i);
  }));
  assert.deepEqual(done.toSorted(), [1, 2, 3, 4]);
  assert.throws(() => rateLimit({ perSecond: 0 }), RangeError);
});

test("quota() limits the bytes, however they come to be there", async () => {
  const { inner, files } = behind(quota({ path: "/w", bytes: 100 }));
  await writeText(inner, "/w/there", "x".repeat(40));
  await writeText(inner, "/outside", "x".repeat(1000));
  await writeText(files, "/w/a", "x".repeat(50));
  const attempts: Record<string, () => unknown> = {
    "a write": () => writeText(files, "/w/b", "x".repeat(20)),
    "an append": () => writeText(files, "/w/a", "x".repeat(11), O_WRONLY | O_APPEND),
    "a write behind the end": () =>
      using(files.open("/w/a", O_RDWR), (handle) => handle.writeAt(bytes("x"), 60)),
    "a truncate": () => files.truncate("/w/a", 61),
    "a truncate by handle": () =>
      using(files.open("/w/a", O_RDWR), (handle) => handle.truncate(61)),
    "an allocate": () => using(files.open("/w/a", O_RDWR), (handle) => handle.allocate(0, 0, 61)),
    "a rename from outside": () => files.rename("/outside", "/w/b"),
    "a link from outside": () => files.link("/outside", "/w/b"),
    "a copy": () =>
      using(
        files.open("/outside", O_RDONLY),
        (from) => using(files.open("/w/a", O_RDWR), (to) => from.copyRange(0, to, 50, 11)),
      ),
  };
  for (const [label, attempt] of Object.entries(attempts)) {
    assert.equal(await outcome(attempt), "EDQUOT", label);
  }
  assert.equal(inner.stat("/w/a").size, 50);
  // What fits, fits: also over what is there already.
  await using(files.open("/w/a", O_RDWR), async (handle) => {
    assert.equal(await handle.writeAt(bytes("y".repeat(50)), 0), 50);
    assert.equal(await handle.writeAt(bytes("y".repeat(10)), 50), 10);
    assert.equal(await outcome(() => handle.writeAt(bytes("y"), 60)), "EDQUOT");
    assert.equal(await outcome(() => handle.allocate(FALLOC_FL_KEEP_SIZE, 0, 1000)), undefined);
  });
});

test("quota() gives back what was removed, and counts nothing twice", async () => {
  const { files } = behind(quota({ path: "/w", bytes: 100, files: 5 }));
  for (let i = 0; i < 50; i++) {
    await writeText(files, "/w/a", "x".repeat(90));
    await files.rename("/w/a", "/w/b");
    await files.truncate("/w/b", 10);
    await writeText(files, "/w/c", "x".repeat(90));
    await files.unlink("/w/b");
    await files.unlink("/w/c");
  }
  for (const name of ["1", "2", "3"]) await files.mkdir(`/w/${name}`, 0o755);
  assert.equal(await outcome(() => files.mkdir("/w/4", 0o755)), "EDQUOT");
  assert.equal(await outcome(() => files.symlink("x", "/w/4")), "EDQUOT");
  assert.equal(await outcome(() => files.open("/w/4", O_RDWR | O_CREAT, 0o644)), "EDQUOT");
  await files.rmdir("/w/3");
  await files.mkdir("/w/4", 0o755);
  assert.throws(() => quota({}), RangeError);
});

test("quota() is not passed by writes that are under way at the same time", async () => {
  const { inner, files } = behind(
    // Makes every write wait, after the room for it was taken.
    quota({ path: "/w", bytes: 100 }),
    faults({ op: "write", delay: 5 }),
  );
  const ends = await Promise.all(
    [1, 2, 3, 4].map((i) => outcome(() => writeText(files, `/w/${i}`, "x".repeat(40)))),
  );
  assert.equal(ends.filter((end) => end === "EDQUOT").length, 2);
  const sizes = [1, 2, 3, 4].map((i) => inner.stat(`/w/${i}`).size);
  assert.equal(sizes.reduce((a, b) => a + b), 80);
});
