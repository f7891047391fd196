/** `@vfs/server/core` where there is no runtime: bundled for browsers, run in a bare context. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type OutputFile } from "esbuild";
import { inDirectory, ROOT, RUNTIMES, succeed, unpackInto } from "./_kit.ts";

/** What an edge service needs: protocol, server, files in memory, mounts, and hooks over them. */
const PARTS =
  "Decoder, FrameSplitter, FrameWriter, HookEngine, InterceptProvider, MemoryProvider, MountRouter, VfsServer";
/** What that may grow to; the aim was 60 KiB minified, which the parts have outgrown. */
const LIMIT = { minified: 180 * 1024, gzip: 58 * 1024 };

async function bundle(project: string, code: string, options: BuildOptions): Promise<OutputFile> {
  writeFileSync(join(project, "entry.mjs"), code);
  const { outputFiles, warnings, metafile } = await build({
    entryPoints: [join(project, "entry.mjs")],
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    ...options,
  });
  assert.deepEqual(warnings, []);
  const imports = Object.values(metafile!.inputs).flatMap((input) => input.imports);
  const isAllowed = (path: string) => options.platform === "node" && path.startsWith("node:");
  assert.deepEqual(imports.filter(({ external, path }) => external && !isAllowed(path)), []);
  return outputFiles![0]!;
}

test("the parts of an edge service stay small", () =>
  inDirectory(async (project) => {
    await unpackInto(project);
    const sizes: Record<string, string> = {};
    const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
    const measure = async (name: string, code: string): Promise<typeof LIMIT> => {
      const { contents } = await bundle(project, code, { minify: true });
      const size = { minified: contents.length, gzip: gzipSync(contents).length };
      sizes[name] = `${kib(size.minified)}, by gzip ${kib(size.gzip)}`;
      return size;
    };
    const parts = await measure("parts", `export { ${PARTS} } from "@vfs/server/core";`);
    await measure(
      "memory and server",
      `export { MemoryProvider, VfsServer } from "@vfs/server/core";`,
    );
    await measure("client", `export { VfsClient } from "@vfs/server/core";`);
    await measure("everything", `export * from "@vfs/server/core";`);
    console.log(sizes);
    assert.ok(parts.minified < LIMIT.minified, `${kib(parts.minified)} minified`);
    assert.ok(parts.gzip < LIMIT.gzip, `${kib(parts.gzip)} by gzip`);
  }));

/** Serves one connection over streams, and asks for a file through it. */
const SESSION = `
import {
  deny, HookEngine, InterceptProvider, MemoryProvider, MountRouter, promisesOf, RemoteProvider,
  StreamTransport, VfsClient, VfsServer,
} from "@vfs/server/core";

export async function session() {
  const files = MemoryProvider.from({ "hello.txt": "hello", "secret": "none of yours" });
  const guarded = new InterceptProvider(files, new HookEngine([deny(["/secret"])]));
  const server = new VfsServer(new MountRouter({ "/workspace": guarded }));
  const client = await VfsClient.connect(() => {
    const there = new TransformStream();
    const back = new TransformStream();
    void server.handleConnection({ readable: there.readable, writable: back.writable });
    return new StreamTransport({ readable: back.readable, writable: there.writable });
  });
  const fs = promisesOf(new RemoteProvider(client));
  const text = await fs.readFile("/workspace/hello.txt", "utf8");
  const refused = await fs.readFile("/workspace/secret").then(() => "", ({ code }) => code);
  await client.close();
  await server.stop();
  return [text, refused];
}
`;

/** What browsers, workers and edge services all have, of what is no part of the language. */
const WEB = [
  "AbortController",
  "AbortSignal",
  "ReadableStream",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "WritableStream",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "performance",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
] as const;

test("it serves a request in a context with nothing of Node", () =>
  inDirectory(async (project) => {
    await unpackInto(project);
    const { text } = await bundle(project, SESSION, { format: "iife", globalName: "edge" });
    const own = globalThis as unknown as Record<string, unknown>;
    const context = createContext(Object.fromEntries(WEB.map((name) => [name, own[name]])));
    const { session } = runInContext(`${text}\nedge`, context);
    assert.deepEqual([...await session()], ["hello", "EACCES"]);
    assert.equal(
      runInContext("typeof process + typeof Buffer + typeof require", context),
      "undefined".repeat(3),
    );
  }));

test("a bundle of another program does not start ours", () =>
  inDirectory(async (project) => {
    for (const path of [join(ROOT, "mod.ts"), "@vfs/server"]) {
      await unpackInto(project);
      const code = `import { VfsServer } from ${
        JSON.stringify(path)
      }; console.log(typeof VfsServer);`;
      const { contents } = await bundle(project, code, { platform: "node" });
      writeFileSync(join(project, "bundle.mjs"), contents);
      for (const name of ["node26", "bun"]) {
        const text = await succeed(RUNTIMES[name]!, ["bundle.mjs", "--version"], { cwd: project });
        assert.equal(text, "function\n", `${path} with ${name}`);
      }
    }
  }));
