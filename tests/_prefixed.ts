import type { Provider } from "../src/fs/mod.ts";

/** Which arguments of a provider's operations are paths; of all others the first is. */
const PATH_ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  link: [0, 1],
  rename: [0, 1],
  symlink: [1],
};

/** A provider whose root is a directory of another one. */
export function prefixed(provider: Provider, prefix: string): Provider {
  return new Proxy(provider, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        for (const i of PATH_ARGUMENTS[property as string] ?? [0]) {
          args[i] = args[i] === "/" ? prefix : `${prefix}${args[i]}`;
        }
        return value.apply(target, args);
      };
    },
  });
}
