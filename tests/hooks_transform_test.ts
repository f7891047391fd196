/** Transformations, and that the guest's view is true before and after. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  FALLOC_FL_KEEP_SIZE,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  VfsError,
} from "../src/fs/mod.ts";
import {
  type FileTransform,
  HookEngine,
  type HookEvent,
  type HookSource,
  InterceptProvider,
  transform,
  transformFile,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { bytes, outcome, readHandle, readText, text, using, writeText } from "./hooks/kit.ts";

function behind(...hooks: HookSource[]) {
  const inner = new MemoryProvider();
  inner.mkdirAll("/w", 0o755);
  const engine = new HookEngine(hooks);
  return { inner, engine, files: new InterceptProvider(inner, engine) };
}

/** A cipher by place: what it makes of a byte depends on where it is. */
const cipher = (data: Uint8Array, offset: number) => data.map((byte, i) => byte ^ (offset + i + 1));
const CIPHER = transform("*.x", { read: cipher, write: cipher });

/** A transformation that changes the length, and back. */
const DOUBLE: FileTransform = {
  encode: (content) => bytes([...text(content)].map((letter) => letter + letter).join("")),
  decode: (stored) => bytes([...text(stored)].filter((_, i) => i % 2 === 0).join("")),
};

test("transform() changes what is written and read, and no size", async () => {
  const { inner, files } = behind(CIPHER);
  await writeText(files, "/w/a.x", "plain text");
  assert.equal(await readText(files, "/w/a.x"), "plain text");
  assert.notEqual(await readText(inner, "/w/a.x"), "plain text");
  assert.equal((await files.stat("/w/a.x")).size, 10);
  assert.equal(text(cipher(bytes(await readText(inner, "/w/a.x")), 0)), "plain text");
});

test("transform() knows the place of what is appended", async () => {
  const { files } = behind(CIPHER);
  await writeText(files, "/w/a.x", "plain");
  await using(files.open("/w/a.x", O_WRONLY | O_APPEND), async (handle) => {
    await handle.write(bytes(" text"));
    await handle.writeAt(bytes(" and more"), 0);
  });
  assert.equal(await readText(files, "/w/a.x"), "plain text and more");
});

test("transform() reads zeros where nothing was written", async () => {
  const { files } = behind(CIPHER);
  await using(files.open("/w/a.x", O_RDWR | O_CREAT, 0o644), async (handle) => {
    await handle.writeAt(bytes("end"), 5);
    await handle.truncate(10);
    assert.equal(await readHandle(handle), "\0\0\0\0\0end\0\0");
  });
  await files.truncate("/w/a.x", 12);
  assert.equal(await readText(files, "/w/a.x"), "\0\0\0\0\0end\0\0\0\0");
  await files.truncate("/w/a.x", 6);
  assert.equal(await readText(files, "/w/a.x"), "\0\0\0\0\0e");
});

test("transform() lets no bytes pass it by: copies and allocations are refused", async () => {
  const { files } = behind(CIPHER);
  await writeText(files, "/w/a.x", "plain");
  await writeText(files, "/w/b", "plain");
  await using(files.open("/w/a.x", O_RDWR), (a) =>
    using(files.open("/w/b", O_RDWR), async (b) => {
      assert.equal(await outcome(() => a.copyRange(0, b, 0, 5)), "EXDEV");
      assert.equal(await outcome(() => b.copyRange(0, a, 0, 5)), "EXDEV");
      assert.equal(await outcome(() => a.allocate(FALLOC_FL_KEEP_SIZE, 0, 5)), "EOPNOTSUPP");
    }));
  assert.equal(await outcome(() => files.rename("/w/a.x", "/w/a")), "EXDEV");
  assert.equal(await outcome(() => files.rename("/w/b", "/w/b.x")), "EXDEV");
  assert.equal(await outcome(() => files.link("/w/a.x", "/w/a")), "EXDEV");
  await files.rename("/w/a.x", "/w/c.x");
  await files.rename("/w", "/v");
  assert.equal(await readText(files, "/v/c.x"), "plain");
});

