/** Whether handles know what their files are called, with the tree itself as the oracle. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import process from "node:process";
import fc from "fast-check";
import {
  type Handle,
  isDirectory,
  joinPath,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  type Provider,
  RENAME_EXCHANGE,
  VfsError,
} from "../src/fs/mod.ts";
import { deny, hook, HookEngine, InterceptProvider, readOnly } from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { oldServer } from "./_old_server.ts";
import { names, outcome, readHandle, readText, using, writeText } from "./hooks/kit.ts";

/** Few names, so that operations meet. */
const NAMES = ["/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/f", "/f/a"];
const name = fc.constantFrom(...NAMES);
type Step = (files: Provider, open: Handle[]) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  name.map((path): Step => (files, open) => {
    open.push(files.open(path, O_RDWR | O_CREAT, 0o644) as Handle);
  }),
  name.map((path): Step => (files) => files.mkdir(path, 0o755)),
  fc.tuple(name, name).map(([from, to]): Step => (files) => files.rename(from, to)),
  fc.tuple(name, name).map(([from, to]): Step => (files) =>
    files.rename(from, to, RENAME_EXCHANGE)
  ),
  fc.tuple(name, name).map(([from, to]): Step => (files) => files.link(from, to)),
  name.map((path): Step => (files) => files.unlink(path)),
  name.map((path): Step => (files) => files.rmdir(path)),
  name.map((path): Step => (files) => void files.removeAll(path)),
  fc.nat(9).map((which): Step => (_, open) => {
    open.splice(which, 1)[0]?.close();
  }),
);

/** The paths of every file, by its inode number. */
function namesOf(files: MemoryProvider): Map<bigint, string[]> {
  const found = new Map<bigint, string[]>();
  const visit = (directory: string) => {
    for (
      const { name, ino, mode } of files.readDir(directory) as ReturnType<typeof files.readDir>
    ) {
      const path = joinPath(directory, name);
      found.set(ino, [...found.get(ino) ?? [], path]);
      if (isDirectory(mode)) visit(path);
    }
  };
  visit("/");
  return found;
}

test("a handle is judged by all names that its file has, after any renames, links and removals", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const memory = new MemoryProvider();
      let judged: string[] = [];
      const engine = new HookEngine([
        // Looks at paths, so that other names matter, and is asked under each of them.
        hook({
          ops: ["sync"],
          matcher: { match: ({ path }) => judged.push(path) < 0 },
          before: () => {},
        }),
      ]);
      const files = new InterceptProvider(memory, engine);
      const open: Handle[] = [];
      for (const step of steps) {
        try {
          await step(files, open);
        } catch (error) {
          if (!(error instanceof VfsError)) throw error;
        }
      }
      const names = namesOf(memory);
      for (const handle of open) {
        judged = [];
        await handle.sync();
        const { ino } = await handle.stat();
        const expected = names.get(ino);
        // A file without a name is judged by the last that it had, whatever that was.
        if (expected === undefined) assert.equal(judged.length, 1);
        else assert.deepEqual(judged.sort(), expected.sort());
      }
    }),
    { numRuns: Number(process.env["VFS_HOOK_RUNS"] ?? 1500) },
  );
});

test("a handle is judged by other names that only a later rule is about", async () => {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/secret", 0o755);
  await writeText(inner, "/w/secret/key", "secret");
  inner.link("/w/secret/key", "/w/other");
  // A rule about paths has the handle's other names looked for once.
  const engine = new HookEngine([deny("/elsewhere")]);
  const files = new InterceptProvider(inner, engine);
  await using(files.open("/w/other", O_RDONLY), async (handle) => {
    assert.equal(await readHandle(handle), "secret");
    engine.add({ ops: ["read"], pathPattern: "/w/secret/**", action: "block" });
    assert.equal(await outcome(() => readHandle(handle)), "EPERM");
  });
});

test("a rule about reading holds for a handle whose other name goes", async () => {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/secret", 0o755);
  await writeText(inner, "/w/secret/key", "secret");
  inner.link("/w/secret/key", "/w/other");
  const engine = new HookEngine();
  const files = new InterceptProvider(inner, engine);
  await using(files.open("/w/other", O_RDONLY), async (handle) => {
    engine.add({ ops: ["read"], pathPattern: "/w/secret/**", action: "block" });
    await files.unlink("/w/other");
    assert.equal(await outcome(() => readHandle(handle)), "EPERM");
    await files.rename("/w/secret", "/w/public");
    assert.equal(await readHandle(handle), "secret");
  });
});

test("removeAll() removes no other name of what may not be removed", async () => {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/locked", 0o755);
  inner.mkdirAll("/w/links", 0o755);
  await writeText(inner, "/w/locked/cfg", "locked");
  await writeText(inner, "/w/links/mine", "mine");
  inner.link("/w/locked/cfg", "/w/links/cfg");
  const files = new InterceptProvider(inner, new HookEngine([readOnly("/w/locked")]));
  assert.equal(await outcome(() => files.unlink("/w/links/cfg")), "EROFS");
  assert.equal(await outcome(() => files.removeAll("/w/links")), "EROFS");
  assert.deepEqual(await names(inner, "/w/links"), ["cfg"]);
});

test("links that guests make are known also where a server of version 1 counts none", async () => {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w/secret", 0o755);
  await writeText(inner, "/w/secret/key", "secret");
  const old = oldServer(inner);
  const client = await VfsClient.connect(() => old.connect());
  const engine = new HookEngine([{ ops: ["read"], pathPattern: "/w/secret/**", action: "block" }]);
  const files = new InterceptProvider(new RemoteProvider(client), engine);
  try {
    await files.link("/w/secret/key", "/w/other");
    assert.equal((await files.stat("/w/other")).nlink, 1);
    assert.equal(await outcome(() => readText(files, "/w/other")), "EPERM");
    await files.rename("/w/other", "/w/another");
    assert.equal(await outcome(() => readText(files, "/w/another")), "EPERM");
    engine.add({ ops: ["stat"], pathPattern: "/w/secret/**", action: "hide" });
    assert.equal(await files.lookup("/w/another"), undefined);
    assert.deepEqual(await names(files, "/w"), []);
  } finally {
    await client.close();
    await old.stop();
  }
});
