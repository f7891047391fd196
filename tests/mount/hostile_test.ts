/** What becomes of a mount whose server is broken or hostile: errors in time, and nobody hangs. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Answer, type Lie, lying, type Malice, startMiddleman } from "./_liar.ts";
import {
  clearAway,
  type Mounted,
  mountsAt,
  startHost,
  startServer,
  withScratch,
} from "./_mounted.ts";
import { isMine, skipWithout } from "./_needs.ts";
import { shell } from "./_run.ts";

/** What is asked of a mount, which is at `$M`, when its server has turned evil. */
const EVERYTHING = ["cat $M/f2", "ls -l $M", "touch $M/new", "mv $M/f4 $M/f5"];

/** Ways to break the stream of bytes: nothing that comes after it can be believed. */
const MALICE: Readonly<Record<string, Malice>> = {
  "says nothing any more": () => undefined,
  "hangs up": (_chunk, socket) => {
    socket.destroy();
    return undefined;
  },
  "answers with other bytes": (chunk) => chunk.map((byte) => byte ^ 0x55),
  "changes the first byte of its answers": (chunk) => withChangedByte(chunk, 4),
  "answers when nobody waits any more": (chunk, socket) => {
    setTimeout(() => socket.write(chunk), 3000);
    return undefined;
  },
  "answers with half of it": (chunk) => chunk.slice(0, chunk.length >> 1),
  "answers everything twice": (chunk) => new Uint8Array([...chunk, ...chunk]),
  "announces answers that are too long": (chunk) => chunk.slice().fill(0xff, 0, 4),
  "answers with zeros": (chunk) => chunk.slice().fill(0, 4),
};

function withChangedByte(chunk: Uint8Array, at: number): Uint8Array {
  return chunk.map((byte, i) => i === at ? byte ^ 0xff : byte);
}

/** Changes one item of the list of attributes. */
function withAttribute(index: number, value: unknown): Lie {
  return (answer) => {
    if (!Array.isArray(answer.attr)) return answer;
    return { ...answer, attr: answer.attr.map((item, i) => i === index ? value : item) };
  };
}

/** Changes the names of a listing. */
function withNames(name: string): Lie {
  return (answer) => {
    if (!Array.isArray(answer.page)) return answer;
    return { ...answer, page: answer.page.map((entry) => [name, ...entry.slice(1)]) };
  };
}

/** Changes the number of what was opened. */
function withHandle(fh: number): Lie {
  return (answer) => "fh" in answer ? { ...answer, fh } : answer;
}

function withData(change: (data: Uint8Array) => Uint8Array): Lie {
  return (answer) =>
    answer.data instanceof Uint8Array ? { ...answer, data: change(answer.data) } : answer;
}

const longer = (data: Uint8Array) => new Uint8Array(data.length + (1 << 21));

/** Answers that are well-formed and cannot be true, and what must fail because of them. */
const LIES: Readonly<Record<string, readonly [lie: Lie, asked: readonly string[]]>> = {
  "answers requests that nobody made": [
    (answer: Answer) => ({ ...answer, id: Number(answer.id) + 1_000_000 }),
    EVERYTHING,
  ],
  "answers with errors that there are not": [
    (answer: Answer) => ({ ...answer, err: -9999 }),
    EVERYTHING,
  ],
  "leaves out which request it answers": [
    ({ id: _id, ...answer }: Answer) => answer,
    EVERYTHING,
  ],
  "gives more data than were asked for": [withData(longer), ["cat $M/f2", "cat $M/link"]],
  "says that it wrote more than there was": [
    (answer) => "written" in answer ? { ...answer, written: 2 ** 40 } : answer,
    ["dd if=/dev/zero of=$M/f3 bs=100 count=1 conv=notrunc status=none"],
  ],
  "says that it wrote nothing": [
    ({ written: _written, ...answer }: Answer) => answer,
    ["dd if=/dev/zero of=$M/f3 bs=100 count=1 conv=notrunc status=none"],
  ],
  "tells of types that there are not": [withAttribute(1, 0o644), ["stat $M/f2", "stat $M/f3"]],
  "tells of sizes that there are not": [withAttribute(6, 2n ** 63n), ["stat $M/f2", "stat $M/f3"]],
  "leaves out the attributes": [
    ({ attr: _attr, ...answer }: Answer) => answer,
    ["stat $M/f2", "cat $M/f3"],
  ],
  "lists names of other directories": [withNames("../f2"), ["ls $M"]],
  "lists names that are too long": [withNames("x".repeat(300)), ["ls $M"]],
  "lists without end": [
    (answer) =>
      Array.isArray(answer.page)
        ? { ...answer, page: [["same", 7, 0o100644, 1], ["same", 7, 0o100644, 1]] }
        : answer,
    ["ls $M"],
  ],
};

