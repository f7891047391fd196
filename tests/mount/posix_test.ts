import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type MountKind, withMount, withScratch } from "./_mounted.ts";
import { skipWithout } from "./_needs.ts";
import { run, shell } from "./_run.ts";
import { allCases, type PosixCase } from "./posix/_cases.ts";

const PROGRAM = new URL("./programs/caller.c", import.meta.url).pathname;
const CASES = allCases();

/** Compiles the program that makes the calls. */
async function compile(dir: string): Promise<string> {
  const program = join(dir, "caller");
  const { code, stderr } = await run("gcc", ["-O1", "-o", program, PROGRAM]);
  assert.equal(code, 0, stderr);
  return program;
}

/** Runs every case in a directory, and tells of those that gave something else than they must. */
async function failures(program: string, dir: string): Promise<string[]> {
  const script = CASES.flatMap(({ steps }, i) => [`case ${i}`, ...steps.map(({ call }) => call)]);
  const { code, stdout, stderr } = await shell(`exec "${program}"`, {
    cwd: dir,
    input: `${script.join("\n")}\n`,
    timeout: 120_000,
  });
  assert.equal(code, 0, stderr);
  // A name with a newline in it is not listed by any case, so one line is one answer.
  const answers = stdout.split("\n");
  let line = 0;
  return CASES.flatMap(({ title, steps }: PosixCase) => {
    assert.equal(answers[line++], "0", `the directory of the case "${title}"`);
    return steps.flatMap(({ call, expected }) => {
      const answer = answers[line++];
      return answer === expected ? [] : [`${title}: ${call} gives ${answer}, not ${expected}`];
    });
  });
}

function posixTest(name: string, use: (program: string, scratch: string) => Promise<void>): void {
  test(name, { skip: skipWithout("gcc"), timeout: 200_000 }, async () => {
    await withScratch(async (scratch) => {
      await use(await compile(scratch), scratch);
    });
  });
}

posixTest(
  `the ${CASES.length} cases of POSIX hold on the native filesystem`,
  async (program, dir) => {
    assert.ok(CASES.length >= 400);
    mkdirSync(join(dir, "native"));
    assert.deepEqual(await failures(program, join(dir, "native")), []);
  },
);

/** What a provider refuses on purpose, and says so in its documentation. */
const REFUSED_BY_DIRECTORY = [
  /: mknod .* S_IF(CHR|BLK) /,
  /^(mknod\(\) makes a|unlink\(\) of a fifo, a socket)/,
  / trusted\.a /,
];
const REFUSED: Readonly<Partial<Record<MountKind, readonly RegExp[]>>> = {
  "real": REFUSED_BY_DIRECTORY,
  "served-live": REFUSED_BY_DIRECTORY,
};
const KINDS: readonly MountKind[] = ["memory", "real", "memory-live", "served-live"];

/** Without the runtime's FFI, a directory of the host lacks more than the cases can allow for. */
const withoutFfi = process.versions.bun === undefined && !("Deno" in globalThis) &&
  Number(process.versions.node.split(".")[0]) < 26;

for (const kind of KINDS) {
  posixTest(`mount() of ${kind} does what POSIX says in ${CASES.length} cases`, async (program) => {
    if (kind in REFUSED && withoutFfi) {
      console.log("This runtime has no FFI, so a directory of the host was not tested");
      return;
    }
    const options = { allowOther: true, suid: true, dev: true } as const;
    await withMount(kind, options, async ({ dir }) => {
      const refused = REFUSED[kind] ?? [];
      const failed = await failures(program, dir);
      assert.deepEqual(failed.filter((text) => !refused.some((known) => known.test(text))), []);
    });
  });
}
