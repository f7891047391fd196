import assert from "node:assert/strict";
import { test } from "node:test";
import * as flag from "../src/cli/flag.ts";
import { parseMount, parseSource } from "../src/cli/mount_spec.ts";
import { parseFlags } from "../src/cli/parse_flags.ts";
import { UsageError } from "../src/cli/usage_error.ts";

const TABLE = {
  mount: flag.texts("PATH=SOURCE", { short: "m", summary: "" }),
  socket: flag.text("PATH", { short: "s", summary: "" }),
  logFormat: flag.choice(["text", "json"], { summary: "" }),
  socketMode: flag.permissions({ summary: "" }),
  maxConnections: flag.whole("N", 1, 100, { summary: "" }),
  maxFrame: flag.size({ summary: "" }),
  deadline: flag.duration({ summary: "" }),
  quiet: flag.toggle({ short: "q", summary: "" }),
  long: flag.toggle({ short: "l", summary: "" }),
};

function parse(...args: string[]) {
  return parseFlags(TABLE, args);
}

function refuses(args: string[], message: string) {
  assert.throws(() => parse(...args), (error: unknown) => {
    assert.ok(error instanceof UsageError);
    assert.equal(error.message, message);
    return true;
  });
}

test("parseFlags() reads every kind of flag in every spelling", () => {
  const { flags, operands } = parse(
    ...["--mount", "/a=b", "-m", "/c=d", "-m/e=f", "--socket=x=y", "--log-format", "json", "one"],
    ...[
      "--socket-mode",
      "660",
      "--max-connections=7",
      "--max-frame",
      "1M",
      "--deadline",
      "2s",
      "-ql",
    ],
  );
  assert.deepEqual({ ...flags }, {
    mount: ["/a=b", "/c=d", "/e=f"],
    socket: "x=y",
    logFormat: "json",
    socketMode: 0o660,
    maxConnections: 7,
    maxFrame: 1 << 20,
    deadline: 2000,
    quiet: true,
    long: true,
  });
  assert.deepEqual(operands, ["one"]);
});

test("parseFlags() takes - as an operand and nothing for a flag after --", () => {
  const { flags, operands } = parse("-", "-q", "--", "-l", "--socket", "--");
  assert.deepEqual({ ...flags }, { quiet: true });
  assert.deepEqual(operands, ["-", "-l", "--socket", "--"]);
});

test("parseFlags() gives - to a flag that wants a value, and switches before a value", () => {
  assert.equal(parse("--socket", "-").flags.socket, "-");
  const { flags } = parse("-qls", "x");
  assert.deepEqual({ ...flags }, { quiet: true, long: true, socket: "x" });
});

test("parseFlags() lets a switch be repeated", () => {
  assert.equal(parse("-q", "--quiet").flags.quiet, true);
});

test("parseFlags() says what is wrong in a sentence", () => {
  refuses(["--sokcet", "x"], "Unknown option --sokcet: did you mean --socket?");
  refuses(["--xyz"], "Unknown option --xyz: see --help");
  refuses(["--__proto__"], "Unknown option --__proto__: see --help");
  refuses(["-x"], "Unknown option -x: see --help");
  refuses(["-qx"], "Unknown option -x: see --help");
  refuses(["-😀"], "Unknown option -😀: see --help");
  refuses(["--socket"], "Missing value for --socket: write --socket PATH");
  refuses(["--socket", "--quiet"], "Missing value for --socket: write --socket PATH");
  refuses(["--socket="], "Empty value for --socket: write --socket PATH");
  refuses(["--socket", ""], "Empty value for --socket: write --socket PATH");
  refuses(["--quiet=yes"], "Option --quiet takes no value");
  refuses(["--socket", "a", "-s", "b"], "Option --socket is given twice: keep one");
  refuses(["--log-format", "xml"], 'Wrong value for --log-format: "xml" is not text or json');
  refuses(
    ["--max-connections", "0"],
    'Wrong value for --max-connections: "0" is not a whole number from 1 to 100',
  );
  refuses(
    ["--socket-mode", "rw"],
    'Wrong value for --socket-mode: "rw" is not a mode: write octal digits, for instance 660',
  );
  refuses(
    ["--max-frame", "many"],
    'Wrong value for --max-frame: "many" is not a size: write bytes, or a number with K, M, G or T',
  );
  refuses(
    ["--deadline", "soon"],
    'Wrong value for --deadline: "soon" is not a time: write seconds, or a number with ms, s, m or h',
  );
});

