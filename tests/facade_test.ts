/** The suite of the facade before a tree in memory, and what only the facade has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type * as real from "node:fs/promises";
import {
  type Change,
  type Handle,
  HOST_CONTEXT,
  type OpContext,
  type Provider,
  toVfsError,
  VfsError,
} from "../src/fs/mod.ts";
import { FsError, promisesOf } from "../src/facade/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import { CASES } from "./_facade_suite.ts";

const memory = () => new MemoryProvider();

for (const [name, run] of Object.entries(CASES)) {
  test(`promisesOf() before memory: ${name}`, async () => {
    const fs = promisesOf(memory());
    await fs.mkdir("/some/where", { recursive: true });
    await run(fs as unknown as typeof real, "/some/where", true);
  });
}

test("promisesOf() keeps every link inside the tree", async () => {
  const fs = promisesOf(MemoryProvider.from({ "secret": "the tree's own", "d": {} }));
  await fs.symlink("/secret", "/d/absolute");
  await fs.symlink("../../../../../../secret", "/d/up");
  assert.equal(await fs.readFile("/d/absolute", "utf8"), "the tree's own");
  assert.equal(await fs.readFile("/d/up", "utf8"), "the tree's own");
  assert.equal(await fs.readFile("/../../secret", "utf8"), "the tree's own");
  assert.equal(await fs.readFile("secret", "utf8"), "the tree's own");
});

test("promisesOf() gives functions that can be taken out of the object", async () => {
  const { writeFile, readFile } = promisesOf(memory());
  await writeFile("/f", "x");
  assert.equal(await readFile("/f", "utf8"), "x");
});

test("promisesOf() raises errors that keep their cause and their Linux number", async () => {
  const error = await promisesOf(memory()).rename("/a", "/b").catch((thrown) => thrown);
  assert.ok(error instanceof FsError);
  assert.equal(error.message, "ENOENT: no such file or directory, rename '/a' -> '/b'");
  assert.ok(error.cause instanceof VfsError);
  assert.equal(toVfsError(error).code, "ENOENT");
});

test("promisesOf() asks on behalf of the caller that it is given", async () => {
  const context: OpContext = { ...HOST_CONTEXT, uid: 1000, gid: 100 };
  const fs = promisesOf(MemoryProvider.from({}), { context, umask: 0o077 });
  await fs.writeFile("/f", "");
  const stats = await fs.stat("/f");
  assert.deepEqual([stats.uid, stats.gid, stats.mode & 0o777], [1000, 100, 0o600]);
  await assert.rejects(fs.access("/f", fs.constants.X_OK), { code: "EACCES" });
  await fs.access("/f", fs.constants.R_OK);
});

test("readableStream() gives the wanted part", async () => {
  const fs = promisesOf(memory());
  const data = new Uint8Array(300_000).map((_, i) => i % 251);
  await fs.writeFile("/f", data);
  const whole = await new Response(await fs.readableStream("/f")).bytes();
  assert.deepEqual(whole, data);
  const part = await new Response(await fs.readableStream("/f", { start: 100, end: 70_000 }))
    .bytes();
  assert.deepEqual(part, data.subarray(100, 70_001));
});

test("readableStream() closes the file when it is cancelled", async () => {
  const { provider, open } = counting(memory());
  const fs = promisesOf(provider);
  await fs.writeFile("/f", "x".repeat(200_000));
  const reader = (await fs.readableStream("/f")).getReader();
  await reader.read();
  assert.equal(open(), 1);
  await reader.cancel();
  assert.equal(open(), 0);
});

test("writableStream() takes text and bytes, at the start or from an offset", async () => {
  const fs = promisesOf(memory());
  const writer = (await fs.writableStream("/f")).getWriter();
  await writer.write("text and ");
  await writer.write(new TextEncoder().encode("bytes"));
  await writer.close();
  assert.equal(await fs.readFile("/f", "utf8"), "text and bytes");
  const patch = (await fs.writableStream("/f", { flags: "r+", start: 5 })).getWriter();
  await patch.write("or ");
  await patch.close();
  assert.equal(await fs.readFile("/f", "utf8"), "text or  bytes");
});

test("streams can be piped into each other", async () => {
  const fs = promisesOf(memory());
  await fs.writeFile("/a", "x".repeat(200_000));
  await (await fs.readableStream("/a")).pipeTo(await fs.writableStream("/b"));
  assert.equal((await fs.stat("/b")).size, 200_000);
});

test("readLines() gives lines whatever ends them", async () => {
  const fs = promisesOf(memory());
  await fs.writeFile("/f", "one\ntwo\r\nthree");
  const lines: string[] = [];
  for await (const line of (await fs.open("/f")).readLines()) lines.push(line);
  assert.deepEqual(lines, ["one", "two", "three"]);
});

test("watch() tells of changes where the provider does", async () => {
  const listeners = new Set<(change: Change) => void>();
  const provider = Object.assign(MemoryProvider.from({ "d": { "e": {} } }), {
    watch(path: string, listener: (change: Change) => void): () => void {
      assert.equal(path, "/d");
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const aborter = new AbortController();
  const events = promisesOf(provider).watch("/d", { signal: aborter.signal });
  const first = events.next();
  while (listeners.size === 0) await new Promise((resolve) => setTimeout(resolve));
  const tell = (change: Change) => listeners.forEach((listener) => listener(change));
  tell({ kind: "entry", path: "/d/new" });
  tell({ kind: "inode", path: "/d/e/deep" });
  tell({ kind: "inode", path: "/d/e" });
  tell({ kind: "tree", path: "/d" });
  assert.deepEqual((await first).value, { eventType: "rename", filename: "new" });
  assert.deepEqual((await events.next()).value, { eventType: "change", filename: "e" });
  assert.deepEqual((await events.next()).value, { eventType: "rename", filename: null });
  const last = events.next();
  aborter.abort();
  await assert.rejects(last, { name: "AbortError" });
  assert.equal(listeners.size, 0);
});

test("watch() says so where the provider tells nothing", async () => {
  const provider: Provider = new Proxy(memory(), {
    get: (target, key) => {
      if (key === "watch") return undefined;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await assert.rejects(promisesOf(provider).watch("/").next(), { code: "ENOSYS" });
});

test("no function leaves a handle open, whether it succeeds or fails", async () => {
  const { provider, open } = counting(memory());
  const fs = promisesOf(provider);
  await fs.mkdir("/d/e", { recursive: true });
  await fs.writeFile("/d/f", "x");
  await fs.copyFile("/d/f", "/d/g");
  await fs.cp("/d", "/h", { recursive: true });
  for await (const _ of await fs.opendir("/", { recursive: true }));
  await fs.rm("/h", { recursive: true });
  await assert.rejects(fs.readFile("/d"), { code: "EISDIR" });
  await assert.rejects(fs.copyFile("/d/f", "/d"), { code: "EISDIR" });
  async function* broken(): AsyncGenerator<string> {
    yield await Promise.resolve("x");
    throw new RangeError("mine");
  }
  await assert.rejects(fs.writeFile("/f", broken()), RangeError);
  assert.equal(open(), 0);
});

/** A provider that counts the handles that are open. */
function counting(target: Provider): { provider: Provider; open: () => number } {
  let open = 0;
  const opened = (handle: Handle): Handle => {
    open++;
    const close = handle.close.bind(handle);
    handle.close = (context) => {
      open--;
      return close(context);
    };
    return handle;
  };
  const provider = new Proxy(target, {
    get: (_, key: keyof Provider) => {
      const value = target[key];
      if (typeof value !== "function") return value;
      const method = (value as (...args: unknown[]) => unknown).bind(target);
      if (key !== "open" && key !== "openDir" && key !== "create") return method;
      return (...args: unknown[]) => opened(method(...args) as Handle);
    },
  });
  return { provider, open: () => open };
}