test("transform() that does not keep the length fails the one operation", async () => {
  const { inner, files } = behind(
    transform("/w/a", { write: (data) => data.subarray(1) }),
    transform("/w/b", { read: () => "text" as unknown as Uint8Array }),
  );
  await writeText(inner, "/w/b", "content");
  assert.equal(await outcome(() => writeText(files, "/w/a", "x")), "EIO");
  assert.equal(await outcome(() => readText(files, "/w/b")), "EIO");
  assert.equal(inner.stat("/w/a").size, 0);
});

test("several transform() are one after the other, and back in reverse", async () => {
  const add = (n: number) => (data: Uint8Array) => data.map((byte) => byte + n);
  const double = (data: Uint8Array) => data.map((byte) => byte * 2);
  const halve = (data: Uint8Array) => data.map((byte) => byte / 2);
  const { inner, files } = behind(
    transform("/w/a", { write: add(1), read: add(-1) }),
    transform("/w/**", { write: double, read: halve }),
  );
  await using(files.create("/w/a", 0o644), (handle) => handle.writeAt(Uint8Array.of(3, 4), 0));
  const buffer = new Uint8Array(2);
  await using(inner.open("/w/a", O_RDONLY), (handle) => handle.readAt(buffer, 0));
  assert.deepEqual([...buffer], [8, 10]);
  await using(files.open("/w/a", O_RDONLY), (handle) => handle.readAt(buffer, 0));
  assert.deepEqual([...buffer], [3, 4]);
});

test("a file behind transform() is like one without, for any writes and truncates", async () => {
  const step = fc.oneof(
    fc.record({ at: fc.nat(300), data: fc.uint8Array({ maxLength: 50 }) }),
    fc.record({ size: fc.nat(300) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, whole) => {
      const { files } = behind(
        whole
          ? transformFile("*.x", {
            encode: (content) => new Uint8Array([7, ...content]),
            decode: (stored) => stored.slice(1),
          })
          : CIPHER,
      );
      const one = await files.open("/w/a.x", O_RDWR | O_CREAT, 0o644);
      const other = await files.open("/w/a", O_RDWR | O_CREAT, 0o644);
      const content = async (name: string) => {
        const buffer = new Uint8Array(1000);
        return await using(files.open(name, O_RDONLY), async (handle) => {
          return [...buffer.subarray(0, await handle.readAt(buffer, 0))];
        });
      };
      for (const step of steps) {
        for (const handle of [one, other]) {
          if ("at" in step) await handle.writeAt(step.data, step.at);
          else await handle.truncate(step.size);
        }
        assert.equal((await files.stat("/w/a.x")).size, (await files.stat("/w/a")).size);
        assert.deepEqual(await content("/w/a.x"), await content("/w/a"));
      }
      await one.close();
      await other.close();
      assert.equal((await files.stat("/w/a.x")).size, (await files.stat("/w/a")).size);
      assert.deepEqual(await content("/w/a.x"), await content("/w/a"));
    }),
    { numRuns: 300 },
  );
});

test("transformFile() stores what it made when the file is closed, and shows what was written before", async () => {
  const { inner, files } = behind(transformFile("/w/a", { encode: DOUBLE.encode! }));
  const handle = await files.create("/w/a", 0o644);
  await handle.write(bytes("ab"));
  await handle.write(bytes("cd"));
  assert.equal(await readHandle(handle), "abcd");
  assert.equal((await handle.stat()).size, 4);
  assert.equal((await files.stat("/w/a")).size, 4);
  assert.equal(await readText(files, "/w/a"), "abcd");
  assert.equal(inner.stat("/w/a").size, 0);
  await handle.close();
  assert.equal(await readText(inner, "/w/a"), "aabbccdd");
  assert.equal(await readText(files, "/w/a"), "aabbccdd");
  assert.equal((await files.stat("/w/a")).size, 8);
});

