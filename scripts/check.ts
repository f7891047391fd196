/**
 * The gate: everything that can be said of the sources without running them. `deno task check`.
 *
 * It runs every check, whatever fails before, and ends with a line for each.
 */
import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join, normalize } from "node:path";
import { env, exit } from "node:process";
import { jsrFaults } from "./_jsr_score.ts";
import { cliPage } from "./cli_page.ts";
import { manPage } from "./man_page.ts";

const bin = (name: string) => join("node_modules", ".bin", name);
const sources = (pattern: string) => globSync(pattern).sort();
const entries = Object.values(readJson("deno.json").exports as Record<string, string>);

/** A check returns what it found wrong, line by line. */
const CHECKS: Readonly<Record<string, () => string[]>> = {
  "format": () => command(bin("deno"), ["fmt", "--check", "--quiet"]),
  "lint": () => command(bin("deno"), ["lint", "--quiet"]),
  "types": () => command(bin("deno"), ["check", "--quiet", ...typed()]),
  "purity of src/ (types)": () => command(bin("tsc"), ["-p", "."]),
  "layers of src/ (imports)": layers,
  "doc lint": () => command(bin("deno"), ["doc", "--lint", "--quiet", ...entries]),
  "publish dry run": () =>
    command(bin("deno"), ["publish", "--dry-run", "--allow-dirty", "--quiet"]),
  "score on JSR": () => jsrFaults(readJson("deno.json")),
  "versions": versions,
  "pages of the command line": pages,
};

function typed(): string[] {
  return sources("{mod.ts,{src,adapters,tests,bench,scripts,examples}/**/*.ts}")
    .filter((file) => !file.includes("node_modules"));
}

function command(name: string, args: string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    encoding: "utf8",
    env: { ...env, NO_COLOR: "1" },
  });
  if (error !== undefined) return [String(error)];
  return status === 0 ? [] : `${stdout}${stderr}`.trimEnd().split("\n");
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** What each layer of `src/` may import, beside itself. Arrows point down only. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "fs": [],
  "providers": ["fs"],
  "hooks": ["fs"],
  "protocol": ["fs"],
  "fuse": ["fs"],
  "facade": ["fs"],
  "server": ["fs", "protocol"],
  "client": ["fs", "protocol", "server"],
  "cli": ["fs", "providers", "hooks", "protocol", "fuse", "facade", "server", "client"],
};

function layers(): string[] {
  const wrong: string[] = [];
  for (const file of sources("src/*/**/*.ts")) {
    const layer = file.split("/")[1]!;
    const allowed = LAYERS[layer];
    if (allowed === undefined) {
      wrong.push(`${file}: the layer ${layer} is not in scripts/check.ts`);
      continue;
    }
    const text = readFileSync(file, "utf8").replaceAll(/^\s*\*.*$/gm, "");
    for (const [, isType, specifier] of text.matchAll(IMPORT)) {
      const target = normalize(join(dirname(file), specifier!));
      const isRuntimeInterface = layer === "cli" && isType !== undefined &&
        target === "adapters/runtime.ts";
      const [root, to] = target.split("/");
      const isAllowed = specifier!.startsWith(".") && root === "src" &&
        (to === layer || allowed.includes(to!));
      if (!isAllowed && !isRuntimeInterface) wrong.push(`${file} imports ${specifier}`);
    }
  }
  return wrong;
}

const IMPORT = /^(?:import|export)(\s+type)?\s[^;]*?from\s+"([^"]+)"/gm;

function versions(): string[] {
  const version = readJson("deno.json").version;
  const wrong: string[] = [];
  for (const file of ["package.json", "package-lock.json"]) {
    if (readJson(file).version !== version) wrong.push(`${file} differs`);
  }
  for (const name of ["name", "description", "license", "exports"]) {
    const [one, other] = ["deno.json", "package.json"].map((file) => readJson(file)[name]);
    if (JSON.stringify(one) !== JSON.stringify(other)) {
      wrong.push(`${name} differs in package.json`);
    }
  }
  const inProgram = /VERSION\b.* = "(.*)"/.exec(readFileSync("src/cli/version.ts", "utf8"))?.[1];
  if (inProgram !== version) wrong.push(`src/cli/version.ts says ${inProgram}`);
  const changelog = /^## (\S+)/m.exec(readFileSync("CHANGELOG.md", "utf8"))?.[1];
  if (changelog !== version) wrong.push(`CHANGELOG.md begins with ${changelog}`);
  return wrong.map((text) => `deno.json says ${version}: ${text}`);
}

/** Pages that are written from the table of commands. */
function pages(): string[] {
  return Object.entries({ cli_page: cliPage(), man_page: manPage() })
    .filter(([, { is, shouldBe }]) => is !== shouldBe)
    .map(([script]) => `A page is out of date: run \`node scripts/${script}.ts\``);
}

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const wrong = check();
  if (wrong.length > 0) failed++;
  console.log(`${wrong.length === 0 ? "ok    " : "FAILED"} ${name}`);
  for (const line of wrong.slice(0, 200)) console.log(`       ${line}`);
}
exit(failed === 0 ? 0 : 1);
