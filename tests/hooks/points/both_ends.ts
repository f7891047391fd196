/** Point 1. Both ends are judged. */
import { strict as assert } from "node:assert";
import { RENAME_EXCHANGE } from "../../../src/fs/mod.ts";
import type { HookOp, HookSource, InterceptProvider } from "../../../src/hooks/mod.ts";
import { MemoryProvider } from "../../../src/providers/mod.ts";
import { outcome, readText, writeText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

/** What the reference does with them; the others it refuses as well. */
const REFUSED: Readonly<Record<string, string>> = {
  "a rename onto": "matches the first path alone",
  "an exchange with": "matches the first path alone",
  "a link onto": "knows no links",
  "a link to": "knows no links",
  "a symlink to": "matches the path of the link alone",
  "a relative symlink to": "matches the path of the link alone",
};

export const BOTH_ENDS: readonly Row[] = point(1, (row) => {
  for (
    const [label, act] of Object.entries({
      "a rename onto": (files: InterceptProvider) => files.rename("/w/a", "/w/x"),
      "a rename away from": (files: InterceptProvider) => files.rename("/w/x", "/w/b"),
      "an exchange with": (files: InterceptProvider) =>
        files.rename("/w/a", "/w/x", RENAME_EXCHANGE),
      "a link onto": (files: InterceptProvider) => files.link("/w/a", "/w/x"),
      "a link to": (files: InterceptProvider) => files.link("/w/x", "/w/b"),
      "a symlink at": (files: InterceptProvider) => files.symlink("a", "/w/x"),
      "a symlink to": (files: InterceptProvider) => files.symlink("/w/x", "/w/b"),
      "a relative symlink to": (files: InterceptProvider) => files.symlink("../w/./x", "/w/b"),
    })
  ) {
    row(`${label} a protected path is an operation on it`, REFUSED[label], async (maker) => {
      const ops: HookOp[] = ["rename", "link", "symlink"];
      const { files, inner } = await behind(maker, { ops, pathPattern: "/w/x", action: "block" });
      await writeText(inner, "/w/x", "protected");
      assert.equal(await outcome(() => act(files)), "EPERM");
      assert.equal(await readText(inner, "/w/x"), "protected");
    });
  }

  row(
    "an exception for one end is none for the other",
    "matches the first path alone",
    async (maker) => {
      const { files } = await behind(maker, { pathPattern: "/w/a", action: "allow" }, {
        pathPattern: "/w/dir/**",
        action: "block",
      });
      assert.equal(await outcome(() => files.rename("/w/a", "/w/dir/a")), "EPERM");
      assert.equal(await outcome(() => files.link("/w/a", "/w/dir/a")), "EPERM");
    },
  );

  row(
    "a directory with more below it than is looked at is copied, not renamed",
    "looks at nothing below a directory that is renamed",
    async (maker) => {
      const inner = new MemoryProvider();
      inner.mkdirAll("/w/deep", 0o755);
      for (let i = 0; i < 20; i++) await writeText(inner, `/w/deep/${i}`, "x");
      const rules: HookSource[] = [{ pathPattern: "/x/deep/secret", action: "block" }];
      const few = maker.provider(inner, maker.engine(rules, { walkLimit: 10 }));
      assert.equal(await outcome(() => few.rename("/w", "/x")), "EXDEV");
      await maker.provider(inner, maker.engine(rules)).rename("/w", "/x");
    },
  );
});
