import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The versions that the package is tested on, beside the one of `package.json`. */
const VERSIONS: Readonly<Record<number, string>> = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };

/**
 * Gives another version of Node, and installs it if it is not there yet.
 *
 * It cannot stand in `package.json`: all versions call their program `node`, and which of them
 * `node_modules/.bin` gets is chance.
 *
 * @param major 20, 22 or 24.
 * @returns The path of its program.
 */
export function nodeOfVersion(major: number): string {
  const version = VERSIONS[major];
  if (version === undefined) throw new Error(`There is no Node ${major} here`);
  const root = join(import.meta.dirname!, "..", "node_modules", ".cache", `node-${version}`);
  const binary = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(binary)) {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "package.json"), `{ "allowScripts": { "node": true } }\n`);
    execFileSync("npm", ["install", "--no-save", "--no-package-lock", `node@${version}`], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return binary;
}
