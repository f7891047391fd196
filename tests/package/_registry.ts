import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ROOT, tarball } from "./_kit.ts";

interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly publish: { readonly include: readonly string[] };
}

/**
 * A registry on this machine that has one package: as JSR would serve it, from the sources, and as
 * npm would, from the tarball.
 */
export async function withRegistry(work: (url: string) => Promise<void>): Promise<void> {
  const answers = new Map<string, () => Uint8Array | string>();
  const server = createServer((request, response) => reply(answers, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const [path, answer] of [...jsr(), ...npm(url)]) answers.set(path, answer);
  try {
    await work(url);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

type Answers = [path: string, answer: () => Uint8Array | string][];

function reply(
  answers: ReadonlyMap<string, () => Uint8Array | string>,
  { url = "" }: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = answers.get(decodeURIComponent(url.replace(/\?.*/, "")));
  if (answer === undefined) return void response.writeHead(404).end();
  response.setHeader("content-type", contentType(url));
  response.end(answer());
}

function contentType(path: string): string {
  if (path.endsWith(".ts")) return "text/typescript";
  return path.endsWith(".tgz") ? "application/octet-stream" : "application/json";
}

/** What JSR serves: the versions, a manifest of each, and the files themselves. */
function jsr(): Answers {
  const { name, version, exports, publish }: Config = JSON.parse(
    readFileSync(join(ROOT, "deno.json"), "utf8"),
  );
  const files = publish.include.flatMap((path) =>
    statSync(join(ROOT, path)).isDirectory()
      ? globSync(`${path}/**/*`, { cwd: ROOT }).filter((file) =>
        statSync(join(ROOT, file)).isFile()
      )
      : [path]
  );
  const manifest = Object.fromEntries(files.map((file) => {
    const bytes = readFileSync(join(ROOT, file));
    const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    return [`/${file}`, { size: bytes.length, checksum }];
  }));
  const [scope, bare] = name.slice(1).split("/");
  const meta = { scope, name: bare, latest: version, versions: { [version]: {} } };
  return [
    [`/${name}/meta.json`, () => JSON.stringify(meta)],
    [`/${name}/${version}_meta.json`, () => JSON.stringify({ manifest, exports })],
    ...files.map((file): Answers[number] => [
      `/${name}/${version}/${file}`,
      () => readFileSync(join(ROOT, file)),
    ]),
  ];
}

/** What npm serves: a document about the package, and the tarball. */
function npm(url: string): Answers {
  const bytes = readFileSync(tarball());
  const manifest = JSON.parse(
    readFileSync(join(tarball(), "..", "package", "package.json"), "utf8"),
  );
  const { name, version } = manifest;
  const dist = {
    tarball: `${url}${name}/-/server-${version}.tgz`,
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    shasum: createHash("sha1").update(bytes).digest("hex"),
  };
  const about = {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    time: { [version]: "2026-01-01T00:00:00.000Z" },
  };
  return [
    [`/${name}`, () => JSON.stringify(about)],
    [`/${name}/-/server-${version}.tgz`, () => bytes],
  ];
}
