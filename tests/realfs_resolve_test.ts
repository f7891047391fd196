import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { cleanPath, O_CREAT, O_RDWR, type Provider, toVfsError } from "../src/fs/mod.ts";
import { prefixed, spelled } from "./_prefixed.ts";
import { testBoth } from "./realfs/_both.ts";
import { KINDS, mayMakeDevices, Specials } from "./realfs/_kinds.ts";
import { RESOLVE_TABLE, SPELLINGS } from "./realfs/_resolve_table.ts";

testBoth("resolve: every operation on every kind of name answers as the table says", async ({
  outside,
  root,
  serve,
}) => {
  const specials = await Specials.make(join(outside, "specials"));
  const wrong: string[] = [];
  for (const { name, run, answers } of RESOLVE_TABLE) {
    const expected = answers.split(" ");
    assert.equal(expected.length, KINDS.length, name);
    for (const [i, kind] of KINDS.entries()) {
      if (kind === "device" && !mayMakeDevices) continue;
      const directory = join(root, "cell");
      fs.mkdirSync(directory);
      fs.writeFileSync(join(directory, "f"), "file");
      fs.mkdirSync(join(directory, "e"));
      specials.put(join(directory, "x"), kind);
      const provider = serve({}, directory);
      const answer = await answerOf(() => run(provider));
      if (answer !== expected[i]) wrong.push(`${name}, ${kind}: ${answer}, not ${expected[i]}`);
      fs.rmSync(directory, { recursive: true });
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(fs.readdirSync(outside).sort(), ["secret", "specials"]);
});

testBoth("resolve: the table holds for names of 255 bytes and in paths over PATH_MAX", async ({
  outside,
  at,
  provider,
}) => {
  const specials = await Specials.make(join(outside, "specials"));
  const deep = `/${Array(20).fill("d".repeat(255)).join("/")}`;
  const long = "x".repeat(255);
  provider.mkdirAll(deep, 0o700);
  const wrong: string[] = [];
  for (const [form, place, x] of [["255 bytes", "", long], ["over PATH_MAX", deep, "x"]] as const) {
    const placed = prefixed(spelled(provider, x), `${place}/cell`);
    for (const { name, run, answers } of RESOLVE_TABLE) {
      const expected = answers.split(" ");
      for (const [i, kind] of KINDS.entries()) {
        if (kind === "device" && !mayMakeDevices) continue;
        fs.mkdirSync(at("made"));
        fs.writeFileSync(at("made/f"), "file");
        fs.mkdirSync(at("made/e"));
        specials.put(join(at("made"), x), kind);
        provider.rename("/made", `${place}/cell`);
        const answer = await answerOf(() => run(placed));
        if (answer !== expected[i]) {
          wrong.push(`${name}, ${kind}, ${form}: ${answer}, not ${expected[i]}`);
        }
        await provider.removeAll(`${place}/cell`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(fs.readdirSync(outside).sort(), ["secret", "specials"]);
  // Not every runtime removes what is so deep.
  await provider.removeAll("/");
});

testBoth("resolve: what is not clean is refused by every operation on every kind", async ({
  at,
  outside,
  root,
  serve,
}) => {
  const specials = await Specials.make(join(outside, "specials"));
  const wrong: string[] = [];
  for (const kind of KINDS) {
    if (kind === "device" && !mayMakeDevices) continue;
    fs.mkdirSync(at("e"));
    fs.writeFileSync(at("other"), "content");
    specials.put(at("x"), kind);
    const before = fs.readdirSync(root);
    const provider = serve({});
    for (const { path, answer } of SPELLINGS) {
      for (const [name, run] of Object.entries(byPath(path))) {
        const got = await answerOf(() => run(provider));
        if (got === answer) continue;
        wrong.push(`${name} ${JSON.stringify(path)}, ${kind}: ${got}, not ${answer}`);
      }
    }
    assert.deepEqual(fs.readdirSync(root), before, kind);
    await provider.removeAll("/");
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(fs.readdirSync(outside).sort(), ["secret", "specials"]);
});

testBoth("resolve: a spelling that was cleaned stays inside", ({ at, outside, provider }) => {
  fs.mkdirSync(at("e"));
  fs.writeFileSync(at("secret"), "inside");
  for (const path of ["../secret", "/../../secret", "e/../../../secret", "//secret", "./secret/"]) {
    assert.equal(provider.stat(cleanPath(path)).size, 6);
  }
  assert.equal(fs.statSync(join(outside, "secret")).size, 6);
  assert.equal(
    provider.stat(cleanPath("../secret")).ino,
    BigInt(fs.statSync(at("secret"), { bigint: true }).ino),
  );
});

testBoth("resolve: names of 255 bytes, and paths longer than PATH_MAX", async ({ provider }) => {
  const long = "n".repeat(255);
  const path = `/${Array(40).fill(long).join("/")}`;
  provider.mkdirAll(path, 0o700);
  const file = provider.open(`${path}/${"ü".repeat(127)}`, O_RDWR | O_CREAT, 0o600);
  await file.writeAt(new Uint8Array(3), 0);
  await file.close();
  assert.equal(provider.stat(`${path}/${"ü".repeat(127)}`).size, 3);
  assert.equal((await provider.readDir(path)).length, 1);
  provider.rename(`${path}/${"ü".repeat(127)}`, "/short");
  await provider.removeAll(`/${long}`);
  assert.deepEqual((await provider.readDir("/")).map((entry) => entry.name), ["short"]);
});

async function answerOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return "ok";
  } catch (error) {
    return toVfsError(error).code;
  }
}

/** Every operation that takes a path, with this one. */
function byPath(path: string): Record<string, (provider: Provider) => unknown> {
  return {
    stat: (fs) => fs.stat(path),
    lookup: (fs) => fs.lookup(path),
    readDir: (fs) => fs.readDir(path),
    openDir: (fs) => fs.openDir(path),
    open: (fs) => fs.open(path, 0),
    create: (fs) => fs.create(path, 0o600),
    mkdir: (fs) => fs.mkdir(path, 0o700),
    mkdirAll: (fs) => fs.mkdirAll(path, 0o700),
    mknod: (fs) => fs.mknod(path, 0o100600, 0),
    symlink: (fs) => fs.symlink("f", path),
    "link of": (fs) => fs.link(path, "/new"),
    "link to": (fs) => fs.link("/other", path),
    readlink: (fs) => fs.readlink(path),
    unlink: (fs) => fs.unlink(path),
    rmdir: (fs) => fs.rmdir(path),
    remove: (fs) => fs.remove(path),
    removeAll: (fs) => fs.removeAll(path),
    "rename of": (fs) => fs.rename(path, "/new"),
    "rename to": (fs) => fs.rename("/other", path),
    chmod: (fs) => fs.chmod(path, 0o600),
    chown: (fs) => fs.chown(path, -1, -1),
    utimes: (fs) => fs.utimes(path, "now", "now"),
    truncate: (fs) => fs.truncate(path, 0),
    statfs: (fs) => fs.statfs(path),
    getxattr: (fs) => fs.getxattr(path, "user.a"),
    setxattr: (fs) => fs.setxattr(path, "user.a", new Uint8Array(1)),
    listxattr: (fs) => fs.listxattr(path),
    removexattr: (fs) => fs.removexattr(path, "user.a"),
  };
}
