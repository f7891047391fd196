/** Events: bounded, ordered, and nothing lost in silence. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import process from "node:process";
import {
  block,
  formatEvent,
  hook,
  HookEngine,
  type HookEvent,
  type HookRecord,
  InterceptProvider,
  verifyAudit,
  writeAudit,
  writeJsonLines,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { serveOnSocket } from "./_remote_kit.ts";
import { outcome, writeText } from "./hooks/kit.ts";

function behind(engine: HookEngine): InterceptProvider {
  return new InterceptProvider(new MemoryProvider(), engine);
}

/** Adds up what a stream delivers and what it says is lost; its numbers have to be without gaps. */
class Tally {
  delivered = 0;
  lost = 0;
  #next = 1;

  add(record: HookRecord): void {
    if (record.type === "event") {
      assert.equal(record.seq, this.#next);
      this.delivered++;
      this.#next++;
    } else {
      assert.equal(record.what, "events");
      assert.equal(record.from, this.#next);
      assert.equal(record.to - record.from + 1, record.count);
      this.lost += record.count;
      this.#next = record.to + 1;
    }
  }
}

const PRODUCED = Number(process.env["VFS_HOOK_EVENTS"] ?? 1_000_000);

test("of a million events at full speed each is delivered or recorded as lost", async () => {
  const engine = new HookEngine();
  const files = behind(engine);
  const events = engine.events({ limit: 1000 });
  const tally = new Tally();
  const reader = (async () => {
    for await (const record of events) tally.add(record);
  })();
  for (let i = 0; i < PRODUCED; i++) {
    files.lookup("/missing");
    // Now and then the reader gets a turn, or it would only see the beginning and the end.
    if (i % 50_000 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await engine.close();
  await reader;
  assert.equal(engine.stats().events, PRODUCED);
  assert.equal(tally.delivered + tally.lost, PRODUCED);
  assert.ok(tally.delivered >= 1000 && tally.lost > 0);
});

test("of a million calls of an asynchronous hook each is made or recorded as lost", async () => {
  // Of 1000 calls at once the reference makes 129, and says nothing of the others.
  let made = 0;
  const engine = new HookEngine([
    hook({ ops: ["stat"], async: true, after: () => void made++ }),
  ], { queueLimit: 500 });
  const files = behind(engine);
  const events = engine.events({ limit: 10 });
  let recorded = 0;
  const reader = (async () => {
    for await (const record of events) {
      if (record.type === "loss" && record.what === "hooks") recorded += record.count;
    }
  })();
  for (let i = 0; i < PRODUCED; i++) {
    files.lookup("/missing");
    if (i % 50_000 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await engine.close();
  await reader;
  const { delivered, lost, queued } = engine.stats();
  assert.equal(made, delivered);
  assert.equal(queued, 0);
  assert.equal(delivered + lost, PRODUCED);
  assert.equal(recorded, lost);
  assert.ok(lost > 0 && made >= 500);
});

test("losses of calls that nobody reads of are one record, and take no more room", async () => {
  const engine = new HookEngine([
    hook({ ops: ["stat"], async: true, after: () => {} }),
  ], { queueLimit: 1 });
  const files = behind(engine);
  const events = engine.events({ limit: 10 });
  for (let i = 0; i < 200; i++) {
    files.lookup("/missing");
    files.lookup("/missing");
    await engine.wait();
  }
  assert.ok(events.size <= 12, `${events.size} records wait`);
  await engine.close();
  let calls = 0;
  let seen = 0;
  for await (const record of events) {
    if (record.type === "event") seen++;
    else if (record.what === "events") seen += record.count;
    else calls += record.count;
  }
  assert.deepEqual([seen, calls], [400, engine.stats().lost]);
  assert.equal(calls, 200);
});

test("events with overflow wait lose nothing, because operations wait for the reader", async () => {
  const engine = new HookEngine();
  const files = behind(engine);
  const events = engine.events({ limit: 10, overflow: "wait" });
  const tally = new Tally();
  const reader = (async () => {
    for await (const record of events) {
      tally.add(record);
      await null;
    }
  })();
  for (let i = 0; i < 2000; i++) await files.lookup("/missing");
  await engine.close();
  await reader;
  assert.deepEqual([tally.delivered, tally.lost], [2000, 0]);
});

test("an operation waits for a reader who never reads no longer than for a hook", async () => {
  const engine = new HookEngine([], { timeout: 10 });
  const files = behind(engine);
  engine.events({ limit: 1, overflow: "wait" });
  for (let i = 0; i < 5; i++) await files.lookup("/missing");
  assert.equal(engine.stats().events, 5);
});

test("asynchronous hooks with overflow wait lose nothing, because operations wait", async () => {
  let made = 0;
  const engine = new HookEngine([
    hook({
      ops: ["stat"],
      async: true,
      after: async () => {
        await null;
        made++;
      },
    }),
  ], { queueLimit: 5, overflow: "wait" });
  const files = behind(engine);
  for (let i = 0; i < 500; i++) await files.lookup("/missing");
  await engine.wait();
  assert.deepEqual([made, engine.stats().lost], [500, 0]);
});

test("the bytes that wait for asynchronous hooks are bounded", async () => {
  const engine = new HookEngine([
    hook({ ops: ["write"], async: true, after: () => {} }),
  ], { queueBytes: 1000 });
  const files = behind(engine);
  for (let i = 0; i < 100; i++) await writeText(files, "/a", "x".repeat(300));
  const { queued, lost, delivered } = engine.stats();
  assert.ok(queued <= 4, `${queued} are waiting`);
  assert.equal(queued + lost + delivered, 100);
  await engine.close();
});

test("close() makes the calls that wait, and refuses go on", async () => {
  let made = 0;
  const engine = new HookEngine([
    hook({ ops: ["stat"], async: true, after: () => void made++ }),
    hook({ ops: ["mkdir"], before: () => block() }),
  ]);
  const files = behind(engine);
  for (let i = 0; i < 100; i++) files.lookup("/missing");
  assert.equal(made, 0);
  await engine.close();
  assert.equal(made, 100);
  assert.equal(await outcome(() => files.mkdir("/x", 0o755)), "EPERM");
  files.lookup("/missing");
  await engine.wait();
  assert.equal(made, 100);
  assert.equal(engine.stats().lost, 1);
});

test("several readers get the same events, and one who leaves is not waited for", async () => {
  const engine = new HookEngine();
  const files = behind(engine);
  const first: number[] = [];
  const second: number[] = [];
  const read = async (into: number[], most: number) => {
    for await (const record of engine.events()) {
      if (record.type === "event") into.push(record.seq);
      if (into.length === most) break;
    }
  };
  const readers = [read(first, 2), read(second, 1000)];
  for (let i = 0; i < 5; i++) files.lookup("/missing");
  await new Promise((resolve) => setTimeout(resolve, 0));
  files.lookup("/missing");
  await engine.close();
  await Promise.all(readers);
  assert.deepEqual(first, [1, 2]);
  assert.deepEqual(second, [1, 2, 3, 4, 5, 6]);
});

test("without anybody who listens no event is made", () => {
  const engine = new HookEngine();
  behind(engine).lookup("/missing");
  assert.equal(engine.stats().events, 0);
});

test("setEventFunc() tells of every operation at once, and no failure of it matters", async () => {
  const told: string[] = [];
  const errors: unknown[] = [];
  const engine = new HookEngine([], { onError: (error) => void errors.push(error) });
  const files = behind(engine);
  engine.setEventFunc(({ op, path }, { outcome, bytes }) => {
    told.push(`${op} ${path} ${outcome} ${bytes}`);
    throw new Error("no matter");
  });
  await writeText(files, "/a", "xyz");
  engine.setEventFunc(undefined);
  files.lookup("/a");
  assert.deepEqual(told, ["create /a allowed 0", "write /a allowed 3", "close /a allowed 0"]);
  assert.equal(errors.length, 3);
});

test("events of a guest have the connection that it came by", async () => {
  const engine = new HookEngine();
  const events = engine.events();
  const served = await serveOnSocket(behind(engine));
  try {
    await served.provider.mkdir("/a", 0o755);
  } finally {
    await served.dispose();
  }
  await engine.close();
  const origins = new Set<string>();
  for await (const event of events) if (event.type === "event") origins.add(event.origin);
  assert.equal(origins.size, 1);
  assert.match([...origins][0]!, /^wire:/);
});

const NASTY = '/\u001b[2J\n{"type":"event"}\u202e\u0085\u2028\\n\ud83d\ude00';

test("names are escaped in lines for people and in lines of JSON", async () => {
  const engine = new HookEngine([{ name: "no\u001bname", ops: ["mkdir"], action: "block" }]);
  const files = behind(engine);
  const lines: string[] = [];
  const written = writeJsonLines(engine.events(), (line) => void lines.push(line));
  await outcome(() => files.mkdir(NASTY, 0o755));
  await engine.close();
  await written;
  assert.equal(lines.length, 1);
  // deno-lint-ignore no-control-regex
  assert.match(lines[0]!, /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]*\n$/);
  const event = JSON.parse(lines[0]!) as HookEvent;
  assert.equal(event.path, NASTY);
  const line = formatEvent(event);
  // deno-lint-ignore no-control-regex
  assert.match(line, /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]*$/);
  assert.ok(line.includes("\\u001b[2J\\n"), line);
  assert.ok(line.includes("\\\\n\u{1f600}: blocked EPERM by no\\u001bname"), line);
});

/** An audit of a few operations, as its lines. */
async function audited(after?: string): Promise<{ lines: string[]; head: string }> {
  const engine = new HookEngine([{ ops: ["mkdir"], pathPattern: "/no", action: "block" }]);
  const files = behind(engine);
  const lines: string[] = [];
  const written = writeAudit(
    engine.events({ limit: 3 }),
    (line) => void lines.push(line),
    after === undefined ? {} : { after },
  );
  files.mkdir("/a", 0o755);
  await outcome(() => files.mkdir("/no", 0o755));
  files.mkdir(NASTY, 0o755);
  files.lookup("/lost");
  files.lookup("/lost as well");
  await engine.close();
  return { lines, head: (await written).hash };
}

test("verifyAudit() accepts what was written, and says what is in it", async () => {
  const { lines, head } = await audited();
  const report = await verifyAudit(lines);
  assert.equal(report.ok, true);
  assert.equal(report.complete, true);
  assert.equal(report.head, head);
  assert.equal(report.events + report.lost, 5);
  assert.ok(report.lost > 0);
});

test("verifyAudit() accepts an audit that was gone on with", async () => {
  const first = await audited();
  const second = await audited(first.lines.at(-1)!.trimEnd());
  const report = await verifyAudit([...first.lines, ...second.lines]);
  assert.equal(report.ok, true);
  assert.equal(report.head, second.head);
  assert.equal(report.events + report.lost, 10);
});

test("verifyAudit() finds every line that was removed, moved, doubled or edited", async () => {
  const { lines } = await audited();
  const isFound = async (changed: string[], label: string) => {
    const { ok, complete } = await verifyAudit(changed);
    // What is cut off at the end shows in the end being missing.
    assert.ok(!ok || !complete, label);
  };
  for (let i = 0; i < lines.length; i++) {
    await isFound(lines.toSpliced(i, 1), `without line ${i}`);
    await isFound(lines.toSpliced(i, 0, lines[i]!), `line ${i} twice`);
    await isFound(lines.slice(0, i), `only ${i} lines`);
    if (i > 0) {
      await isFound(
        lines.with(i, lines[i - 1]!).with(i - 1, lines[i]!),
        `line ${i} before its own`,
      );
    }
    const line = lines[i]!;
    for (let at = 0; at < line.length - 1; at += 7) {
      const other = line[at] === "x" ? "y" : "x";
      await isFound(
        lines.with(i, line.slice(0, at) + other + line.slice(at + 1)),
        `line ${i}, ${at}`,
      );
    }
  }
  await isFound([], "nothing");
  await isFound(["{}"], "something else");
});
