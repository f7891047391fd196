import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What `deno doc --json` tells of a module, as far as it is read here. */
interface Documented {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
}

interface Module {
  readonly module_doc?: Documented;
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly { readonly jsDoc?: Documented }[];
  }[];
}

/**
 * Looks for what a package loses points for on JSR, as far as its files decide: a documentation with
 * an example for the package and for every entry point, every exported symbol documented, a
 * description, runtimes that are named. (Slow types are found by `deno publish --dry-run`.)
 *
 * @param manifest What `deno.json` says.
 * @returns What is missing, line by line.
 */
export function jsrFaults(manifest: Record<string, unknown>): string[] {
  const { description = "", exports } = manifest as {
    readonly description?: string;
    readonly exports: Readonly<Record<string, string>>;
  };
  const readme = readFileSync("README.md", "utf8");
  return [
    ...(description !== "" && description.length <= 250 ? [] : ["deno.json: no description"]),
    ...(readme.includes("```ts") ? [] : ["README.md: no example"]),
    ...["Deno", "Bun", "Node"].filter((name) => !readme.includes(name))
      .map((name) => `README.md: does not name ${name}`),
    ...Object.entries(exports).flatMap(([entry, file]) => entryFaults(entry, moduleOf(file))),
  ];
}

function moduleOf(file: string): Module {
  const deno = join("node_modules", ".bin", "deno");
  const { stdout, stderr, status } = spawnSync(deno, ["doc", "--json", file], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`deno doc ${file} failed:\n${stderr}`);
  const { nodes }: { readonly nodes: Readonly<Record<string, Module>> } = JSON.parse(stdout);
  return Object.values(nodes)[0]!;
}

function entryFaults(entry: string, { module_doc: about, symbols }: Module): string[] {
  const text = [about?.doc, ...about?.tags?.map(({ doc }) => doc) ?? []].join("\n");
  const bare = symbols.filter(({ declarations }) =>
    declarations.every(({ jsDoc }) => jsDoc === undefined || isEmpty(jsDoc))
  );
  return [
    ...(about === undefined ? [`${entry}: no module documentation`] : []),
    ...(text.includes("```ts") ? [] : [`${entry}: no example in its module documentation`]),
    ...(symbols.length > 0 ? [] : [`${entry}: exports nothing`]),
    ...bare.map(({ name }) => `${entry}: ${name} is not documented`),
  ];
}

function isEmpty({ doc, tags }: Documented): boolean {
  return (doc ?? "") === "" && (tags ?? []).length === 0;
}
