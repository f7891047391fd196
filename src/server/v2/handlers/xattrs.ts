import { type StatFs, utf8Length, VfsError, XATTR_CREATE, XATTR_REPLACE } from "../../../fs/mod.ts";
import { atPath, onPath } from "../../handlers/_paths.ts";
import { plain } from "../../handlers/_plain.ts";
import type { Exchange2 } from "../exchange2.ts";
import type { Handler2 } from "./handler2.ts";

/** The longest name of an extended attribute, in bytes, and the largest value (`xattr(7)`). */
const NAME_MAX = 255;
const VALUE_MAX = 64 * 1024;

function checkXattrName(name: string): string {
  if (name === "" || name.includes("\0")) throw new VfsError("EINVAL", JSON.stringify(name));
  if (utf8Length(name) > NAME_MAX) throw new VfsError("ERANGE", name);
  return name;
}

/** `getxattr`: reads an extended attribute. */
export const getxattr: Handler2<Uint8Array> = {
  run(exchange) {
    const { provider, request, context } = exchange;
    const name = checkXattrName(request.name);
    return atPath(exchange, request.path, (path) => provider.getxattr(path, name, context));
  },
  answer: ({ reply }, value) => reply.bytes(value),
};

/** `setxattr`: sets an extended attribute. */
export const setxattr: Handler2<unknown> = /* @__PURE__ */ plain((exchange: Exchange2) => {
  const { provider, request, context } = exchange;
  const name = checkXattrName(request.name);
  if (request.data.length > VALUE_MAX) throw new VfsError("E2BIG", name);
  if ((request.flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) throw new VfsError("EINVAL");
  return atPath(
    exchange,
    request.path,
    (path) => provider.setxattr(path, name, request.data, request.flags, context),
  );
});

/** `listxattr`: lists the names of the extended attributes. */
export const listxattr: Handler2<string[]> = {
  run: /* @__PURE__ */ onPath((path, { provider, context }) => provider.listxattr(path, context)),
  answer({ reply }, names) {
    if (!Array.isArray(names)) throw new TypeError("Cannot use the names: they are not an array");
    reply.names(names);
  },
};

/** `removexattr`: removes an extended attribute. */
export const removexattr: Handler2<unknown> = /* @__PURE__ */ plain((exchange: Exchange2) => {
  const { provider, request, context } = exchange;
  const name = checkXattrName(request.name);
  return atPath(exchange, request.path, (path) => provider.removexattr(path, name, context));
});

/** `statfs`: describes the filesystem that a path lies in. */
export const statfs: Handler2<StatFs> = {
  run: /* @__PURE__ */ onPath((path, { provider, context }) => provider.statfs(path, context)),
  answer: ({ reply }, stats) => reply.statfs(stats),
};
