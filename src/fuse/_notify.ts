import {
  andThen,
  type Awaitable,
  baseName,
  type Change,
  cleanPath,
  parentPath,
  splitPath,
} from "../fs/mod.ts";
import { NOTIFY_DELETE, NOTIFY_INVAL_ENTRY, NOTIFY_INVAL_INODE, OUT_HEADER } from "./_abi.ts";
import { Buffer64 } from "./_buffers.ts";
import type { Core } from "./_core.ts";
import type { Node } from "./_node.ts";
import { recover } from "./_recover.ts";
import { encodeText, textBytes } from "./_text.ts";

const BODY = OUT_HEADER / 4;

/** Tells the kernel what of its caches is old, now that somebody else has changed something. */
export async function tellChange(core: Core, { kind, path }: Change): Promise<void> {
  const clean = cleanPath(path);
  const node = knownNode(core, clean);
  if (kind === "entry" && clean !== "/") return await entryChanged(core, clean);
  if (node === undefined) return;
  if (kind === "inode") return await invalidateInode(core, node);
  if (clean !== "/") await entryChanged(core, clean);
  await treeChanged(core, node);
}

/** The node that the kernel knows by a path, if it knows one. */
function knownNode(core: Core, path: string): Node | undefined {
  let node: Node | undefined = core.nodes.root;
  for (const name of splitPath(path)) node = node?.children?.get(name);
  return node;
}

async function entryChanged(core: Core, path: string): Promise<void> {
  const parent = knownNode(core, parentPath(path));
  if (parent === undefined) return;
  const name = baseName(path);
  const child = core.nodes.child(parent, name);
  // Programs that watch a directory hear of what is removed, if it is told apart.
  if (child !== undefined && await isGone(core, path)) {
    core.nodes.missing(parent, name);
    await deleteEntry(core, parent, child, name);
  } else {
    await invalidateEntry(core, parent, name);
  }
  // The times and the listing of the directory have changed too.
  await invalidateInode(core, parent);
}

function isGone(core: Core, path: string): Awaitable<boolean> {
  return recover(
    () => andThen(core.provider.lookup(path), (info) => info === undefined),
    () => false,
  );
}

/** Everything from a node down. What is told in between changes the tree, so it is noted first. */
async function treeChanged(core: Core, top: Node): Promise<void> {
  const nodes = [top];
  for (let i = 0; i < nodes.length; i++) nodes.push(...nodes[i]!.children?.values() ?? []);
  const dentries = nodes.slice(1).flatMap((node) => node.dentries);
  for (const node of nodes) await invalidateInode(core, node);
  for (const { parent, name } of dentries) await invalidateEntry(core, parent, name);
}

/** What is cached of an inode: its attributes, its content or listing. */
async function invalidateInode(core: Core, node: Node): Promise<void> {
  node.cached = undefined;
  const message = begin(NOTIFY_INVAL_INODE, 24, "");
  message.put64(BODY, node.id);
  message.put64(BODY + 2, 0); // from the start
  message.put64(BODY + 4, 0); // to the end
  await core.device.notify(message.bytes);
}

/** What is cached of what a name stands for, nothing included. */
async function invalidateEntry(core: Core, parent: Node, name: string): Promise<void> {
  const message = begin(NOTIFY_INVAL_ENTRY, 16, name);
  message.put64(BODY, parent.id);
  message.u32[BODY + 2] = textBytes(name).length;
  await core.device.notify(message.bytes.subarray(0, message.u32[0]));
}

/** The same, where it is certain that the name is gone. */
async function deleteEntry(core: Core, parent: Node, child: Node, name: string): Promise<void> {
  const message = begin(NOTIFY_DELETE, 24, name);
  message.put64(BODY, parent.id);
  message.put64(BODY + 2, child.id);
  message.u32[BODY + 4] = textBytes(name).length;
  await core.device.notify(message.bytes.subarray(0, message.u32[0]));
}

/** A notification with its header, and a name with a NUL behind it where one is given. */
function begin(code: number, size: number, name: string): Buffer64 {
  const text = name === "" ? 0 : textBytes(name).length + 1;
  const length = OUT_HEADER + size + text;
  const message = new Buffer64((length + 7) & ~7);
  message.u32[0] = length;
  message.u32[1] = code;
  encodeText(name, message.bytes, OUT_HEADER + size);
  return message;
}
