import assert from "node:assert/strict";
import { S_IFREG } from "../../src/fs/mod.ts";
import { exists, get, names, put } from "./kit.ts";
import type { Row } from "./row.ts";

/** Names that are hard for somebody. */
const NAMES: Readonly<Record<string, string>> = {
  "spaces": "  with  spaces ",
  "a newline": "two\nlines",
  "a tab and other control characters": "\t\r\x01\x7f",
  "a backslash": "back\\slash",
  "a colon": "c:drive",
  "a leading dash": "-rf",
  "a name that Windows reserves": "con",
  "wildcards and quotes": "*?[]{}'\"`$(x);&|<>",
  "three dots": "...",
  "a leading dot": ".hidden",
  "a trailing dot and space": "end. ",
  "a percent sign": "100%25 %2e%2e",
  "letters of several scripts": "ünï-日本-עברית-ру",
  "an emoji outside the basic plane": "👩‍👩‍👧‍👦",
  "a byte order mark": "\ufeffbom",
  "a name that objects have": "__proto__",
  "another name that objects have": "constructor",
  "a name that looks like a number": "0",
  "255 bytes": "x".repeat(255),
  "255 bytes of three each": "日".repeat(85),
};

const named: Row[] = Object.entries(NAMES).map(([what, name]): Row => ({
  name: `names: ${what} is taken to the letter`,
  async run(fs) {
    assert.ok(!await exists(fs, `/${name}`));
    await put(fs, `/${name}`, "hello");
    assert.deepEqual(await names(fs), [name]);
    assert.equal(await get(fs, `/${name}`), "hello");
    await fs.rename(`/${name}`, "/plain");
    await fs.mkdir(`/${name}`, 0o755);
    await fs.rename("/plain", `/${name}/${name}`);
    assert.equal((await fs.stat(`/${name}/${name}`)).mode, S_IFREG | 0o644);
    await fs.removeAll(`/${name}`);
    assert.deepEqual(await names(fs), []);
  },
}));

export const nameRows: readonly Row[] = [
  ...named,
  {
    name: "names: composed and decomposed letters are different names",
    async run(fs) {
      await put(fs, "/\u00e9", "composed");
      await put(fs, "/e\u0301", "decomposed");
      assert.equal(await get(fs, "/\u00e9"), "composed");
      assert.equal(await get(fs, "/e\u0301"), "decomposed");
      assert.equal((await fs.readDir("/")).length, 2);
    },
  },
  {
    name: "names: upper and lower case are different names",
    async run(fs) {
      await put(fs, "/Readme", "upper");
      await put(fs, "/readme", "lower");
      assert.equal(await get(fs, "/Readme"), "upper");
      assert.equal(await get(fs, "/readme"), "lower");
    },
  },
];
