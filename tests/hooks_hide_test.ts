/** Hidden files: absent from listings, ENOENT by every operation and by every name. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import {
  type Change,
  type DirPageEntry,
  isWatchable,
  isWithin,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  type Provider,
  RENAME_EXCHANGE,
  S_IFREG,
} from "../src/fs/mod.ts";
import { hide, hook, HookEngine, InterceptProvider } from "../src/hooks/mod.ts";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { connectTo, serveOnSocket } from "./_remote_kit.ts";
import { bytes, names, outcome, readText, using, writeText } from "./hooks/kit.ts";

async function hiding(): Promise<{ inner: MemoryProvider; files: Provider; engine: HookEngine }> {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/.ssh", 0o755);
  inner.mkdirAll("/w/src/.env.d", 0o755);
  await writeText(inner, "/w/.env", "KEY=1");
  await writeText(inner, "/w/.ssh/id", "private");
  await writeText(inner, "/w/src/.env.d/x", "X=1");
  await writeText(inner, "/w/src/main.ts", "main");
  inner.link("/w/.env", "/w/src/alias");
  inner.setxattr("/w/.env", "user.x", bytes("1"));
  inner.symlink("/w/.env", "/w/to-env");
  const engine = new HookEngine([
    { pathPattern: "/w/.env.example", action: "allow" },
    hide([".env*", "**/.ssh/**"]),
  ]);
  return { inner, engine, files: new InterceptProvider(inner, engine) };
}

/** Every operation on something that exists. */
const ON_EXISTING: Readonly<Record<string, (files: Provider, path: string) => unknown>> = {
  stat: (files, path) => files.stat(path),
  readDir: (files, path) => files.readDir(path),
  openDir: (files, path) => files.openDir(path),
  "open for reading": (files, path) => files.open(path, O_RDONLY),
  "open for both": (files, path) => files.open(path, O_RDWR),
  "open with O_TRUNC": (files, path) => files.open(path, O_RDWR | O_TRUNC),
  "open with O_PATH": (files, path) => files.open(path, O_PATH),
  "open with O_DIRECTORY": (files, path) => files.open(path, O_DIRECTORY),
  readlink: (files, path) => files.readlink(path),
  unlink: (files, path) => files.unlink(path),
  rmdir: (files, path) => files.rmdir(path),
  remove: (files, path) => files.remove(path),
  "rename away": (files, path) => files.rename(path, "/w/found"),
  "exchange": (files, path) => files.rename(path, "/w/src", RENAME_EXCHANGE),
  "link to it": (files, path) => files.link(path, "/w/found"),
  chmod: (files, path) => files.chmod(path, 0o777),
  chown: (files, path) => files.chown(path, 1, 1),
  utimes: (files, path) => files.utimes(path, "now", "now"),
  truncate: (files, path) => files.truncate(path, 0),
  statfs: (files, path) => files.statfs(path),
  getxattr: (files, path) => files.getxattr(path, "user.x"),
  setxattr: (files, path) => files.setxattr(path, "user.x", bytes("2")),
  listxattr: (files, path) => files.listxattr(path),
  removexattr: (files, path) => files.removexattr(path, "user.x"),
};

/** Every way to make something of a name. */
const MAKING: Readonly<Record<string, (files: Provider, path: string) => unknown>> = {
  create: (files, path) => files.create(path, 0o644),
  "open with O_CREAT": (files, path) => files.open(path, O_RDWR | O_CREAT, 0o644),
  "open with O_CREAT and O_TRUNC": (files, path) =>
    files.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644),
  "open with O_EXCL": (files, path) => files.open(path, O_RDWR | O_CREAT | O_EXCL, 0o644),
  mkdir: (files, path) => files.mkdir(path, 0o755),
  mkdirAll: (files, path) => files.mkdirAll(path, 0o755),
  mknod: (files, path) => files.mknod(path, S_IFREG | 0o644, 0),
  symlink: (files, path) => files.symlink("x", path),
  link: (files, path) => files.link("/w/src/main.ts", path),
  "rename onto": (files, path) => files.rename("/w/src/main.ts", path),
};

