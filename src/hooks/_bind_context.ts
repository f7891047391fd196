import { andThen } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import type { Provider } from "../fs/provider.ts";

/** Where each operation takes its context. */
const PROVIDER_CONTEXT: { readonly [Name in keyof Omit<Provider, "readonly">]: number } = {
  stat: 1,
  lookup: 1,
  readDir: 2,
  openDir: 1,
  open: 3,
  create: 2,
  mkdir: 2,
  mkdirAll: 2,
  mknod: 3,
  symlink: 2,
  link: 2,
  readlink: 1,
  unlink: 1,
  rmdir: 1,
  remove: 1,
  removeAll: 1,
  rename: 3,
  chmod: 2,
  chown: 3,
  utimes: 3,
  truncate: 2,
  statfs: 1,
  getxattr: 2,
  setxattr: 4,
  listxattr: 1,
  removexattr: 2,
};

const HANDLE_CONTEXT: { readonly [Name in keyof Handle]: number } = {
  readAt: 2,
  writeAt: 2,
  read: 1,
  write: 1,
  seek: 2,
  stat: 0,
  readDir: 3,
  truncate: 1,
  sync: 0,
  datasync: 0,
  chmod: 1,
  chown: 2,
  utimes: 2,
  allocate: 3,
  seekData: 1,
  seekHole: 1,
  copyRange: 4,
  lock: 2,
  getLock: 1,
  close: 0,
};

/** What stands behind a bound handle: providers only know their own. */
const BOUND = new WeakMap<object, object>();

/** Gives the same tree with another default context, for its handles as well. */
export function bindContext(provider: Provider, context: OpContext): Provider {
  return bind(provider, PROVIDER_CONTEXT, context);
}

function bind<T extends object>(
  target: T,
  places: Readonly<Record<string, number>>,
  context: OpContext,
): T {
  const bound = new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      const place = typeof name === "string" && Object.hasOwn(places, name)
        ? places[name]
        : undefined;
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        const unbound = values.map((value) => BOUND.get(value as object) ?? value);
        if (place !== undefined) unbound[place] ??= context;
        const result: unknown = member.apply(target, unbound);
        return name === "open" || name === "create" || name === "openDir"
          ? andThen(result as Handle, (handle) => bind(handle, HANDLE_CONTEXT, context))
          : result;
      };
    },
  });
  BOUND.set(bound, target);
  return bound;
}
