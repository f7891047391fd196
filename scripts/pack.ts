/**
 * Makes the npm package of the sources: JavaScript for Node 20 and up with declarations beside it,
 * file by file, so that what is installed reads like what was written.
 *
 * Usage: `node scripts/pack.ts [--out dist/npm]`. It prints the path of the tarball, which is in the
 * directory of `--out`, beside the folder `package` that it was made of.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PARTS = join(ROOT, "packaging", "npm");

/** The package's manifest, as far as it is read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, string>>;
}

/**
 * Writes the package and its tarball.
 *
 * @param out The directory for both, which is emptied first.
 * @returns The path of the tarball.
 */
export function pack(out: string): string {
  const folder = join(out, "package");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(folder, "dist"), { recursive: true });
  emitScripts(join(folder, "dist"));
  emitDeclarations(join(folder, "dist"), out);
  // What the README names is there to be read without a network.
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md", "docs", "examples"]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  for (const page of globSync("**/*.md", { cwd: folder })) keepLiveLinks(join(folder, page));
  cpSync(join(ROOT, "packaging", "vfs-server.1"), join(folder, "man", "vfs-server.1"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  const listing = run("npm", ["pack", "--json", "--silent", "--pack-destination", out], folder);
  return join(out, tarballName(JSON.parse(listing)));
}

/** The newest versions of npm answer with an object by name, the others with a list. */
function tarballName(listing: Record<string, { readonly filename: string }>): string {
  return Object.values(listing)[0]!.filename;
}

/** The docs also lead to sources and tests, which are not in the package: there remain the names. */
function keepLiveLinks(page: string): void {
  const text = readFileSync(page, "utf8");
  const live = text.replaceAll(
    /\[([^\]]+)\]\((\.[^)#\s]+)[^)\s]*\)/g,
    (link, name, path) => existsSync(join(dirname(page), path)) ? link : name,
  );
  writeFileSync(page, live);
}

function emitScripts(dist: string): void {
  for (const file of sources()) {
    const text = readFileSync(join(ROOT, file), "utf8");
    const { code } = transformSync(file === "mod.ts" ? withoutStart(text) : text, {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: file,
    });
    const target = join(dist, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, forNode20(withEndings(code), relative(dirname(target), dist)));
  }
  cpSync(join(PARTS, "with_resolvers.js"), join(dist, "with_resolvers.js"));
  cpSync(join(PARTS, "bin.js"), join(dist, "bin.js"));
  chmodSync(join(dist, "bin.js"), 0o755);
}

function emitDeclarations(dist: string, out: string): void {
  const config = join(out, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      // Every export says its type, so that declarations need no checking of what is behind them.
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        noCheck: true,
        rootDir: ROOT,
        outDir: dist,
      },
      include: [],
      files: sources().map((file) => join(ROOT, file)),
    }),
  );
  run(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", config], ROOT);
  rmSync(config);
  for (const file of globSync("**/*.d.ts", { cwd: dist })) {
    const target = join(dist, file);
    writeFileSync(target, withEndings(readFileSync(target, "utf8")));
  }
}

function sources(): string[] {
  return ["mod.ts", ...globSync("{src,adapters}/**/*.ts", { cwd: ROOT }).sort()];
}

/** Modules name each other by files that are there. */
function withEndings(code: string): string {
  return code.replaceAll(/(["'])(\.\.?\/[^"'\n]*)\.ts\1/g, "$1$2.js$1");
}

/** `Promise.withResolvers` is younger than Node 20, and nothing else that is used here is. */
function forNode20(code: string, toDist: string): string {
  if (!code.includes("Promise.withResolvers")) return code;
  const from = `${toDist === "" ? "." : toDist}/with_resolvers.js`;
  return `import { withResolvers } from "${from}";\n${
    code.replaceAll("Promise.withResolvers(", "withResolvers(")
  }`;
}

/**
 * In the package there is a `bin` to start the program. Whether a module is the main one is not to be
 * asked there: where a bundler makes one file of a program and of this package, all modules are.
 */
function withoutStart(text: string): string {
  const start = text.indexOf("\n// The type is for Node 20");
  if (start === -1) throw new Error("mod.ts does not end as scripts/pack.ts expects");
  return text.slice(0, start + 1);
}

function manifest(): Record<string, unknown> {
  const { name, version, description, license, engines, exports }: Manifest = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  const entries = Object.entries(exports).map(([entry, file]) => {
    const base = `./dist/${file.replace(/^\.\/|\.ts$/g, "")}`;
    return [entry, { types: `${base}.d.ts`, default: `${base}.js` }];
  });
  return {
    name,
    version,
    description,
    license,
    keywords: ["filesystem", "vfs", "sandbox", "microvm", "firecracker", "fuse", "provider"],
    type: "module",
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    // For the resolution of before there were `exports`.
    types: "./dist/mod.d.ts",
    main: "./dist/mod.js",
    bin: { "vfs-server": "dist/bin.js" },
    man: ["man/vfs-server.1"],
    engines,
    // Modules that only list others have no effects either. But where a bundler (esbuild 0.28) delays
    // modules because of an `import()`, as that of the command line, it forgets to run what is listed.
    sideEffects: ["./dist/bin.js", "./dist/**/mod.js", "./dist/adapters/fuse/_worker.js"],
    files: ["dist", "docs", "examples", "man", "CHANGELOG.md"],
    // A name with a scope is private otherwise.
    publishConfig: { access: "public" },
  };
}

function run(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: "string", default: "dist/npm" } } });
  console.log(pack(resolve(values.out)));
}