/** What is there and hidden: by its name, in a hidden directory, by another name. */
const HIDDEN = ["/w/.env", "/w/.ssh", "/w/.ssh/id", "/w/src/.env.d/x", "/w/src/alias"];
/** What is hidden and not there. */
const ABSENT = ["/w/.env.local", "/w/.ssh/other", "/w/src/.env.d/y"];

for (const [label, act] of Object.entries(ON_EXISTING)) {
  test(`hide(): ${label} of what is hidden fails with ENOENT`, async () => {
    for (const path of [...HIDDEN, ...ABSENT]) {
      const { files, inner } = await hiding();
      assert.equal(await outcome(() => act(files, path)), "ENOENT", path);
      assert.equal(files.lookup(path), undefined, path);
      assert.equal(await readText(inner, "/w/.env"), "KEY=1");
      assert.equal(await readText(inner, "/w/.ssh/id"), "private");
    }
  });
}

for (const [label, act] of Object.entries(MAKING)) {
  test(`hide(): ${label} of a hidden name fails with EACCES, there or not`, async () => {
    // The same answer for both: who asks does not learn which names are there.
    for (const path of ["/w/.env", "/w/.ssh/id", "/w/src/alias", ...ABSENT]) {
      const { files } = await hiding();
      assert.equal(await outcome(() => act(files, path)), "EACCES", path);
    }
  });
}

test("hide() leaves what is hidden out of listings, with and without attributes", async () => {
  const { files } = await hiding();
  assert.deepEqual(await names(files, "/w"), ["src", "to-env"]);
  assert.deepEqual(await names(files, "/w/src"), ["main.ts"]);
  const entries = await files.readDir("/w/src", true);
  assert.deepEqual(entries.map(({ name, info }) => [name, info?.size]), [["main.ts", 4]]);
});

test("hide() leaves out nothing that an exception before it allows", async () => {
  const { files } = await hiding();
  await writeText(files, "/w/.env.example", "KEY=");
  assert.deepEqual(await names(files, "/w"), [".env.example", "src", "to-env"]);
  assert.equal(await readText(files, "/w/.env.example"), "KEY=");
});

for (const limit of [1, 2, 7, 100]) {
  test(`hide() leaves pages of ${limit} without gaps, and none empty before the end`, async () => {
    const { inner, files } = await hiding();
    inner.mkdir("/d", 0o755);
    const visible: string[] = [];
    for (let i = 0; i < 300; i++) {
      // Runs of hidden entries longer than any page.
      const isVisible = i % 97 === 0;
      const name = `${isVisible ? "" : ".env"}${i}`;
      await writeText(inner, `/d/${name}`, "x");
      if (isVisible) visible.push(name);
    }
    const seen: string[] = [];
    await using(files.openDir("/d"), async (handle) => {
      let page: DirPageEntry[];
      let cursor = 0;
      do {
        page = await handle.readDir(cursor, limit);
        assert.ok(page.length <= limit);
        seen.push(...page.map(({ name }) => name));
        cursor = page.at(-1)?.cursor ?? 0;
      } while (page.length > 0);
    });
    assert.deepEqual(seen.sort(), visible.sort());
  });
}

test("hide() keeps a directory from being removed with what is hidden in it", async () => {
  const { inner, files } = await hiding();
  assert.equal(await outcome(() => files.removeAll("/w")), "ENOTEMPTY");
  assert.deepEqual(await names(files, "/w"), ["src"]);
  assert.equal(await readText(inner, "/w/.ssh/id"), "private");
  assert.equal(await readText(inner, "/w/src/.env.d/x"), "X=1");
  assert.equal(await outcome(() => files.rmdir("/w/src")), "ENOTEMPTY");
});

