/** Point 3. Effective operations: an operation is judged for all that it does. */
import { strict as assert } from "node:assert";
import {
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  RENAME_EXCHANGE,
  S_IFREG,
} from "../../../src/fs/mod.ts";
import { hook, type InterceptProvider } from "../../../src/hooks/mod.ts";
import { names, outcome, readText, using, writeText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

/** What the reference takes for a create as well. */
const IS_CREATE: ReadonlySet<string> = new Set(["O_CREAT", "O_CREAT and O_EXCL", "create()"]);

export const EFFECTS: readonly Row[] = point(3, (row) => {
  const WRITE_PROTECTED = {
    ops: ["write", "truncate"],
    pathPattern: "/w/a",
    action: "block",
  } as const;

  for (
    const [label, act] of Object.entries({
      "create()": (files: InterceptProvider) => files.create("/w/a", 0o644),
      "O_CREAT and O_TRUNC": (files: InterceptProvider) =>
        files.open("/w/a", O_WRONLY | O_CREAT | O_TRUNC),
      "O_TRUNC": (files: InterceptProvider) => files.open("/w/a", O_WRONLY | O_TRUNC),
      "O_TRUNC for reading": (files: InterceptProvider) => files.open("/w/a", O_RDONLY | O_TRUNC),
      "truncate()": (files: InterceptProvider) => files.truncate("/w/a", 0),
      "a rename over it": (files: InterceptProvider) => files.rename("/w/b", "/w/a"),
      "an exchange": (files: InterceptProvider) => files.rename("/w/b", "/w/a", RENAME_EXCHANGE),
    })
  ) {
    for (const ops of [["write", "truncate"], ["write"]] as const) {
      row(
        `${label} does not pass a rule that blocks ${ops.join(" and ")}`,
        label === "truncate()"
          ? undefined
          : "takes it for a create, an open or a rename, and for nothing else",
        async (maker) => {
          const { files, inner } = await behind(maker, { ...WRITE_PROTECTED, ops });
          await writeText(inner, "/w/b", "other");
          assert.equal(await outcome(() => act(files)), "EPERM");
          assert.equal(await readText(inner, "/w/a"), "content");
        },
      );
    }
  }

  for (
    const [label, act] of Object.entries({
      "O_CREAT": (files: InterceptProvider) => files.open("/w/new", O_WRONLY | O_CREAT),
      "O_CREAT and O_EXCL": (files: InterceptProvider) =>
        files.open("/w/new", O_WRONLY | O_CREAT | O_EXCL),
      "create()": (files: InterceptProvider) => files.create("/w/new", 0o644),
      "mknod()": (files: InterceptProvider) => files.mknod("/w/new", S_IFREG | 0o644, 0),
      "link()": (files: InterceptProvider) => files.link("/w/a", "/w/new"),
      "symlink()": (files: InterceptProvider) => files.symlink("a", "/w/new"),
      "rename()": (files: InterceptProvider) => files.rename("/w/a", "/w/new"),
    })
  ) {
    row(
      `${label} does not pass a rule that blocks create`,
      IS_CREATE.has(label) ? undefined : "takes it for nothing but itself",
      async (maker) => {
        const { files } = await behind(maker, {
          ops: ["create"],
          pathPattern: "/w/new",
          action: "block",
        });
        assert.equal(await outcome(() => act(files)), "EPERM");
        assert.equal(files.lookup("/w/new"), undefined);
      },
    );
  }

  for (const how of ["unlink", "remove", "removeAll"] as const) {
    row(
      `${how}() does not pass a rule that blocks remove`,
      "takes what removes a tree for no removal of what is in it",
      async (maker) => {
        const { files, inner } = await behind(maker, {
          ops: ["remove"],
          pathPattern: "/w/a",
          action: "block",
        });
        assert.equal(await outcome(() => files[how]("/w/a")), "EPERM");
        assert.equal(await outcome(() => files.removeAll("/w")), "EPERM");
        assert.deepEqual(await names(inner, "/w"), ["a"]);
      },
    );
  }

  row(
    "an open that creates nothing is no create, one that empties nothing no truncate",
    "takes every open with O_CREAT for a create",
    async (maker) => {
      const { files } = await behind(maker, {
        ops: ["create"],
        pathPattern: "/w/a",
        action: "block",
      }, { ops: ["truncate"], pathPattern: "/w/new", action: "block" });
      await using(files.open("/w/a", O_WRONLY | O_CREAT), () => {});
      await using(files.open("/w/new", O_WRONLY | O_CREAT | O_TRUNC, 0o644), () => {});
      assert.equal(
        await outcome(() => files.open("/w/new", O_WRONLY | O_CREAT | O_TRUNC)),
        "EPERM",
      );
    },
  );

  row(
    "an open does what it was judged for, even if the file comes or goes meanwhile",
    "does whatever the open finds",
    async (maker) => {
      const { files, inner } = await behind(
        maker,
        hook({
          ops: ["create"],
          pathPattern: "/w/b",
          before: async () => {
            // Somebody is quicker.
            if (inner.lookup("/w/b") === undefined) await writeText(inner, "/w/b", "theirs");
          },
        }),
        { ops: ["truncate"], pathPattern: "/w/b", action: "block" },
      );
      assert.equal(
        await outcome(() => files.open("/w/b", O_RDWR | O_CREAT | O_TRUNC, 0o644)),
        "EPERM",
      );
      assert.equal(await readText(inner, "/w/b"), "theirs");
    },
  );
});
