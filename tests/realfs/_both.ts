import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type RealDirectoryOptions, RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { eachImplementation, type Implementation } from "./_implementations.ts";

/** A directory that is served, and one beside it that must stay as it is. */
export interface Ground {
  readonly kind: Implementation["kind"];
  /** The directory that is served, on the host. */
  readonly root: string;
  /** The directory beside it. */
  readonly outside: string;
  readonly provider: RealDirectoryProvider;
  /** Serves the same or another directory with options. */
  serve(options: RealDirectoryOptions, directory?: string): RealDirectoryProvider;
  /** A path on the host. */
  at(name: string): string;
}

/** Registers a test for each implementation. */
export function testBoth(name: string, run: (ground: Ground) => void | Promise<void>): void {
  for (const { kind, isHere, check } of eachImplementation()) {
    test(`${name}, ${kind}`, async () => {
      if (!isHere) return check();
      const top = fs.mkdtempSync(join(tmpdir(), "vfs-realfs-"));
      const root = join(top, "root");
      const outside = join(top, "outside");
      fs.mkdirSync(root);
      fs.mkdirSync(outside);
      fs.writeFileSync(join(outside, "secret"), "secret");
      const open: RealDirectoryProvider[] = [];
      const serve = (options: RealDirectoryOptions, directory: string = root) => {
        const provider = new RealDirectoryProvider(directory, { syscalls: kind, ...options });
        open.push(provider);
        return provider;
      };
      try {
        const provider = serve({});
        await run({ kind, root, outside, provider, serve, at: (name) => join(root, name) });
      } finally {
        for (const provider of open) provider.close();
        fs.rmSync(top, { recursive: true, force: true });
      }
    });
  }
}
