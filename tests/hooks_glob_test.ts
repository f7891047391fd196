import { test } from "node:test";
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { Glob, GlobError } from "../src/hooks/mod.ts";

/** A pattern, a path, and whether it matches; most of them as Go's `filepath.Match` has it. */
const CASES: readonly (readonly [pattern: string, path: string, matches: boolean])[] = [
  ["/abc", "/abc", true],
  ["/*", "/abc", true],
  ["/*c", "/abc", true],
  ["/a*", "/a", true],
  ["/a*", "/abc", true],
  ["/a*", "/ab/c", false],
  ["/a*/b", "/abc/b", true],
  ["/a*/b", "/a/c/b", false],
  ["/a*b*c*d*e*/f", "/axbxcxdxe/f", true],
  ["/a*b*c*d*e*/f", "/axbxcxdxexxx/f", true],
  ["/a*b*c*d*e*/f", "/axbxcxdxe/xxx/f", false],
  ["/a*b?c*x", "/abxbbxdbxebxczzx", true],
  ["/a*b?c*x", "/abxbbxdbxebxczzy", false],
  ["/ab[c]", "/abc", true],
  ["/ab[b-d]", "/abc", true],
  ["/ab[e-g]", "/abc", false],
  ["/ab[^c]", "/abc", false],
  ["/ab[^b-d]", "/abc", false],
  ["/ab[^e-g]", "/abc", true],
  ["/a\\*b", "/a*b", true],
  ["/a\\*b", "/ab", false],
  ["/a?b", "/a☺b", true],
  ["/a[^a]b", "/a☺b", true],
  ["/a???b", "/a☺b", false],
  ["/[a-ζ]*", "/α", true],
  ["/*[a-ζ]", "/A", false],
  ["/a?b", "/a/b", false],
  ["/a*b", "/a/b", false],
  ["/[\\]a]", "/]", true],
  ["/[\\-]", "/-", true],
  ["/[x\\-]", "/-", true],
  ["/[\\-x]", "/a", false],
  ["/*x", "/xxx", true],
  ["/a?c", "/a\u{1f600}c", true],
  ["/a\\/b", "/a/b", true],
  // A class never matches a slash: names are matched one by one.
  ["/a[^x]b", "/a/b", false],
  // Any depth.
  ["/w/**", "/w", true],
  ["/w/**", "/w/a", true],
  ["/w/**", "/w/a/b/c", true],
  ["/w/**", "/wa", false],
  ["/w/**", "/", false],
  ["/**", "/", true],
  ["**", "/", true],
  ["**", "/a/b", true],
  ["/a/**/b", "/a/b", true],
  ["/a/**/b", "/a/x/y/b", true],
  ["/a/**/b", "/a/x/y/b/c", false],
  ["/**/a/**/b/**", "/x/a/b", true],
  ["/**/a/**/b/**", "/x/b/a", false],
  // Without a slash at the start: anywhere.
  [".env*", "/.env", true],
  [".env*", "/w/x/.env.local", true],
  [".env*", "/w/.env/x", false],
  ["a/b", "/x/a/b", true],
  ["a/b", "/a/x/b", false],
  ["/", "/", true],
  ["/", "/a", false],
];

test("Glob.matches() answers a table of cases", () => {
  for (const [pattern, path, matches] of CASES) {
    assert.equal(new Glob(pattern).matches(path), matches, `${pattern} ${path}`);
  }
});

/** Patterns that mean nothing; Go calls most of them bad as well. */
const MALFORMED: readonly string[] = [
  "",
  "/[",
  "/[]",
  "/[a",
  "/[^",
  "/[^bc",
  "/a[",
  "/[]a]",
  "/[-]",
  "/[x-]",
  "/[-x]",
  "/[a-b-c]",
  "/[z-a]",
  "/a\\",
  "/a/[\\",
  "//a",
  "/a/",
  "/a//b",
  "/./a",
  "/a/..",
  "/a**",
  "/**a/b",
  "/a[/]b",
  `/${Array(31).fill("a").join("/")}`,
];

test("Glob() refuses what is malformed, naming the pattern", () => {
  for (const pattern of MALFORMED) {
    assert.throws(
      () => new Glob(pattern),
      (error) => error instanceof GlobError && error.pattern === pattern,
      pattern,
    );
  }
});

