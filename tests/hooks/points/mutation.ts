/** Point 11. Mutation keeps the guest's view true: see also hooks_transform_test.ts. */
import { strict as assert } from "node:assert";
import { O_RDWR } from "../../../src/fs/mod.ts";
import { change, hook, transform } from "../../../src/hooks/mod.ts";
import { bytes, outcome, readText, using, writeText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const MUTATION: readonly Row[] = point(11, (row) => {
  row(
    "a write hook that would change the length fails the write",
    "writes other bytes than it says",
    async (maker) => {
      const { files, inner } = await behind(
        maker,
        hook({ ops: ["write"], before: () => change({ data: bytes("longer than it was") }) }),
      );
      await using(files.open("/w/a", O_RDWR), async (handle) => {
        assert.equal(await outcome(() => handle.writeAt(bytes("x"), 0)), "EIO");
      });
      assert.equal(await readText(inner, "/w/a"), "content");
    },
  );

  row(
    "a write replaced by nothing leaves nothing",
    "ignores it and writes the original",
    async (maker) => {
      // The reference ignores it and writes the original.
      const { files, inner } = await behind(maker, {
        pathPattern: "/w/a",
        action: "mutate_write",
        mutateWrite: "",
      });
      await writeText(files, "/w/a", "something");
      assert.equal(await readText(inner, "/w/a"), "");
    },
  );

  row(
    "two writes of one file are one content",
    "replaces each by itself, so that they overlap, and tells of 8 bytes",
    async (maker) => {
      // In the reference the second replacement overlaps the first, and the guest believes 8 bytes.
      const { files, inner } = await behind(maker, {
        pathPattern: "/w/b",
        action: "mutate_write",
        mutateWriteFunc: ({ data, size }) => {
          assert.equal(size, data.length);
          return `<${new TextDecoder().decode(data)}>`;
        },
      });
      const handle = await files.create("/w/b", 0o644);
      await handle.write(bytes("1234"));
      await handle.write(bytes("5678"));
      assert.equal((await handle.stat()).size, 8);
      assert.equal((await files.stat("/w/b")).size, 8);
      await handle.close();
      assert.equal(await readText(inner, "/w/b"), "<12345678>");
      assert.equal((await files.stat("/w/b")).size, 10);
      assert.equal(await readText(files, "/w/b"), "<12345678>");
    },
  );

  row("reads can be transformed as well", "has nothing for what is read", async (maker) => {
    const { files } = await behind(
      maker,
      transform("/w/a", { read: (data) => data.map((byte) => byte - 32) }),
    );
    assert.equal(await readText(files, "/w/a"), "CONTENT");
  });
});
