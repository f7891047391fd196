import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import {
  cannotMount,
  clearAway,
  type Mounted,
  mountsAt,
  startHost,
  startServer,
  withScratch,
} from "./_mounted.ts";
import { shell } from "./_run.ts";

/** What somebody between the mount and its server does to an answer; `undefined` keeps it. */
type Malice = (chunk: Uint8Array, socket: Socket) => Uint8Array | undefined;

/** Ways to be no good. */
const MALICE: Readonly<Record<string, Malice>> = {
  "says nothing any more": () => undefined,
  "hangs up": (_chunk, socket) => {
    socket.destroy();
    return undefined;
  },
  "answers with other bytes": (chunk) => chunk.map((byte) => byte ^ 0x55),
  "changes a byte of each answer": (chunk) => {
    const changed = chunk.slice();
    const at = Math.floor(chunk.length / 2);
    changed[at] = changed[at]! ^ 0xff;
    return changed;
  },
  "answers with half of it": (chunk) => chunk.slice(0, chunk.length >> 1),
  "answers everything twice": (chunk) => new Uint8Array([...chunk, ...chunk]),
  "announces answers that are too long": (chunk) => chunk.slice().fill(0xff, 0, 4),
  "answers with zeros": (chunk) => chunk.slice().fill(0, 4),
};

for (const [what, malice] of Object.entries(MALICE)) {
  const title = `mount() of a server that ${what} fails in time and hangs nobody`;
  test(title, { skip: cannotMount ?? false, timeout: 90_000 }, async () => {
    await withScratch(async (scratch) => {
      const root = join(scratch, "root");
      const dir = join(scratch, "mnt");
      mkdirSync(root);
      mkdirSync(dir);
      for (let i = 0; i < 20; i++) writeFileSync(join(root, `f${i}`), `content ${i}`.repeat(500));
      const host = await startHost(`${root}.sock`, root);
      const sockets: Socket[] = [];
      let isEvil = false;
      const proxy = createServer((near) => {
        const far = connect(`${root}.sock`);
        sockets.push(near, far);
        near.on("data", (chunk) => void far.write(chunk));
        far.on("data", (chunk: Uint8Array) => {
          const passed = isEvil ? malice(new Uint8Array(chunk), near) : chunk;
          if (passed !== undefined) near.write(passed);
        });
        for (const socket of [near, far]) socket.on("error", () => {});
        near.on("close", () => far.destroy());
        far.on("close", () => near.destroy());
      });
      await new Promise<void>((resolve) => proxy.listen(`${root}.connected`, resolve));
      const options = { attrLifetime: 0, entryLifetime: 0, deadline: 2000, busyGrace: 200 };
      let mounted: Mounted | undefined;
      try {
        mounted = await startServer({ kind: "connected-live", dir, root, options });
        const script = "ls -l; cat f1 > copy; mv copy copy2; rm copy2; mkdir d; rmdir d";
        assert.equal((await shell(script, { cwd: dir })).code, 0, "while it is honest");
        isEvil = true;
        // Whatever comes of it, it comes soon: nobody waits for longer than a deadline or two.
        const asked = [
          `cat ${dir}/f2`,
          `ls -l ${dir}`,
          `touch ${dir}/new`,
          `mv ${dir}/f4 ${dir}/f5`,
        ];
        const ask = asked.map((command) => `timeout -s KILL 15 ${command}`).join("\n");
        const { code, stderr } = await shell(`set +e\n${ask} \nexit 0`, {
          cwd: "/",
          timeout: 70_000,
        });
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(stderr, /Killed|time limit/);
        const failures = stderr.trim().split("\n");
        assert.equal(failures.length, asked.length, stderr);
        for (const text of failures) assert.match(text, /Input\/output error|timed out/);
        await mounted.stop();
        assert.deepEqual(mountsAt(dir), []);
      } finally {
        await clearAway(dir, mounted?.server);
        for (const socket of sockets) socket.destroy();
        proxy.close();
        host.stdin!.end();
        await new Promise((resolve) => host.on("close", resolve));
      }
    });
  });
}