test("hide() lets a directory be renamed where what is in it stays hidden, and not elsewhere", async () => {
  const { inner, files } = await hiding();
  await files.rename("/w/src", "/w/lib");
  assert.equal(await outcome(() => readText(files, "/w/lib/.env.d/x")), "ENOENT");
  assert.equal(await readText(inner, "/w/lib/.env.d/x"), "X=1");
  const anchored = new InterceptProvider(inner, new HookEngine([hide("/w/lib/.env.d")]));
  assert.equal(await outcome(() => anchored.rename("/w/lib", "/w/src")), "EACCES");
  assert.equal(await outcome(() => anchored.rename("/w", "/v")), "EACCES");
});

test("hide() does not look at what a symlink says", async () => {
  const { files } = await hiding();
  await files.symlink("/w/.env", "/w/another");
  assert.equal(await files.readlink("/w/another"), "/w/.env");
});

test("hide() hides through handles that are open", async () => {
  const inner = new MemoryProvider();
  await writeText(inner, "/.env", "KEY=1");
  const engine = new HookEngine();
  const files = new InterceptProvider(inner, engine);
  await using(files.open("/.env", O_RDWR), async (handle) => {
    engine.add(hide(".env"));
    assert.equal(await outcome(() => handle.readAt(new Uint8Array(9), 0)), "ENOENT");
    assert.equal(await outcome(() => handle.stat()), "ENOENT");
  });
});

test("hide() never hides the root", async () => {
  const { inner } = await hiding();
  const files = new InterceptProvider(inner, new HookEngine([hide("**")]));
  assert.ok((await files.stat("/")).ino > 0n);
  assert.deepEqual(await names(files, "/"), []);
  assert.equal(files.lookup("/w"), undefined);
});

test("hide() hides unnamed files of a hidden directory", async () => {
  const { files } = await hiding();
  assert.equal(await outcome(() => files.open("/w/.ssh", O_TMPFILE | O_RDWR, 0o600)), "EACCES");
});

test("a hook that decides to hide is asked about every name of a listing", async () => {
  const { inner } = await hiding();
  const causes = new Set<string>();
  const files = new InterceptProvider(
    inner,
    new HookEngine([
      hook({
        ops: ["stat"],
        before: async ({ path, cause }) => {
          causes.add(cause);
          await null;
          return path.endsWith(".ts") ? hide() : undefined;
        },
      }),
    ]),
  );
  assert.deepEqual(await names(files, "/w/src"), [".env.d", "alias"]);
  assert.deepEqual([...causes], ["readdir"]);
});

/** A tree that tells of changes when it is told to, at a path and below it. */
function telling() {
  const watchers = new Map<(change: Change) => void, string>();
  const watch = (path: string, listener: (change: Change) => void) => {
    watchers.set(listener, path);
    return () => void watchers.delete(listener);
  };
  const tell = (change: Change) => {
    for (const [listener, path] of watchers) if (isWithin(change.path, path)) listener(change);
  };
  return { inner: Object.assign(new MemoryProvider(), { watch }), tell, watchers };
}

function watching(files: Provider, path: string): { told: Change[]; stop: () => void } {
  assert.ok(isWatchable(files));
  const told: Change[] = [];
  return { told, stop: files.watch(path, (change) => void told.push(change)) };
}

test("hide() tells of no change of what is hidden, but that its directory did", () => {
  const { inner, tell, watchers } = telling();
  const { told, stop } = watching(
    new InterceptProvider(inner, new HookEngine([hide(".env")])),
    "/",
  );
  tell({ kind: "inode", path: "/w/a", ino: 7n });
  tell({ kind: "inode", path: "/w/.env", ino: 8n });
  tell({ kind: "entry", path: "/w/.env/x", ino: 9n });
  assert.deepEqual(told.splice(0), [{ kind: "inode", path: "/w/a", ino: 7n }]);
  tell({ kind: "entry", path: "/w/.env" });
  tell({ kind: "tree", path: "/w/.env/x" });
  assert.deepEqual(told, [{ kind: "inode", path: "/w" }, { kind: "tree", path: "/w" }]);
  stop();
  assert.equal(watchers.size, 0);
  assert.ok(!isWatchable(new InterceptProvider(new MemoryProvider(), new HookEngine())));
});

