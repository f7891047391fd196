/** Point 5. Order means something. */
import { strict as assert } from "node:assert";
import { O_CREAT, O_WRONLY } from "../../../src/fs/mod.ts";
import { outcome, readText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const ORDER: readonly Row[] = point(5, (row) => {
  row(
    "the first rule that decides wins, so allow makes exceptions",
    "does nothing for an allow",
    async (maker) => {
      const { files } = await behind(
        maker,
        { ops: ["read", "open"], pathPattern: "/w/a", action: "allow" },
        { pathPattern: "/w/**", action: "block", errno: "EACCES" },
        { pathPattern: "/w/**", action: "block", errno: "EIO" },
      );
      assert.equal(await readText(files, "/w/a"), "content");
      assert.equal(await outcome(() => files.stat("/w/a")), "EACCES");
      assert.equal(await outcome(() => files.open("/w/b", O_WRONLY | O_CREAT)), "EACCES");
    },
  );

  row("an exception after the rule comes too late", undefined, async (maker) => {
    const { files } = await behind(maker, { pathPattern: "/w/**", action: "block" }, {
      pathPattern: "/w/a",
      action: "allow",
    });
    assert.equal(await outcome(() => readText(files, "/w/a")), "EPERM");
  });
});
