/**
 * Writes the reference of every entry point, as pages for a browser, from the comments of the sources.
 *
 * Usage: `node scripts/reference.ts [directory]`; the directory is `dist/reference` otherwise.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { argv } from "node:process";

const ROOT = join(import.meta.dirname!, "..");
const { name, exports }: { readonly name: string; readonly exports: Record<string, string> } = JSON
  .parse(readFileSync(join(ROOT, "deno.json"), "utf8"));

/**
 * Writes the pages.
 *
 * @param output The directory for them, which is emptied first.
 * @returns The path of the first page.
 */
export function writeReference(output: string): string {
  rmSync(output, { recursive: true, force: true });
  // Deno makes the last directory and none above it.
  mkdirSync(dirname(output), { recursive: true });
  const { status, stderr, error } = spawnSync(
    join(ROOT, "node_modules", ".bin", "deno"),
    ["doc", "--html", `--name=${name}`, `--output=${output}`, ...Object.values(exports)],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`deno doc failed:\n${stderr}`);
  for (const page of globSync("**/*.html", { cwd: output })) correct(join(output, page));
  const start = join(output, "index.html");
  writeFileSync(start, linked(readFileSync(start, "utf8")));
  return start;
}

/** Deno names an entry point as the folder of its pages is named, and not as it is imported. */
function correct(page: string): void {
  const text = readFileSync(page, "utf8");
  const right = text.replaceAll(/from &quot;([a-z]+|\.)&quot;/g, (whole, entry: string) => {
    const key = entry === "." ? "." : `./${entry}`;
    return key in exports ? `from &quot;${name}${key.slice(1)}&quot;` : whole;
  });
  if (right !== text) writeFileSync(page, right);
}

/** The first page names the entry points: from there they can be reached. */
function linked(text: string): string {
  return Object.keys(exports).filter((key) => key !== ".").reduce((linking, key) => {
    const code = `<code>${name}${key.slice(1)}</code>`;
    if (!linking.includes(code)) {
      throw new Error(`The documentation of mod.ts does not name ${key}`);
    }
    return linking.replace(code, `<a href="${key}/index.html">${code}</a>`);
  }, text);
}

if (import.meta.main) console.log(writeReference(resolve(argv[2] ?? "dist/reference")));