test("Glob() with ignoreCase takes both cases and all accents for the same", () => {
  const matches = (pattern: string, path: string) =>
    new Glob(pattern, { ignoreCase: true }).matches(path);
  assert.ok(matches("/W/Secret/**", "/w/SECRET/x"));
  assert.ok(matches("/w/secret", "/w/ſecret"));
  assert.ok(matches("/straße", "/STRASSE"));
  assert.ok(matches("/é", "/E\u0301"));
  assert.ok(matches("/[A-Z]x", "/bX"));
  assert.ok(matches("/K", "/\u212a"));
  assert.ok(!matches("/w/secret", "/w/secrets"));
  assert.ok(!new Glob("/w").matches("/W"));
});

const name = fc.string({
  unit: fc.constantFrom("a", "b", "A", ".", "*", "\u{1f600}"),
  minLength: 1,
  maxLength: 4,
}).filter((name) => name !== "." && name !== "..");
const path = fc.array(name, { maxLength: 5 }).map((names) => `/${names.join("/")}`);

/** One piece of the pattern of a name, and a regular expression for the same. */
const piece = fc.constantFrom<readonly [string, string]>(
  ["a", "a"],
  ["b", "b"],
  ["\\a", "a"],
  ["\\*", "\\*"],
  [".", "\\."],
  ["?", "[^/]"],
  ["*", "[^/]*"],
  ["[ab]", "[ab]"],
  ["[a-b]", "[a-b]"],
  ["[^a]", "[^a/]"],
  ["[^ab.]", "[^ab./]"],
);
const part = fc.oneof(
  { weight: 1, arbitrary: fc.constant<readonly [string, string]>(["**", "(?:/[^/]+)*"]) },
  {
    weight: 3,
    arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 })
      .map((pieces): readonly [string, string] => [
        pieces.map(([glob]) => glob).join(""),
        `/${pieces.map(([, expression]) => expression).join("")}`,
      ])
      .filter(([glob]) => !glob.includes("**") && glob !== "." && glob !== ".."),
  },
);
const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => ({
  glob: `/${parts.map(([glob]) => glob).join("/")}`,
  expression: new RegExp(`^${parts.map(([, expression]) => expression).join("")}$`, "u"),
}));

test("Glob.matches() agrees with a regular expression of the same meaning", () => {
  fc.assert(
    fc.property(pattern, path, ({ glob, expression }, path) => {
      const expected = expression.test(path === "/" ? "" : path);
      assert.equal(new Glob(glob).matches(path), expected, `${glob} ${path} ${expression}`);
    }),
    { numRuns: 5000 },
  );
});

test("Glob.outline() matches every path that the pattern matches", () => {
  let told = 0;
  fc.assert(
    fc.property(pattern, path, ({ glob }, path) => {
      for (const compiled of [new Glob(glob), new Glob(glob.slice(1))]) {
        const outline = new RegExp(compiled.outline()!);
        if (compiled.matches(path)) assert.match(path, outline, glob);
        else if (!outline.test(path)) told++;
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(told > 0, "and not any other");
  assert.equal(new Glob("/a", { ignoreCase: true }).outline(), undefined);
  const outline = new RegExp(new Glob("/w/**/.env*").outline()!);
  assert.ok(outline.test("/w/a/.env.local"));
  for (const path of ["/w", "/w/env", "/v/.env", "/w2/.env"]) assert.ok(!outline.test(path), path);
});

test("Glob.mayMatchBelow() is never false where something below matches", () => {
  fc.assert(
    fc.property(pattern, path, path, ({ glob }, directory, below) => {
      fc.pre(below !== "/");
      const compiled = new Glob(glob);
      const whole = directory === "/" ? below : directory + below;
      if (compiled.matches(whole)) assert.ok(compiled.mayMatchBelow(directory), `${glob} ${whole}`);
    }),
    { numRuns: 5000 },
  );
});

test("Glob.placesAt() is equal only for directories with equal matches below", () => {
  fc.assert(
    fc.property(pattern, path, path, path, ({ glob }, first, second, below) => {
      const compiled = new Glob(glob);
      fc.pre(below !== "/" && compiled.placesAt(first) === compiled.placesAt(second));
      const under = (directory: string) => directory === "/" ? below : directory + below;
      assert.equal(
        compiled.matches(under(first)),
        compiled.matches(under(second)),
        `${glob} ${under(first)} ${under(second)}`,
      );
    }),
    { numRuns: 5000 },
  );
});

test("Glob.matches() is quick for patterns that are slow elsewhere", () => {
  const stars = new Glob(`/${"a*".repeat(60)}b`);
  assert.equal(stars.matches(`/${"a".repeat(250)}`), false);
  const deep = new Glob(`/${Array(14).fill("**/a*").join("/")}/b`);
  assert.equal(deep.matches(`/${Array(500).fill("a").join("/")}`), false);
});