test("what some may see and others not is told of without its name", () => {
  const { inner, tell } = telling();
  const rules = [
    { pathPattern: "/w/known.key", action: "allow" } as const,
    hook({ pathPattern: "*.key", before: ({ uid }) => uid === 0 ? undefined : hide() }),
  ];
  const { told } = watching(new InterceptProvider(inner, new HookEngine(rules)), "/");
  tell({ kind: "inode", path: "/w/my.key", ino: 8n });
  tell({ kind: "inode", path: "/w/known.key", ino: 9n });
  const expected: Change[] = [
    { kind: "tree", path: "/w" },
    { kind: "inode", path: "/w/known.key", ino: 9n },
  ];
  assert.deepEqual(told, expected);
});

test("who watches a hidden name learns nothing of it that he does not of one that is not there", () => {
  const { inner, tell } = telling();
  const engine = new HookEngine([hide(".env*")]);
  const files = new InterceptProvider(inner, engine);
  const there = watching(files, "/w/.env");
  const missing = watching(files, "/w/.env.local");
  const later = watching(files, "/w/later");
  tell({ kind: "inode", path: "/w/.env", ino: 8n });
  tell({ kind: "entry", path: "/w/.env" });
  tell({ kind: "inode", path: "/w/a", ino: 9n });
  assert.deepEqual(there.told, missing.told);
  engine.add(hide("/w/later"));
  tell({ kind: "entry", path: "/w/later" });
  assert.deepEqual(later.told, []);
});

for (const [label, mounted] of [["", false], ["behind a mount, ", true]] as const) {
  test(`${label}a guest is not told by its name what another did to something hidden from it`, async () => {
    const engine = new HookEngine([
      hook({ pathPattern: "*.key", before: ({ uid }) => uid === 0 ? undefined : hide() }),
      hide(".env"),
    ]);
    const tree = new MemoryProvider();
    tree.mkdir("/w", 0o777);
    const files: Provider = new InterceptProvider(tree, engine);
    const server = new VfsServer(
      mounted ? new MountRouter({ "/": new MemoryProvider(), "/m": files }) : files,
    );
    const top = mounted ? "/m" : "";
    const [mine, theirs] = await Promise.all([
      VfsClient.connect(() => connectTo(server)),
      VfsClient.connect(() => connectTo(server)),
    ]);
    try {
      const told: Change[] = [];
      await mine.subscribe("/", (change) => void told.push(change));
      const them = new RemoteProvider(theirs);
      await writeText(them, `${top}/w/my.key`, "x");
      assert.equal(await outcome(() => writeText(them, `${top}/w/.env`, "x")), "EACCES");
      await them.mkdir(`${top}/w/seen`, 0o755);
      // Notices come before the answer to what is asked after them.
      await new RemoteProvider(mine).lookup(`${top}/w/seen`);
      const paths = new Set(told.map(({ kind, path }) => `${kind} ${path}`));
      assert.deepEqual([...paths], [`tree ${top}/w`, `entry ${top}/w/seen`]);
    } finally {
      await Promise.all([mine.close(), theirs.close()]);
      await server.stop();
    }
  });
}

test("hide() holds through a socket", async () => {
  const { files } = await hiding();
  const served = await serveOnSocket(files);
  try {
    assert.deepEqual(await names(served.provider, "/w"), ["src", "to-env"]);
    for (const path of [...HIDDEN, ...ABSENT]) {
      assert.equal(await served.provider.lookup(path), undefined, path);
      assert.equal(await outcome(() => readText(served.provider, path)), "ENOENT", path);
    }
    assert.equal(await outcome(() => served.provider.create("/w/.env", 0o644)), "EACCES");
  } finally {
    await served.dispose();
  }
});