test("parseMount() reads directories, memory and their options", () => {
  assert.deepEqual(parseMount("/workspace=./dir"), {
    path: "/workspace",
    source: { kind: "directory", directory: "./dir", options: {} },
  });
  assert.deepEqual(parseMount("/data//x/=./dir:ro").path, "/data/x");
  assert.deepEqual(parseMount("/data=./dir:ro").source.options, { ro: true });
  assert.deepEqual(parseMount("/tmp=memory:limit=64M,inodes=10").source, {
    kind: "memory",
    options: { limit: 64 << 20, inodes: 10 },
  });
  assert.equal(parseMount("/=.").path, "/");
});

test("parseMount() splits at the first =, so that a source may have more", () => {
  const { path, source } = parseMount("/a=./b=c");
  assert.deepEqual([path, source.kind === "directory" && source.directory], ["/a", "./b=c"]);
});

test("parseSource() takes colons in names when they are not at the end, or doubled", () => {
  const directory = (text: string) => {
    const source = parseSource(text, "/home/me");
    return source.kind === "directory" ? [source.directory, source.options] : source;
  };
  assert.deepEqual(directory("./a:b/c"), ["./a:b/c", {}]);
  assert.deepEqual(directory("./a:b:"), ["./a:b", {}]);
  assert.deepEqual(directory("./a:b:ro"), ["./a:b", { ro: true }]);
  assert.deepEqual(directory("./a:ro/"), ["./a:ro/", {}]);
  assert.deepEqual(directory("./memory"), ["./memory", {}]);
  assert.deepEqual(directory("~"), ["/home/me", {}]);
  assert.deepEqual(directory("~/a:ro"), ["/home/me/a", { ro: true }]);
  assert.deepEqual(directory("./~"), ["./~", {}]);
});

test("parseMount() says what is wrong in a sentence", () => {
  const wrong: [string, string][] = [
    ["./dir", "Cannot mount ./dir: write PATH=SOURCE, for instance /workspace=./dir"],
    ["/dir", "Cannot mount /dir: write PATH=SOURCE, for instance /dir=SOURCE"],
    ["data=./dir", 'Cannot mount at "data": the path is not absolute, write /data'],
    ["=./dir", 'Cannot mount at "": the path is not absolute, write /'],
    ["/a=", 'Cannot mount "": the source is missing, write a directory'],
    ["/a=:ro", 'Cannot mount ":ro": the source is missing, write a directory'],
    [
      "/a=./dir:or",
      'Cannot mount ./dir:or: unknown option "or", did you mean ro? ' +
      "(if the colon is part of the name, end it with another: ./dir:or:)",
    ],
    [
      "/a=memory:size=1M",
      'Cannot mount memory:size=1M: unknown option "size", there are limit, inodes, file-size, quota, mode, uid, gid',
    ],
    ["/a=x:ro=1", "Cannot mount x:ro=1: the option ro takes no value"],
    ["/a=x:ro,ro", "Cannot mount x:ro,ro: the option ro is given twice"],
    ["/a=memory:limit", "Cannot mount memory:limit: the option limit needs one: limit=SIZE"],
    [
      "/a=memory:limit=lots",
      'Cannot mount memory:limit=lots: the option limit: "lots" is not a size: ' +
      "write bytes, or a number with K, M, G or T",
    ],
    ["/a=~", "Cannot mount ~: HOME is not set, write the directory in full"],
    ["/a=~bob/x", "Cannot mount ~bob/x: write the home directory in full, or ./~..."],
    ["/a\0=x", 'Cannot mount at "/a\0": EINVAL: invalid argument: "a\\u0000"'],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseMount(text), { name: "UsageError", message }, text);
  }
});
