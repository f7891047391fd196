import { globSync, readFileSync } from "node:fs";

/** An example of the documentation. */
export interface DocExample {
  /** The line on which it begins. */
  readonly line: number;
  /** The code, without the asterisks of a comment. */
  readonly code: string;
}

const ROOT = new URL("../", import.meta.url);

/** The files whose examples are meant to run: the sources that are published, and the docs. */
export function documentedFiles(): string[] {
  const patterns = ["mod.ts", "src/**/*.ts", "adapters/**/*.ts", "README.md", "docs/**/*.md"];
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT.pathname })).sort();
}

/** The examples of a file that are to be run: blocks of `ts` which do not say `ignore`. */
export function examplesOf(file: string): DocExample[] {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const isSource = file.endsWith(".ts");
  const pattern = isSource ? /^ *\* ```ts\n([^]*?)^ *\* ```$/gm : /^```ts\n([^]*?)^```$/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length + 1,
    code: isSource ? match[1]!.replaceAll(/^ *\* ?/gm, "") : match[1]!,
  }));
}

/** The package's own names, as an example writes them, and the modules that they stand for here. */
const ENTRIES = new Map(
  Object.entries(
    JSON.parse(readFileSync(new URL("deno.json", ROOT), "utf8")).exports as Record<string, string>,
  ).map(([name, file]) => [`@vfs/server${name.slice(1)}`, new URL(file, ROOT).href]),
);

/**
 * Makes a module of an example: the package's names lead to the sources, and a result that a comment
 * promises is handed to the function `promised`, which the module gets from `kit`.
 */
export function moduleOf({ code }: DocExample, kit: string): string {
  const body = code
    .replaceAll(/(from|import\() ?"(@vfs\/server[^"]*)"/g, (_, how: string, name: string) => {
      const entry = ENTRIES.get(name);
      if (entry === undefined) throw new Error(`There is no entry point ${name}`);
      return `${how} "${entry}"`;
    })
    .replaceAll(
      /console\.log\((.*)\); \/\/ (.*)$/gm,
      (_, args: string, promise: string) => `promised(${JSON.stringify(promise)}, ${args});`,
    );
  return `import { promised } from "${kit}";\n${body}`;
}