/** What may be false without any answer that proves it: then it is enough that nobody hangs. */
const HARMLESS: Readonly<Record<string, () => Malice>> = {
  "changes a byte in the middle": () => (chunk) => withChangedByte(chunk, chunk.length >> 1),
  "gives everything one inode number": lying(withAttribute(0, 42)),
  "says that everything is a directory": lying(withAttribute(1, 0o40755)),
  "gives every open file the same handle": lying(withHandle(1)),
  "gives open files handles that there are not": lying(withHandle(12_345)),
  "gives half of the data": lying(withData((data) => data.slice(0, data.length >> 1))),
};

let count = 0;

function hostileTest(
  what: string,
  malice: () => Malice,
  asked: readonly string[],
  check: (failures: readonly string[], stderr: string) => void,
): void {
  if (!isMine(count++)) return;
  const title = `mount() of a server that ${what} fails in time and hangs nobody`;
  test(title, { skip: skipWithout(), timeout: 120_000 }, async () => {
    await withScratch(async (scratch) => {
      const root = join(scratch, "root");
      const dir = join(scratch, "mnt");
      for (const path of [root, dir]) mkdirSync(path);
      for (let i = 0; i < 20; i++) writeFileSync(join(root, `f${i}`), `content ${i}`.repeat(500));
      await shell("ln -s f1 link", { cwd: root });
      const host = await startHost(`${root}.sock`, root);
      const middleman = await startMiddleman(`${root}.connected`, `${root}.sock`, malice);
      const options = { attrLifetime: 0, entryLifetime: 0, deadline: 2000, busyGrace: 200 };
      let mounted: Mounted | undefined;
      try {
        mounted = await startServer({ kind: "connected-live", dir, root, options });
        const script = "ls -l; cat f1 > copy; mv copy copy2; rm copy2; mkdir d; rmdir d";
        assert.equal((await shell(script, { cwd: dir })).code, 0, "while it is honest");
        middleman.turnEvil();
        // Whatever comes of it, it comes soon: nobody waits for longer than a deadline or two. All
        // ask at once, so that those who wait for a deadline wait together.
        const outcomes = await Promise.all(
          asked.map((command) =>
            shell(`exec timeout -s KILL 20 ${command} > /dev/null`, {
              cwd: "/",
              env: { M: dir },
              timeout: 40_000,
            })
          ),
        );
        const stderr = outcomes.map((outcome) => outcome.stderr).join("");
        assert.doesNotMatch(stderr, /Killed|time limit/);
        for (const { code } of outcomes) assert.ok(code < 128, `it was killed: ${stderr}`);
        check(outcomes.map((outcome) => outcome.code === 0 ? "" : outcome.stderr), stderr);
        await mounted.stop();
        assert.deepEqual(mountsAt(dir), []);
      } finally {
        await clearAway(dir, mounted?.server);
        middleman.close();
        host.stdin!.end();
        await new Promise((resolve) => host.on("close", resolve));
      }
    });
  });
}

function allFail(failures: readonly string[], stderr: string): void {
  for (const text of failures) assert.match(text, /Input\/output error|timed out/, stderr);
}

for (const [what, malice] of Object.entries(MALICE)) {
  hostileTest(what, () => malice, EVERYTHING, allFail);
}
for (const [what, [lie, asked]] of Object.entries(LIES)) {
  hostileTest(what, lying(lie), asked, allFail);
}
for (const [what, malice] of Object.entries(HARMLESS)) {
  const asked = [
    "ls -lR $M",
    "cat $M/f2 $M/f3",
    "cp $M/f4 $M/f5",
    "find $M -type f",
    "rm -r $M/f6",
  ];
  hostileTest(what, malice, asked, () => {});
}
