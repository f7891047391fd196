/** The tarball in an empty project: run by each runtime, imported by both kinds of modules. */
import assert from "node:assert/strict";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  inDirectory,
  installInto,
  ROOT,
  run,
  RUNTIMES,
  serveAndUse,
  succeed,
  unpackInto,
  withoutMounts,
} from "./_kit.ts";

const VERSION: string = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;
const BIN = "node_modules/@vfs/server/dist/bin.js";
/** From the oldest Node that the package is for to the newest there is. */
const NODES = ["node20", "node22", "node24", "node26"];

test("the program serves on Node, on Bun and on Deno", () =>
  inDirectory(async (project) => {
    await installInto(project);
    for (const name of [...NODES, "bun"]) {
      await serveAndUse([RUNTIMES[name]!, BIN], { cwd: project });
    }
    await serveAndUse([RUNTIMES["deno"]!, "run", "-A", "--no-check", BIN], { cwd: project });
  }));

test("npx, bunx and `deno run npm:` find the program", () =>
  inDirectory(async (project) => {
    await installInto(project);
    for (const name of NODES) {
      const PATH = `${dirname(RUNTIMES[name]!)}:${process.env["PATH"]}`;
      const text = await succeed("npx", ["vfs-server", "--version"], {
        cwd: project,
        env: { PATH },
      });
      assert.match(text, new RegExp(`^vfs-server ${VERSION} \\(node `));
    }
    const bun = await succeed(RUNTIMES["bunx"]!, ["--bun", "vfs-server", "--version"], {
      cwd: project,
    });
    assert.match(bun, new RegExp(`^vfs-server ${VERSION} \\(bun `));
    const deno = await succeed(RUNTIMES["deno"]!, ["run", "-A", "npm:@vfs/server", "--version"], {
      cwd: project,
    });
    assert.match(deno, new RegExp(`^vfs-server ${VERSION} \\(deno `));
  }));

const USE = `
const files = new vfs.MemoryProvider();
const work = async () => {
  const fs = vfs.promisesOf(files);
  await fs.writeFile("/a", "hello");
  console.log(await fs.readFile("/a", "utf8"), typeof vfs.VfsServer, typeof vfs.main);
};
work();
`;

test("ES modules and CommonJS import it", () =>
  inDirectory(async (project) => {
    await unpackInto(project, "commonjs");
    const modules: Record<string, string> = {
      "all.mjs": `import * as vfs from "@vfs/server";${USE}`,
      "core.mjs": `import * as vfs from "@vfs/server/core";${USE}`,
      "all.cjs": `const vfs = require("@vfs/server");${USE}`,
      "core.cjs": `const vfs = require("@vfs/server/core");${USE}`,
      "dynamic.cjs": `import("@vfs/server").then((vfs) => {${USE}});`,
    };
    for (const [file, text] of Object.entries(modules)) {
      writeFileSync(join(project, file), text);
      const main = file.startsWith("core") ? "undefined" : "function";
      for (const name of [...NODES, "bun", "deno"]) {
        const args = name === "deno" ? ["run", "-A", file] : [file];
        const { status, stdout, stderr } = await run(RUNTIMES[name]!, args, { cwd: project });
        assert.equal(status, 0, `${name} ${file}: ${stderr}`);
        assert.equal(stdout, `hello function ${main}\n`, `${name} ${file}`);
        if (name !== "deno") assert.equal(stderr, "", `${name} ${file}`);
      }
    }
  }));

/** The adapter of each runtime. */
const ADAPTERS: readonly (readonly [name: string, adapter: string])[] = [
  ...NODES.map((name) => [name, "node"] as const),
  ["bun", "bun"],
  ["deno", "deno"],
];

test("each adapter serves a socket in its runtime", () =>
  inDirectory(async (project) => {
    await unpackInto(project);
    for (const [name, adapter] of ADAPTERS) {
      writeFileSync(
        join(project, "serve.mjs"),
        `import { MemoryProvider, VfsServer } from "@vfs/server/core";
         import { RealDirectoryProvider, runtime, serveUnixBackground } from "@vfs/server/${adapter}";
         const server = new VfsServer(new MemoryProvider());
         const stop = await serveUnixBackground(server, "./adapter.sock");
         await stop();
         console.log(runtime.name, new RealDirectoryProvider(".").stat("/serve.mjs").size);`,
      );
      const args = name === "deno" ? ["run", "-A", "serve.mjs"] : ["serve.mjs"];
      const size = readFileSync(join(project, "serve.mjs")).length;
      assert.equal(
        await succeed(RUNTIMES[name]!, args, { cwd: project }),
        `${adapter} ${size}\n`,
      );
    }
  }));

test("the mount entry mounts a directory on each runtime", { skip: withoutMounts() }, async () => {
  await inDirectory(async (project) => {
    await unpackInto(project);
    mkdirSync(join(project, "files"));
    mkdirSync(join(project, "mnt"));
    for (const [name, adapter] of ADAPTERS) {
      writeFileSync(
        join(project, "mount.mjs"),
        `import { execFile } from "node:child_process";
         import { promisify } from "node:util";
         import { RealDirectoryProvider } from "@vfs/server/${adapter}";
         import { mount } from "@vfs/server/mount";
         const mounted = await mount(new RealDirectoryProvider("./files"), "./mnt");
         try {
           // The programs that look at the mount are others: this one serves it.
           const script = "echo ${name} > mnt/name && cat mnt/name && ls mnt";
           console.log((await promisify(execFile)("sh", ["-c", script])).stdout);
         } finally {
           await mounted.unmount();
         }`,
      );
      const args = name === "deno" ? ["run", "-A", "mount.mjs"] : ["mount.mjs"];
      assert.equal(
        await succeed(RUNTIMES[name]!, args, { cwd: project }),
        `${name}\nname\n\n`,
      );
      assert.equal(readFileSync(join(project, "files", "name"), "utf8"), `${name}\n`);
    }
  });
});

test("what the pages name is in the package, and nothing that only this repository needs", () =>
  inDirectory(async (project) => {
    await unpackInto(project);
    const folder = join(project, "node_modules", "@vfs", "server");
    for (const page of globSync("{*,{docs,examples}/**/*}.md", { cwd: folder })) {
      const text = readFileSync(join(folder, page), "utf8");
      const links = [...text.matchAll(/\]\(([^):#\s]+)(#[^)\s]*)?\)/g)].map((match) => match[1]!);
      if (page === "README.md") assert.ok(links.length > 5);
      for (const link of links) {
        assert.ok(existsSync(join(folder, dirname(page), link)), `${page}: ${link}`);
      }
    }

    const names = readdirSync(folder).sort();
    assert.deepEqual(names, [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "docs",
      "examples",
      "man",
      "package.json",
    ]);
    assert.deepEqual(readdirSync(join(folder, "dist")).sort(), [
      "adapters",
      "bin.js",
      "mod.d.ts",
      "mod.js",
      "src",
      "with_resolvers.js",
    ]);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    assert.deepEqual([manifest.license, manifest.private, manifest.dependencies], [
      "MIT",
      undefined,
      undefined,
    ]);
    for (const file of Object.values(manifest.exports as Record<string, { types?: string }>)) {
      const paths = typeof file === "string" ? [file] : Object.values(file);
      for (const path of paths) assert.ok(existsSync(join(folder, path as string)), String(path));
    }
  }));
