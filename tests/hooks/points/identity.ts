/** Point 2. Identity follows the object. */
import { strict as assert } from "node:assert";
import { O_RDONLY, O_RDWR } from "../../../src/fs/mod.ts";
import { bytes, outcome, readHandle, readText, using, writeText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const IDENTITY: readonly Row[] = point(2, (row) => {
  row(
    "a handle is judged by where its file is now",
    "keeps the path by which a handle was opened",
    async (maker) => {
      const { files } = await behind(maker, {
        ops: ["write"],
        pathPattern: "/w/dir/**",
        action: "block",
      });
      await using(files.open("/w/a", O_RDWR), async (handle) => {
        assert.equal(await outcome(() => handle.writeAt(bytes("x"), 0)), 1);
        await files.rename("/w/a", "/w/dir/a");
        assert.equal(await outcome(() => handle.writeAt(bytes("x"), 0)), "EPERM");
        await files.rename("/w/dir", "/w/elsewhere");
        assert.equal(await outcome(() => handle.writeAt(bytes("x"), 0)), 1);
      });
    },
  );

  row(
    "a handle from before a rule is judged by it, where the rule says so",
    undefined,
    async (maker) => {
      const { files, engine } = await behind(maker);
      await using(files.open("/w/a", O_RDONLY), async (handle) => {
        const remove = engine.add({ ops: ["read"], action: "block", openHandles: false });
        assert.equal(await readHandle(handle), "content");
        assert.equal(await outcome(() => readText(files, "/w/a")), "EPERM");
        remove();
        engine.add({ ops: ["read"], action: "block" });
        assert.equal(await outcome(() => readHandle(handle)), "EPERM");
      });
    },
  );

  row("every name of a file protects it", "knows a file by one name", async (maker) => {
    const { files, inner } = await behind(maker, {
      ops: ["read"],
      pathPattern: "/w/dir/**",
      action: "block",
    });
    await inner.link("/w/a", "/w/dir/a");
    assert.equal(await outcome(() => readText(files, "/w/a")), "EPERM");
    await writeText(inner, "/w/b", "b");
    await files.link("/w/b", "/w/dir/b");
    assert.equal(await outcome(() => readText(files, "/w/b")), "EPERM");
    await files.unlink("/w/dir/b");
    assert.equal(await outcome(() => readText(files, "/w/b")), "b");
  });
});
