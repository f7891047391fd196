import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ClockProvider } from "../examples/clock_provider.ts";
import { VfsClient1 } from "../src/client/mod.ts";
import { O_RDONLY, O_WRONLY } from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { adapter } from "./_runtime.ts";

/** Serves providers, by mount point, to a client. */
function serve(mounts: ConstructorParameters<typeof MountRouter>[0]): {
  readonly client: VfsClient1;
  stop(): Promise<void>;
} {
  const server = new VfsServer(new MountRouter(mounts));
  const [there, here] = MemoryTransport.pair();
  void server.handleConnection(there);
  const client = new VfsClient1(here);
  return {
    client,
    async stop() {
      await client.close();
      await server.stop();
    },
  };
}

test("examples/clock_provider.ts serves the time", async () => {
  const { client, stop } = serve({ "/clock": new ClockProvider() });
  try {
    const names = (await client.readdir("/clock")).map((entry) => entry.name);
    assert.deepEqual(names, ["now"]);
    const fh = await client.open("/clock/now", O_RDONLY);
    const text = new TextDecoder().decode(await client.read(fh, 0, 100));
    assert.equal(text.length, (await client.getattr("/clock/now")).size);
    assert.ok(Math.abs(Date.parse(text.trim()) - Date.now()) < 60_000, text);
    await client.release(fh);
    await assert.rejects(client.open("/clock/now", O_WRONLY), { code: "EROFS" });
    await assert.rejects(client.unlink("/clock/now"), { code: "EROFS" });
    await assert.rejects(client.getattr("/clock/none"), { code: "ENOENT" });
  } finally {
    await stop();
  }
});

test("examples/clock_provider.ts has less than 40 lines, and is shown in the README", () => {
  const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
  const example = read("examples/clock_provider.ts");
  assert.ok(example.trimEnd().split("\n").length < 40);
  assert.ok(read("README.md").includes(example.trimEnd()));
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const skip = hasPython ? false : "there is no python3";
if (!hasPython) console.log(`Skipped: ${skip}`);

test("examples/python_client does what the page of the protocol says", { skip }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "vfs-python-"));
  const socket = join(directory, "s");
  const server = new VfsServer(new MemoryProvider());
  const stop = await adapter.serveUnixBackground(server, socket);
  try {
    const tour = new URL("../examples/python_client/tour.py", import.meta.url).pathname;
    const child = spawn("python3", ["-B", tour, socket], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk) => said += String(chunk));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.deepEqual([code, said], [0, "All of it works\n"]);
    assert.equal(server.stats().handles, 0);
  } finally {
    await stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
