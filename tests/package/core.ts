/** `@vfs/server/core` where there is no runtime: bundled for browsers, run in a bare context. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type OutputFile, type Plugin } from "esbuild";
import { inDirectory, ROOT, RUNTIMES, succeed, unpackInto } from "./_kit.ts";

/** The layers of an edge service: protocol, server, files in memory, mounts, and hooks over them. */
const LAYERS = "HookEngine, InterceptProvider, MemoryProvider, MountRouter, VfsServer";
/** What that may grow to; the aim was 60 KiB minified, which by gzip alone is kept. */
const LIMIT = { minified: 172 * 1024, gzip: 57 * 1024 };
/** What an import of nothing may cost: tables that bundlers cannot tell to be free of effects. */
const LEFTOVER = 16 * 1024;

/** Puts something else in the place of a module, to see what the module adds. */
function without(name: string, filter: RegExp, contents: string): Plugin {
  return { name, setup: (build) => build.onLoad({ filter }, () => ({ contents })) };
}

/** Leaves version 2 of the protocol out; the server cannot be had without. */
const VERSION_1 = without(
  "v1 alone",
  /server\/v2\/(hello|session_registry)\.js$/,
  "export function hello() {} export class SessionRegistry {}",
);

/** Leaves out what changes files on their way; the rule `mutate_write` cannot be had without. */
const UNCHANGED = without(
  "no mutate_write",
  /hooks\/layers\/_prepare\.js$/,
  "export const prepare = (inner) => inner;",
);

/** The layers one by one, to see what each adds to those before it. */
const STEPS: readonly (readonly [what: string, plugins: Plugin[]])[] = [
  ["VfsServer", [VERSION_1]],
  ["MountRouter, VfsServer", [VERSION_1]],
  ["MemoryProvider, MountRouter, VfsServer", [VERSION_1]],
  [LAYERS, [VERSION_1, UNCHANGED]],
  [LAYERS, [VERSION_1]],
];

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

/** What docs/guides/install.md tells of sizes, in KiB; it may be wrong by a twentieth. */
function toldSizes(): { readonly minified: number; readonly gzip: number }[] {
  const page = readFileSync(join(ROOT, "docs", "guides", "install.md"), "utf8");
  return [...page.matchAll(/\| +(\d+) KiB +\| +(\d+) KiB +\|$/gm)]
    .map(([, minified, gzip]) => ({ minified: Number(minified), gzip: Number(gzip) }));
}

test("what is imported is what is bundled, and it stays small", () =>
  inDirectory(async (project) => {
    await unpackInto(project);
    const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
    const measure = async (
      code: string,
      options: BuildOptions = {},
      entry = "@vfs/server/core",
    ): Promise<typeof LIMIT> => {
      const text = `${code} ${JSON.stringify(entry)};`;
      const { contents } = await bundle(project, text, { minify: true, ...options });
      const size = { minified: contents.length, gzip: gzipSync(contents).length };
      const what = [code.replace(" from", ""), ...(options.plugins ?? []).map(({ name }) => name)];
      console.log(`${what.join(", ")}: ${kib(size.minified)}, by gzip ${kib(size.gzip)}`);
      return size;
    };
    await measure("export * from");
    for (const [what, plugins] of STEPS) await measure(`export { ${what} } from`, { plugins });
    const layers = await measure(`export { ${LAYERS} } from`);
    const server = await measure("export { MemoryProvider, VfsServer } from");
    const client = await measure("export { VfsClient } from");
    assert.deepEqual(toldSizes().length, 3);
    for (const [i, size] of [server, layers, client].entries()) {
      const { minified, gzip } = toldSizes()[i]!;
      const differs = (is: number, told: number) => Math.abs(is / 1024 - told) > told / 20;
      assert.ok(
        !differs(size.minified, minified) && !differs(size.gzip, gzip),
        `docs/guides/install.md: row ${i + 1} is ${kib(size.minified)}, by gzip ${kib(size.gzip)}`,
      );
    }
    assert.ok(layers.minified < LIMIT.minified, `${kib(layers.minified)} minified`);
    assert.ok(layers.gzip < LIMIT.gzip, `${kib(layers.gzip)} by gzip`);
    // JSR has no manifest that says what is free of effects: there the sources have to say it.
    const nothing = await measure("import", {}, join(ROOT, "src", "mod.ts"));
    assert.ok(nothing.minified < LEFTOVER, `${kib(nothing.minified)} for nothing`);
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
