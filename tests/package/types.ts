/** A consumer that is strict about types, as TypeScript looks for them in different ways. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inDirectory, ROOT, RUNTIMES, succeed, unpackInto } from "./_kit.ts";

const CONSUMER = `
import { BaseProvider, type FileInfo, MemoryProvider, S_IFREG, VfsError, VfsServer } from "@vfs/server/core";
import * as all from "@vfs/server";
import { serveUnix, type ServeUnixOptions } from "@vfs/server/node";
import { mount, type Mount } from "@vfs/server/mount";
import { runtime as bun } from "@vfs/server/bun";
import { runtime as deno } from "@vfs/server/deno";

class One extends BaseProvider {
  override stat(path: string): FileInfo {
    throw new VfsError("ENOENT", path);
  }
}

const server: all.VfsServer = new VfsServer(new One());
const options: ServeUnixOptions = {};
const done: Promise<void> = serveUnix(server, "./vfs.sock", options);
const files: all.Provider = new MemoryProvider();
const mounted: Promise<Mount> = mount(files, "/mnt/tree");
const mode: number = S_IFREG;
const names: readonly ("deno" | "bun" | "node")[] = [bun.name, deno.name];
// @ts-expect-error The types are there: this is none of them.
const wrong: string = new VfsServer(files);
export { done, files, mode, mounted, names, wrong };
`;

/** How a consumer resolves modules, and the kind of its own modules. */
const WAYS = [
  { module: "nodenext", moduleResolution: "nodenext", type: "module" },
  { module: "nodenext", moduleResolution: "nodenext", type: "commonjs" },
  { module: "esnext", moduleResolution: "bundler", type: "module" },
] as const;

for (const { module, moduleResolution, type } of WAYS) {
  for (const types of ["of browsers", "of Node"]) {
    test(`a consumer type-checks: ${moduleResolution}, ${type}, the types ${types}`, () =>
      inDirectory(async (project) => {
        await unpackInto(project, type);
        writeFileSync(join(project, "consumer.ts"), CONSUMER);
        const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
        const ways = ["--module", module, "--moduleResolution", moduleResolution];
        // The package's own types are checked, too.
        const rest = ["--noEmit", "--skipLibCheck", "false", "--target", "es2022"];
        const libs = types === "of Node"
          ? ["--lib", "es2022", "--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")]
          : ["--lib", "es2022,dom,esnext.disposable", "--types", ""];
        await succeed(RUNTIMES["tsc"]!, [...strict, ...ways, ...rest, ...libs, "consumer.ts"], {
          cwd: project,
        });
      }));
  }
}
