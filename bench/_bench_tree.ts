import assert from "node:assert/strict";
import { OP, WireClient } from "./_bench_wire.ts";

const MIB = 1 << 20;
const O_RDWR = 2;
const ENOENT = 2;
const AT_ONCE = 64;

/** What `/b/big` holds at a place. */
function byteAt(i: number): number {
  return (i * 7 + (i >> 12)) & 255;
}

function big(): Uint8Array {
  return Uint8Array.from({ length: MIB }, (_, i) => byteAt(i));
}

/** The name of a file in a directory of so many. */
function nameOf(i: number, count: number): string {
  return `file-${String(i).padStart(String(count - 1).length, "0")}.ts`;
}

/** Makes the tree that the rows work on, through the wire: `/b/big`, `/b/d100`, `/b/d10000`. */
export async function prepare(socket: string): Promise<void> {
  const client = await WireClient.connect(socket);
  await client.ok({ op: OP.mkdir, path: "/b", mode: 0o755 });
  await makeFile(client, "/b/big", big());
  for (const count of [100, 10_000]) {
    await client.ok({ op: OP.mkdir, path: `/b/d${count}`, mode: 0o755 });
    for (let i = 0; i < count; i += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, j) => i + j);
      await Promise.all(some.map((j) => {
        return makeFile(client, `/b/d${count}/${nameOf(j, count)}`, new Uint8Array(100));
      }));
    }
  }
  client.close();
}

async function makeFile(client: WireClient, path: string, data: Uint8Array): Promise<void> {
  const { fh } = await client.ok({ op: OP.create, path, mode: 0o644 });
  const { written } = await client.ok({ op: OP.write, fh, data });
  assert.equal(written, data.length);
  await client.ok({ op: OP.release, fh });
}

/** The sizes of the frames of a request and its answer. */
export type Sizes = Record<string, { request: number; answer: number }>;

/** Does once what each row does, and looks at every byte of every answer. */
export async function verify(socket: string): Promise<Sizes> {
  const client = await WireClient.connect(socket);
  const sizes: Sizes = {};
  const note = (row: string) => sizes[row] = { ...client.sizes };
  const path = "/b/d100/file-07.ts";
  const { stat } = await client.ok({ op: OP.getattr, path });
  assert.equal(stat?.size, 100);
  assert.equal(stat?.is_dir, false);
  note("getattr");
  const absent = await client.call({ op: OP.lookup, path: "/b/d100/missing-07.ts" });
  assert.equal(absent.err, -ENOENT);
  note("lookup");
  await verifyData(client, note);
  for (const count of [100, 10_000]) {
    const { entries } = await client.ok({ op: OP.readdir, path: `/b/d${count}` });
    const names = entries!.map(({ name }) => name).sort();
    assert.deepEqual(names, Array.from({ length: count }, (_, i) => nameOf(i, count)));
    assert.ok(entries!.every(({ size }) => size === 100));
    note(`readdir${count}`);
  }
  await verifyNames(client);
  client.close();
  return sizes;
}

async function verifyData(client: WireClient, note: (row: string) => void): Promise<void> {
  const whole = big();
  const { fh } = await client.ok({ op: OP.open, path: "/b/big", flags: O_RDWR });
  for (const [label, size] of [["4k", 4096], ["128k", 131072], ["1m", MIB]] as const) {
    const off = MIB - size;
    const part = whole.subarray(off);
    assert.equal((await client.ok({ op: OP.write, fh, off, data: part })).written, size);
    note(`write${label}`);
    const { data } = await client.ok({ op: OP.read, fh, off, sz: size });
    assert.equal(Buffer.compare(data!, part), 0);
    note(`read${label}`);
  }
  await client.ok({ op: OP.release, fh });
}

async function verifyNames(client: WireClient): Promise<void> {
  const data = new Uint8Array(4096).fill(3);
  await makeFile(client, "/b/verify-a", data);
  await client.ok({ op: OP.rename, path: "/b/verify-a", new_path: "/b/verify-b" });
  assert.equal((await client.call({ op: OP.getattr, path: "/b/verify-a" })).err, -ENOENT);
  assert.equal((await client.ok({ op: OP.getattr, path: "/b/verify-b" })).stat?.size, 4096);
  await client.ok({ op: OP.unlink, path: "/b/verify-b" });
  assert.equal((await client.call({ op: OP.getattr, path: "/b/verify-b" })).err, -ENOENT);
}