test("transformFile() stores at a sync, after which the handle sees what is stored", async () => {
  const { inner, files } = behind(transformFile("/w/a", { encode: DOUBLE.encode! }));
  await using(files.create("/w/a", 0o644), async (handle) => {
    await handle.write(bytes("ab"));
    await handle.sync();
    assert.equal(await readText(inner, "/w/a"), "aabb");
    assert.equal(await readHandle(handle), "aabb");
    assert.equal((await handle.stat()).size, 4);
  });
  // Nothing was written since: what is stored is not transformed once more.
  assert.equal(await readText(inner, "/w/a"), "aabb");
});

test("transformFile() with decode shows what was written, ever after", async () => {
  const { inner, files } = behind(transformFile("/w/a", DOUBLE));
  await writeText(files, "/w/a", "abc");
  assert.equal(await readText(inner, "/w/a"), "aabbcc");
  assert.equal(await readText(files, "/w/a"), "abc");
  assert.equal((await files.stat("/w/a")).size, 3);
  assert.equal((await files.lookup("/w/a"))!.size, 3);
  await using(files.open("/w/a", O_WRONLY | O_APPEND), (handle) => handle.write(bytes("d")));
  assert.equal(await readText(inner, "/w/a"), "aabbccdd");
  const [entry] = await files.readDir("/w", true);
  // A listing decodes nothing: it rather says nothing of the size.
  assert.equal(entry!.info, undefined);
});

test("transformFile() is for every handle on the file: each sees what the others wrote", async () => {
  const { files } = behind(transformFile("/w/a", DOUBLE));
  await writeText(files, "/w/a", "abc");
  await using(
    files.open("/w/a", O_RDONLY),
    (reader) =>
      using(files.open("/w/a", O_RDWR), async (writer) => {
        await writer.writeAt(bytes("X"), 1);
        assert.equal(await readHandle(reader), "aXc");
        await files.truncate("/w/a", 2);
        assert.equal(await readHandle(reader), "aX");
        assert.equal((await reader.stat()).size, 2);
      }),
  );
  assert.equal(await readText(files, "/w/a"), "aX");
});

test("transformFile() leaves a file that is opened and not written as it is", async () => {
  let calls = 0;
  const { inner, files } = behind(
    transformFile("/w/a", { encode: (content) => (calls++, content) }),
  );
  await writeText(inner, "/w/a", "content");
  await using(files.open("/w/a", O_RDWR), (handle) => readHandle(handle));
  await using(files.open("/w/a", O_RDWR | O_CREAT), () => {});
  assert.equal(calls, 0);
  assert.equal(await readText(inner, "/w/a"), "content");
});

test("transformFile() empties by O_TRUNC, and an empty file is not passed through", async () => {
  let calls = 0;
  const { inner, files } = behind(
    transformFile("/w/a", { encode: (content) => (calls++, content), decode: () => bytes("?") }),
  );
  await writeText(inner, "/w/a", "content");
  await using(files.open("/w/a", O_RDONLY | O_TRUNC), async (handle) => {
    assert.equal((await handle.stat()).size, 0);
    assert.equal(await readHandle(handle), "");
  });
  assert.equal(inner.stat("/w/a").size, 0);
  assert.equal((await files.stat("/w/a")).size, 0);
  assert.equal(calls, 0);
});

