/**
 * A program of a single file is its own package: what a configuration imports from `@vfs/server` is
 * what is inside of the program, whether or not the package is installed beside the configuration.
 */
import * as nodeModule from "node:module";

/** The modules inside of the program, by the names under which others import them. */
export type OwnModules = Readonly<Record<string, object>>;

/** The part of Bun's interface that is used. */
interface BunPlugins {
  plugin(plugin: {
    readonly name: string;
    setup(build: {
      module(name: string, load: () => { exports: object; loader: "object" }): void;
    }): void;
  }): void;
}

/** Has imports of these names lead to these modules, from here on. */
export function provide(modules: OwnModules): void {
  const { Bun } = globalThis as { readonly Bun?: BunPlugins };
  if (Bun === undefined) return provideInNode(modules);
  Bun.plugin({
    name: "vfs-server",
    setup(build) {
      for (const [name, exports] of Object.entries(modules)) {
        build.module(name, () => ({ exports: { ...exports }, loader: "object" }));
      }
    },
  });
}

/** Where the source of such a module, which is text, finds what it exports. */
const SHELF = Symbol.for("@vfs/server: the modules of this program");
const SCHEME = "vfs-server:";

function provideInNode(modules: OwnModules): void {
  Object.defineProperty(globalThis, SHELF, { value: modules });
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      Object.hasOwn(modules, specifier)
        ? { url: SCHEME + specifier, format: "module", shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url.startsWith(SCHEME)
        ? { format: "module", source: sourceOf(modules, url), shortCircuit: true }
        : next(url, context),
  });
}

function sourceOf(modules: OwnModules, url: string): string {
  const name = url.slice(SCHEME.length);
  const module = `globalThis[Symbol.for(${JSON.stringify(SHELF.description)})][${
    JSON.stringify(name)
  }]`;
  return `const own = ${module};\n` +
    Object.keys(modules[name]!).map((key) => `export const ${key} = own.${key};`).join("\n");
}
