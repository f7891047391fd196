import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  baseName,
  checkName,
  cleanPath,
  isWithin,
  joinPath,
  NAME_MAX,
  parentPath,
  splitPath,
  utf8Length,
} from "../src/fs/mod.ts";

/** Text that is likely to be a difficult path. */
const hardPath: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      "/",
      "/",
      ".",
      "..",
      "a",
      "b.c",
      "...",
      ".x",
      "ü",
      "日本",
      "👍",
      "x".repeat(90),
    ),
  )
  .map((parts) => parts.join(""))
  .filter((path) => path !== "" && path.split("/").every((name) => utf8Length(name) <= NAME_MAX));

const clean = hardPath.map(cleanPath);

test("cleanPath() agrees with posix.normalize on paths made absolute", () => {
  fc.assert(
    fc.property(hardPath, (path) => {
      const expected = posix.normalize(`/${path}`).replace(/(?<=.)\/$/, "");
      // POSIX lets exactly two slashes at the start mean something else; here they do not.
      assert.equal(cleanPath(path), expected.replace(/^\/\//, "/"));
    }),
    { numRuns: 2000 },
  );
});

test("cleanPath() gives a clean path back as it is, and is done after once", () => {
  fc.assert(fc.property(clean, (path) => assert.equal(cleanPath(path), path)), { numRuns: 1000 });
});

test("cleanPath() never leaves a way out", () => {
  fc.assert(
    fc.property(hardPath, (path) => {
      const result = cleanPath(path);
      assert.ok(result.startsWith("/"));
      for (const name of splitPath(result)) assert.doesNotThrow(() => checkName(name));
    }),
    { numRuns: 1000 },
  );
});

test("cleanPath() clamps .. to the root", () => {
  for (const path of ["..", "/..", "/../..", "a/../../..", "../", "/./../.", "/a/../.."]) {
    assert.equal(cleanPath(path), "/", path);
  }
  assert.equal(cleanPath("/../../etc/passwd"), "/etc/passwd");
});

test("cleanPath() takes what only looks special to the letter", () => {
  for (const path of ["/...", "/.a", "/a.", "/..a", "/a..", "/. ", "/a\\..\\b", "/%2e%2e", "/~"]) {
    assert.equal(cleanPath(path), path);
  }
});

test("cleanPath() counts a path without a leading slash from the root", () => {
  assert.equal(cleanPath("a/b"), "/a/b");
  assert.equal(cleanPath("."), "/");
});

test("cleanPath() refuses the empty path, NUL, lone surrogates and long names", () => {
  const codes: [path: string, code: string][] = [
    ["", "ENOENT"],
    ["/a\0b", "EINVAL"],
    ["\0", "EINVAL"],
    ["/a/\ud800", "EILSEQ"],
    ["/\udc00/a", "EILSEQ"],
    ["/\udc00\ud800", "EILSEQ"],
    [`/${"x".repeat(256)}`, "ENAMETOOLONG"],
    [`/a/${"日".repeat(86)}/b`, "ENAMETOOLONG"],
    [`/${"👍".repeat(64)}`, "ENAMETOOLONG"],
  ];
  for (const [path, code] of codes) assert.throws(() => cleanPath(path), { code }, path);
});

test("cleanPath() takes names of exactly 255 bytes", () => {
  for (const name of ["x".repeat(255), "日".repeat(85), `${"👍".repeat(63)}abc`]) {
    assert.equal(utf8Length(name), 255);
    assert.equal(cleanPath(`/a/${name}/b`), `/a/${name}/b`);
  }
});

test("cleanPath() refuses a bad name even where .. would remove it", () => {
  assert.throws(() => cleanPath("/a\0/../b"), { code: "EINVAL" });
  assert.throws(() => cleanPath(`/${"x".repeat(300)}/..`), { code: "ENAMETOOLONG" });
});

test("checkName() refuses what cannot be a name", () => {
  const codes: [name: string, code: string][] = [
    ["", "ENOENT"],
    [".", "EINVAL"],
    ["..", "EINVAL"],
    ["a/b", "EINVAL"],
    ["/", "EINVAL"],
    ["a\0", "EINVAL"],
    ["\ud800", "EILSEQ"],
    ["x".repeat(256), "ENAMETOOLONG"],
  ];
  for (const [name, code] of codes) assert.throws(() => checkName(name), { code }, name);
  for (const name of ["a", "...", " ", "\n", "x".repeat(255)]) checkName(name);
});

test("utf8Length() counts what TextEncoder makes", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, (value) => {
      assert.equal(utf8Length(value), new TextEncoder().encode(value).length);
    }),
    { numRuns: 2000 },
  );
});

test("splitPath() and joinPath() undo each other", () => {
  fc.assert(fc.property(clean, (path) => {
    assert.equal(splitPath(path).reduce(joinPath, "/"), path);
  }));
  assert.deepEqual(splitPath("/"), []);
  assert.equal(joinPath("/a", "b/c"), "/a/b/c");
});

test("parentPath() and baseName() are dirname and basename", () => {
  fc.assert(fc.property(clean, (path) => {
    assert.equal(parentPath(path), posix.dirname(path));
    assert.equal(baseName(path), posix.basename(path));
  }));
});

test("isWithin() goes by names, not by letters", () => {
  assert.ok(isWithin("/a", "/a"));
  assert.ok(isWithin("/a/b", "/a"));
  assert.ok(isWithin("/a", "/"));
  assert.ok(!isWithin("/ab", "/a"));
  assert.ok(!isWithin("/a", "/a/b"));
  assert.ok(!isWithin("/", "/a"));
});

test("isWithin() agrees with posix.relative", () => {
  fc.assert(
    fc.property(clean, clean, (path, directory) => {
      const outside = posix.relative(directory, path).split("/")[0] === "..";
      assert.equal(isWithin(path, directory), !outside);
    }),
    { numRuns: 1000 },
  );
});