test("transformFile() that throws fails the close or the sync, and the file stays", async () => {
  const { inner, files } = behind(
    transformFile("/w/a", {
      encode: () => {
        throw new VfsError("EDQUOT");
      },
    }),
    transformFile("/w/b", { encode: () => Promise.reject(new Error("a bug")) }),
    transformFile("/w/c", { encode: () => "text" as unknown as Uint8Array }),
  );
  for (const [path, errno] of [["/w/a", "EDQUOT"], ["/w/b", "EIO"], ["/w/c", "EIO"]] as const) {
    await writeText(inner, path, "original");
    const handle = await files.open(path, O_RDWR);
    await handle.writeAt(bytes("changed!"), 0);
    assert.equal(await outcome(() => handle.sync()), errno);
    assert.equal(await outcome(() => handle.close()), errno);
    assert.equal(await readText(inner, path), "original");
    // It is closed all the same: nothing leaks.
    assert.equal(await outcome(() => handle.close()), undefined);
    assert.equal(await readText(files, path), "original");
  }
});

test("transformFile() holds no file larger than it may", async () => {
  const { inner, files } = behind(transformFile("/w/a", { ...DOUBLE, maxSize: 100 }));
  await using(files.create("/w/a", 0o644), async (handle) => {
    assert.equal(await outcome(() => handle.writeAt(bytes("x"), 1e12)), "EFBIG");
    assert.equal(await outcome(() => handle.truncate(101)), "EFBIG");
    assert.equal(await outcome(() => handle.truncate(100)), undefined);
  });
  await writeText(inner, "/w/a", "x".repeat(101));
  assert.equal(await outcome(() => readText(files, "/w/a")), "EFBIG");
});

test("transformFile() gives the access that was asked for, whatever it needs itself", async () => {
  const { files } = behind(transformFile("/w/a", DOUBLE));
  await writeText(files, "/w/a", "abc");
  await using(files.open("/w/a", O_WRONLY), async (handle) => {
    assert.equal(await outcome(() => handle.readAt(new Uint8Array(1), 0)), "EBADF");
  });
  await using(files.open("/w/a", O_RDONLY), async (handle) => {
    assert.equal(await outcome(() => handle.writeAt(bytes("x"), 0)), "EBADF");
    assert.equal(await outcome(() => handle.truncate(0)), "EINVAL");
  });
});

test("mutate_write passes on who wrote what, and fails the close if it throws", async () => {
  const seen: unknown[] = [];
  const { inner, files } = behind(
    {
      ops: ["write"],
      pathPattern: "/w/a",
      action: "mutate_write",
      mutateWriteFunc: ({ path, size, data, mode }) => {
        seen.push([path, size, text(data), mode & 0o777]);
        return Promise.resolve(bytes("prefix:" + text(data)));
      },
    },
    {
      pathPattern: "/w/b",
      action: "mutate_write",
      mutateWriteFunc: () => {
        throw new VfsError("EPERM");
      },
    },
  );
  await writeText(files, "/w/a", "payload");
  assert.deepEqual(seen, [["/w/a", 7, "payload", 0o644]]);
  assert.equal(await readText(inner, "/w/a"), "prefix:payload");
  assert.equal(await outcome(() => writeText(files, "/w/b", "payload")), "EPERM");
  assert.equal(await readText(inner, "/w/b"), "");
});

test("events say what was transformed, and by which rule", async () => {
  const { files, engine } = behind(
    transform("/w/a", { write: (data) => data }),
    { name: "stamp", pathPattern: "/w/b", action: "mutate_write", mutateWrite: "stamped" },
  );
  const events: HookEvent[] = [];
  const stream = engine.events();
  for (const path of ["/w/a", "/w/b", "/w/c"]) {
    await using(files.open(path, O_WRONLY | O_CREAT, 0o644), (handle) => handle.write(bytes("x")));
  }
  await engine.close();
  for await (const event of stream) if (event.type === "event") events.push(event);
  assert.deepEqual(
    events.filter(({ op }) => op === "write").map((
      { path, outcome, rule },
    ) => [path, outcome, rule]),
    [
      ["/w/a", "mutated", "transform"],
      ["/w/b", "mutated", "stamp"],
      ["/w/c", "allowed", undefined],
    ],
  );
});
