/** Point 10. A hook can choose. */
import { strict as assert } from "node:assert";
import { O_RDONLY, O_RDWR, O_WRONLY, S_IFREG, VfsError } from "../../../src/fs/mod.ts";
import { allow, answer, block, change, delay, deny, hide, hook } from "../../../src/hooks/mod.ts";
import { MemoryProvider } from "../../../src/providers/mod.ts";
import { bytes, names, outcome, readHandle, readText, using, writeText } from "../kit.ts";
import { behind, point, type Row } from "./_row.ts";

export const DECISIONS: readonly Row[] = point(10, (row) => {
  row(
    "a hook can allow, block, answer, change, hide, delay and fail",
    "has no decision but to fail",
    async (maker) => {
      const order: string[] = [];
      const { files, inner } = await behind(
        maker,
        hook({ ops: ["unlink"], pathPattern: "/w/a", before: () => allow() }),
        hook({ ops: ["unlink"], before: () => block("EBUSY") }),
        hook({ ops: ["readlink"], before: () => answer("/made/up") }),
        hook({
          ops: ["open", "create"],
          pathPattern: "/w/old",
          before: () => change({ path: "/w/a" }),
        }),
        hook({ ops: ["stat"], pathPattern: "/w/dir", before: () => hide() }),
        hook({
          ops: ["rmdir"],
          before: () => {
            order.push("asked");
            return delay(20);
          },
        }),
        hook({
          ops: ["chmod"],
          before: () => {
            throw new VfsError("ENOSPC");
          },
        }),
      );
      assert.equal(await outcome(() => files.unlink("/w/b")), "EBUSY");
      assert.equal(files.readlink("/w/nowhere"), "/made/up");
      assert.equal(await readText(files, "/w/old"), "content");
      assert.equal(await outcome(() => files.stat("/w/dir")), "ENOENT");
      assert.deepEqual(await names(files, "/w"), ["a"]);
      const removed = files.rmdir("/w/dir");
      order.push("waiting");
      assert.ok(inner.lookup("/w/dir") !== undefined);
      await removed;
      assert.deepEqual(order, ["asked", "waiting"]);
      assert.equal(inner.lookup("/w/dir"), undefined);
      assert.equal(await outcome(() => files.chmod("/w/a", 0)), "ENOSPC");
      files.unlink("/w/a");
    },
  );

  row(
    "a hook can change each argument, and is not asked again about what it did",
    undefined,
    async (maker) => {
      const calls: string[] = [];
      const { files, inner } = await behind(
        maker,
        hook({
          ops: ["mkdir"],
          before: ({ path, mode }) => {
            calls.push(path);
            return change({ path: `${path}-there`, mode: mode & 0o700 });
          },
        }),
        hook({
          ops: ["write"],
          before: ({ data }) => change({ offset: 2, data: data!.toReversed() }),
        }),
        hook({ ops: ["open"], before: () => change({ flags: O_RDWR }) }),
        hook({ ops: ["symlink"], before: () => change({ newPath: "rewritten" }) }),
        hook({ ops: ["rename"], before: ({ newPath }) => change({ newPath: `${newPath}.bak` }) }),
        hook({ ops: ["truncate"], before: () => change({ offset: 3 }) }),
      );
      files.mkdir("/w/x", 0o777);
      assert.deepEqual(calls, ["/w/x"]);
      assert.equal(inner.stat("/w/x-there").mode & 0o777, 0o700);
      await using(files.open("/w/a", O_WRONLY), (handle) => handle.writeAt(bytes("123"), 0));
      assert.equal(await readText(inner, "/w/a"), "co321nt");
      files.symlink("original", "/w/link");
      assert.equal(inner.readlink("/w/link"), "rewritten");
      files.rename("/w/link", "/w/moved");
      assert.equal(inner.readlink("/w/moved.bak"), "rewritten");
      files.truncate("/w/a", 100);
      assert.equal(await readText(inner, "/w/a"), "co3");
    },
  );

  row(
    "what a hook changes a path to is judged as well, by every rule",
    "judges the path that was asked for",
    async (maker) => {
      const { files } = await behind(
        maker,
        deny("/w/secret"),
        hook({ ops: ["stat"], before: () => change({ path: "/w/secret/key" }) }),
      );
      assert.equal(await outcome(() => files.stat("/w/a")), "EACCES");
    },
  );

  row(
    "a hook can answer every operation that has an answer, and nothing else happens",
    "cannot answer",
    async (maker) => {
      const info = new MemoryProvider().stat("/");
      const space = new MemoryProvider().statfs("/");
      const handle = new MemoryProvider().create("/x", 0o644);
      const done: string[] = [];
      const { files, inner } = await behind(
        maker,
        hook({ ops: ["stat"], before: () => answer(info) }),
        hook({ ops: ["readdir"], before: () => answer([{ name: "x", ino: 1n, mode: 0o100644 }]) }),
        hook({ ops: ["open", "create"], pathPattern: "/made-up", before: () => answer(handle) }),
        hook({ ops: ["statfs"], before: () => answer(space) }),
        hook({ ops: ["getxattr"], before: () => answer(bytes("value")) }),
        hook({ ops: ["listxattr"], before: () => answer(["user.x"]) }),
        hook({ ops: ["read"], before: () => answer(bytes("read")) }),
        hook({ ops: ["write", "copy"], before: ({ size }) => answer(size) }),
        hook({
          ops: [
            "mkdir",
            "chmod",
            "chown",
            "utimes",
            "truncate",
            "unlink",
            "rmdir",
            "rename",
            "link",
            "symlink",
            "mknod",
            "setxattr",
            "removexattr",
            "remove",
            "remove_all",
            "sync",
            "lock",
            "allocate",
          ],
          before: ({ op, cause }) => {
            if (op === cause) done.push(op);
            return op === cause ? answer() : undefined;
          },
        }),
      );
      const before = await names(inner, "/w");
      assert.equal(files.stat("/nowhere"), info);
      assert.deepEqual(await names(files, "/nowhere"), ["x"]);
      assert.equal((await files.open("/made-up", O_RDONLY)) instanceof Object, true);
      assert.equal(files.statfs("/nowhere"), space);
      assert.deepEqual(files.getxattr("/nowhere", "user.x"), bytes("value"));
      assert.deepEqual(files.listxattr("/nowhere"), ["user.x"]);
      files.mkdir("/w/x", 0o755);
      files.chmod("/w/a", 0);
      files.chown("/w/a", 1, 1);
      files.utimes("/w/a", "now", "now");
      files.truncate("/w/a", 0);
      files.unlink("/w/a");
      files.rmdir("/w/dir");
      files.remove("/w/a");
      await files.removeAll("/w");
      await files.rename("/w/a", "/w/b");
      await files.link("/w/a", "/w/b");
      files.symlink("/w/a", "/w/b");
      files.mknod("/w/b", S_IFREG, 0);
      files.setxattr("/w/a", "user.x", bytes("x"));
      files.removexattr("/w/a", "user.x");
      await using(files.open("/w/a", O_RDWR), async (file) => {
        assert.equal(await readHandle(file), "read");
        assert.equal(await file.read(new Uint8Array(4)), 4);
        assert.equal(await file.seek(0, 1), 4);
        assert.equal(await file.writeAt(bytes("12345"), 0), 5);
        assert.equal(await file.copyRange(0, file, 100, 7), 7);
        await file.allocate(0, 0, 1000);
        await file.sync();
        await file.lock({ kind: "flock", type: "write", start: 0, end: 1, owner: "x", pid: 0 });
      });
      assert.deepEqual(await names(inner, "/w"), before);
      assert.equal(await readText(inner, "/w/a"), "content");
      assert.equal(new Set(done).size, 18);
    },
  );

  row(
    "a copy within the tree does not pass a hook that wants other bytes",
    undefined,
    async (maker) => {
      const { files } = await behind(
        maker,
        hook({ ops: ["read"], pathPattern: "/w/a", before: () => answer(bytes("other")) }),
        hook({
          ops: ["write"],
          pathPattern: "/w/b",
          before: ({ data }) => change({ data: data! }),
        }),
      );
      await writeText(files, "/w/b", "x");
      await writeText(files, "/w/c", "x");
      const copy = (from: string, to: string) =>
        using(
          files.open(from, O_RDONLY),
          (source) => using(files.open(to, O_RDWR), (target) => source.copyRange(0, target, 0, 5)),
        );
      assert.equal(await outcome(() => copy("/w/a", "/w/c")), "EXDEV");
      assert.equal(await outcome(() => copy("/w/c", "/w/b")), "EXDEV");
      assert.equal(await outcome(() => copy("/w/b", "/w/c")), 1);
    },
  );
});
