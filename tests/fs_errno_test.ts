import assert from "node:assert/strict";
import * as fs from "node:fs";
import { constants, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  ERRNO,
  type ErrnoCode,
  errnoMessage,
  errnoName,
  parseErrnoCode,
  toVfsError,
  VfsError,
} from "../src/fs/mod.ts";

test("ERRNO has the numbers of the system it runs on, where that is Linux", () => {
  if (platform() !== "linux") return;
  const system = constants.errno as unknown as Record<string, number>;
  assert.ok(Object.keys(system).length > 70);
  for (const [name, number] of Object.entries(system)) {
    const code = parseErrnoCode(name);
    assert.ok(code !== undefined, name);
    assert.equal(ERRNO[code], number, name);
  }
});

test("ERRNO gives each number one name", () => {
  const numbers = Object.values(ERRNO);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const [name, number] of Object.entries(ERRNO)) assert.equal(errnoName(number), name);
});

test("errnoName() knows no number that Linux does not define", () => {
  for (const number of [0, -2, 41, 58, 134, 1.5, NaN, 2 ** 31]) {
    assert.equal(errnoName(number), undefined, String(number));
  }
});

test("errnoMessage() has one text for each errno, the host's own where it tells", () => {
  const texts = Object.keys(ERRNO).map((code) => errnoMessage(code as ErrnoCode));
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.match(text, /^.+[^.]$/);
  assert.equal(errnoMessage("ENOENT"), "no such file or directory");
  assert.equal(errnoMessage("ENOTEMPTY"), "directory not empty");
});

test("parseErrnoCode() takes synonyms and nothing that objects have of themselves", () => {
  assert.equal(parseErrnoCode("EWOULDBLOCK"), "EAGAIN");
  assert.equal(parseErrnoCode("ENOTSUP"), "EOPNOTSUPP");
  assert.equal(parseErrnoCode("EDEADLOCK"), "EDEADLK");
  for (const name of ["", "UNKNOWN", "toString", "__proto__", "constructor", "enoent"]) {
    assert.equal(parseErrnoCode(name), undefined, name);
  }
});

test("VfsError carries code, number and text, and no stack", () => {
  const cause = new Error("why");
  const error = new VfsError("ENOSPC", "/a", { cause });
  assert.equal(error.code, "ENOSPC");
  assert.equal(error.errno, 28);
  assert.equal(error.name, "VfsError");
  assert.equal(error.message, "ENOSPC: no space left on device: /a");
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
  assert.ok(!(error.stack ?? "").includes("fs_errno_test"));
  assert.equal(new VfsError("EIO").message, "EIO: input/output error");
});

test("VfsError leaves the stacks of other errors as they were", () => {
  new VfsError("EIO");
  assert.ok((new Error("other").stack ?? "").includes("fs_errno_test"));
});

/** What the runtime throws when a system call fails. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Expected the call to fail");
}

test("toVfsError() understands what this runtime throws", () => {
  const directory = fs.mkdtempSync(join(tmpdir(), "vfs-errno-"));
  const path = (name: string) => join(directory, name);
  try {
    fs.writeFileSync(path("file"), "");
    fs.mkdirSync(path("full"));
    fs.mkdirSync(path("full/inside"));
    fs.symlinkSync("loop", path("loop"));
    const readOnly = fs.openSync(path("file"), "r");
    const cases: [code: ErrnoCode, call: () => unknown][] = [
      ["ENOENT", () => fs.lstatSync(path("none"))],
      ["ENOTDIR", () => fs.lstatSync(path("file/x"))],
      ["EEXIST", () => fs.mkdirSync(path("full"))],
      ["ENOTEMPTY", () => fs.rmdirSync(path("full"))],
      ["EISDIR", () => fs.openSync(path("full"), "r+")],
      ["ELOOP", () => fs.readFileSync(path("loop"))],
      ["ENAMETOOLONG", () => fs.lstatSync(path("x".repeat(256)))],
      ["EINVAL", () => fs.readlinkSync(path("file"))],
      ["EINVAL", () => fs.renameSync(path("full"), path("full/inside/x"))],
      ["EBADF", () => fs.writeSync(readOnly, "x")],
      ["EINVAL", () => fs.ftruncateSync(readOnly, 5)],
    ];
    if (platform() === "linux") {
      cases.push(["ENOSPC", () => fs.writeFileSync("/dev/full", "x")]);
    }
    for (const [code, call] of cases) {
      const error = toVfsError(thrownBy(call));
      assert.equal(error.code, code, `${code}: ${error.cause}`);
      assert.equal(error.errno, ERRNO[code]);
    }
    fs.closeSync(readOnly);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});

test("toVfsError() understands the shapes that runtimes were seen to throw", () => {
  const shapes: [thrown: unknown, code: ErrnoCode][] = [
    [{ errno: -122, code: "UNKNOWN" }, "EDQUOT"],
    [{ errno: -116, message: "Unknown system error -116" }, "ESTALE"],
    [{ errno: 28 }, "ENOSPC"],
    [{ code: "EDQUOT" }, "EDQUOT"],
    [{ code: "EWOULDBLOCK" }, "EAGAIN"],
    [new Error("File too large (os error 27)"), "EFBIG"],
    [{ errno: 99_999, code: "ENOENT" }, "ENOENT"],
    [{ errno: "2", code: 2, message: 2 }, "EIO"],
    [new TypeError("a mistake"), "EIO"],
    [{ message: "(os error 99999)" }, "EIO"],
    ["text", "EIO"],
    [undefined, "EIO"],
    [null, "EIO"],
    [42n, "EIO"],
    [Symbol("x"), "EIO"],
    [() => {}, "EIO"],
  ];
  for (const [thrown, code] of shapes) {
    const error = toVfsError(thrown, "/a");
    assert.equal(error.code, code);
    assert.equal(error.cause, thrown);
  }
});

test("toVfsError() passes a VfsError on and survives an error whose getters throw", () => {
  const error = new VfsError("ENOENT", "/a");
  assert.equal(toVfsError(error, "/b"), error);
  const hostile = {
    get errno(): number {
      throw new Error("gotcha");
    },
  };
  assert.equal(toVfsError(hostile).code, "EIO");
  assert.equal(toVfsError(new Proxy({}, { get: () => thrownBy })).code, "EIO");
});
