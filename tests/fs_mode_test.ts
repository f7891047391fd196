import assert from "node:assert/strict";
import * as fs from "node:fs";
import { platform } from "node:os";
import { test } from "node:test";
import fc from "fast-check";
import {
  canRead,
  canWrite,
  fromGoFileMode,
  goFileType,
  isDirectory,
  isRegularFile,
  isSymlink,
  mayModify,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  S_PERM,
  toGoFileMode,
} from "../src/fs/mod.ts";
import * as all from "../src/fs/mod.ts";

const TYPES = [S_IFREG, S_IFDIR, S_IFLNK, S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK];

/** Modes as Go wrote them, by the Linux mode each stands for. */
const GO_MODES: readonly [linux: number, go: number][] = [
  [S_IFREG | 0o644, 0o644],
  [S_IFREG | 0o600, 384],
  [S_IFDIR | 0o755, 2_147_484_141],
  [S_IFLNK | 0o777, 134_218_239],
  [S_IFREG | 0o7755, 13_631_981],
  [S_IFIFO | 0o644, 0x2000000 | 0o644],
  [S_IFSOCK | 0o755, 0x1000000 | 0o755],
  [S_IFBLK | 0o660, 0x4000000 | 0o660],
  [S_IFCHR | 0o620, 0x4200000 | 0o620],
  [S_IFDIR | 0o1777, 0x80100000 + 0o777],
];

interface Stat {
  readonly mode: number;
  readonly is_dir: boolean;
}

/** Every `stat` in the frames that were recorded from Go. */
function recordedStats(): Stat[] {
  const file = new URL("./vectors/matchlock-v1.json", import.meta.url);
  const { codec, session } = JSON.parse(fs.readFileSync(file, "utf8"));
  const values = [
    ...codec.map((it: { value: { stat?: Stat } }) => it.value),
    ...session.map((it: { response: { stat?: Stat } }) => it.response),
  ];
  return values.flatMap((value) => value?.stat === undefined ? [] : [value.stat]);
}

test("toGoFileMode() and fromGoFileMode() agree with Go", () => {
  for (const [linux, go] of GO_MODES) {
    assert.equal(toGoFileMode(linux), go, linux.toString(8));
    assert.equal(fromGoFileMode(go), linux, go.toString(16));
  }
});

test("toGoFileMode() gives back every mode that was recorded from Go", () => {
  const stats = recordedStats();
  assert.ok(stats.length >= 8);
  for (const { mode, is_dir } of stats) {
    assert.equal(toGoFileMode(fromGoFileMode(mode)), mode, mode.toString(16));
    assert.equal(isDirectory(fromGoFileMode(mode)), is_dir);
  }
});

test("toGoFileMode() loses nothing, and is an unsigned number", () => {
  const mode = fc.tuple(fc.constantFrom(...TYPES), fc.integer({ min: 0, max: S_PERM }));
  fc.assert(fc.property(mode, ([type, permissions]) => {
    const go = toGoFileMode(type | permissions);
    assert.ok(go >= 0 && go <= 0xffffffff);
    assert.equal(fromGoFileMode(go), type | permissions);
    assert.equal(goFileType(type | permissions), toGoFileMode(type));
  }));
});

test("toGoFileMode() calls an unknown type irregular", () => {
  assert.equal(goFileType(0o150000), 1 << 19);
  assert.equal(fromGoFileMode(1 << 19), 0);
});

test("isDirectory(), isRegularFile() and isSymlink() look at the type alone", () => {
  for (const type of TYPES) {
    for (const mode of [type, type | S_PERM]) {
      assert.equal(isDirectory(mode), type === S_IFDIR);
      assert.equal(isRegularFile(mode), type === S_IFREG);
      assert.equal(isSymlink(mode), type === S_IFLNK);
    }
  }
});

test("the constants are those of the system it runs on, where that is Linux on x86-64", () => {
  if (platform() !== "linux" || process.arch !== "x64") return;
  const ours = all as unknown as Record<string, number>;
  const shared = Object.entries(fs.constants).filter(([name]) =>
    /^[OS]_/.test(name) && name in ours
  );
  assert.ok(shared.length >= 20, String(shared.length));
  for (const [name, value] of shared) assert.equal(ours[name], value, name);
});

test("canRead() and canWrite() look at the access mode alone", () => {
  for (const more of [0, O_CREAT | O_EXCL, O_TRUNC, O_APPEND]) {
    assert.deepEqual([canRead(O_RDONLY | more), canWrite(O_RDONLY | more)], [true, false]);
    assert.deepEqual([canRead(O_WRONLY | more), canWrite(O_WRONLY | more)], [false, true]);
    assert.deepEqual([canRead(O_RDWR | more), canWrite(O_RDWR | more)], [true, true]);
    assert.deepEqual([canRead(3 | more), canWrite(3 | more)], [false, false]);
  }
});

test("mayModify() is true for whatever could change a tree", () => {
  for (const flags of [O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_TMPFILE, O_TMPFILE | O_RDWR]) {
    assert.ok(mayModify(flags), flags.toString(8));
  }
  for (const flags of [O_RDONLY, O_RDONLY | O_APPEND, O_RDONLY | O_EXCL, all.O_DIRECTORY]) {
    assert.ok(!mayModify(flags), flags.toString(8));
  }
});
