import type { Provider } from "../src/fs/mod.ts";

/** Which arguments of a provider's operations are paths; of all others the first is. */
const PATH_ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  link: [0, 1],
  rename: [0, 1],
  symlink: [1],
};

/** A provider whose root is a directory of another one. */
export function prefixed(provider: Provider, prefix: string): Provider {
  return withPaths(provider, (path) => path === "/" ? prefix : `${prefix}${path}`);
}

/** A provider whose names `x` are called something else in another one. */
export function spelled(provider: Provider, x: string): Provider {
  return withPaths(provider, (path) => path.replace(/(?<=\/)x(?=\/|$)/g, x));
}

function withPaths(provider: Provider, change: (path: string) => string): Provider {
  return new Proxy(provider, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        for (const i of PATH_ARGUMENTS[property as string] ?? [0]) {
          args[i] = change(String(args[i]));
        }
        return value.apply(target, args);
      };
    },
  });
}
