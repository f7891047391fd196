/** How a way around a rule is tried. */
import { strict as assert } from "node:assert";
import { type Provider, VfsError } from "../../src/fs/mod.ts";
import { deny, type HookSource, readOnly } from "../../src/hooks/mod.ts";
import { GOTCHA, SECRET, type Way } from "./bypass_ways.ts";
import { bytes, outcome, snapshot, writeText } from "./kit.ts";

/** The rules: what is secret and what is locked, wherever the tree begins. */
export const RULES: readonly HookSource[] = [deny("/w/secret/**"), readOnly("/w/locked/**")];

/** Makes a tree of the host's, before any guest sees it. */
export async function furnish(inner: Provider): Promise<void> {
  for (const directory of ["/w/secret/dir", "/w/locked/empty", "/w/pub/dir", "/w/links", "/y"]) {
    await inner.mkdirAll(directory, 0o755);
  }
  await writeText(inner, "/w/secret/key", SECRET);
  await writeText(inner, "/w/secret/dir/deep", SECRET);
  await inner.symlink(SECRET, "/w/secret/link");
  await writeText(inner, "/w/locked/cfg", "original content");
  await writeText(inner, "/w/pub/mine", "what is mine");
  // Without a second mount in the way these are links from outside to what is protected.
  await outcome(() => inner.link("/w/secret/key", "/w/pre-secret"));
  await outcome(() => inner.link("/w/secret/dir/deep", "/w/links/pre-deep"));
  await outcome(() => inner.link("/w/locked/cfg", "/w/pre-locked"));
  // Where there are no attributes, there is no way by them.
  await outcome(() => inner.setxattr("/w/secret/key", "user.hint", bytes(SECRET)));
  await outcome(() => inner.setxattr("/w/locked/cfg", "user.hint", bytes("x")));
}

/** Tries a way, and tells whether it worked: something was learnt, or something locked changed. */
export async function works(
  way: Way,
  guest: Provider,
  inner: Provider,
  protect: () => void,
): Promise<boolean> {
  if (!way.late) protect();
  const before = await snapshot(inner, "/w/locked");
  let learnt: string | void = undefined;
  try {
    learnt = await way.run(guest, protect);
  } catch (error) {
    // A bug of the engine is no refusal.
    assert.ok(error instanceof VfsError, String(error));
    assert.notEqual(error.code, "EIO", String(error));
  }
  const isKnown = learnt !== undefined && (learnt.includes(SECRET) || learnt === GOTCHA);
  return isKnown ||
    await outcome(() => snapshot(inner, "/w/locked")).then((after) =>
      JSON.stringify(after) !== JSON.stringify(before)
    );
}
