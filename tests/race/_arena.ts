import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const O_PATH = 0o10000000;

/** How many victims of each kind there are. */
export const VICTIMS = 4;

/** What files hold that a guest may read, and what it must never see. */
export const INSIDE = "inside";
export const OUTSIDE = "OUTSIDE";

/**
 * A directory to serve, beside a directory that nothing may touch. Inside, the pairs of names that
 * the attacker exchanges: one of each pair is a link to the other side.
 */
export class Arena {
  readonly #top: string = fs.mkdtempSync(join(tmpdir(), "vfs-race-"));
  readonly root: string = join(this.#top, "root");
  readonly outside: string = join(this.#top, "outside");
  /** The directory that is exchanged, whatever it is called at the moment. */
  readonly inside: string;
  readonly pairs: readonly string[] = ["d", "l", "f", "k", "g", "p", "s", "q", "w/x", "w/y"];
  readonly #descriptor: number;
  readonly #before: string;

  constructor() {
    fs.mkdirSync(this.root);
    fs.mkdirSync(this.outside);
    const directory = join(this.root, "d");
    fs.mkdirSync(directory);
    this.#descriptor = fs.openSync(directory, O_PATH | fs.constants.O_DIRECTORY);
    this.inside = `/proc/self/fd/${this.#descriptor}`;
    fs.symlinkSync(this.outside, join(this.root, "l"));
    fs.writeFileSync(join(this.root, "f"), INSIDE);
    fs.symlinkSync("../outside/secret", join(this.root, "k"));
    fs.writeFileSync(join(this.root, "g"), INSIDE);
    fs.symlinkSync("/dev/zero", join(this.root, "p"));
    fs.writeFileSync(join(this.root, "s"), INSIDE);
    execFileSync("mkfifo", [join(this.root, "q")]);
    for (const [place, content] of [[this.inside, INSIDE], [this.outside, OUTSIDE]] as const) {
      furnish(place, content);
    }
    this.#before = snapshot(this.outside);
  }

  /** Counts what has changed outside. */
  damage(): number {
    const before = new Set(this.#before.split("\n"));
    const after = new Set(snapshot(this.outside).split("\n"));
    return before.symmetricDifference(after).size;
  }

  /** Makes the tree whose removal is attacked, unless it is there. */
  plantTree(): void {
    // It is made where nobody attacks it: this process must not be the one that is led outside.
    const nursery = join(this.#top, "nursery");
    fs.mkdirSync(join(nursery, "x"), { recursive: true });
    for (let i = 0; i < VICTIMS; i++) fs.writeFileSync(join(nursery, "x", `v${i}`), INSIDE);
    fs.rmSync(join(nursery, "y"), { force: true });
    fs.symlinkSync(this.outside, join(nursery, "y"));
    try {
      fs.renameSync(nursery, join(this.root, "w"));
    } catch {
      // There still is one.
    }
  }

  close(): void {
    fs.closeSync(this.#descriptor);
    fs.rmSync(this.#top, { recursive: true, force: true });
  }
}

/** Puts the same names into both places, so that each operation would find its object outside. */
function furnish(place: string, content: string): void {
  fs.writeFileSync(join(place, "secret"), content);
  fs.symlinkSync(content, join(place, "text"));
  for (let i = 0; i < VICTIMS; i++) {
    fs.writeFileSync(join(place, `v${i}`), content);
    fs.mkdirSync(join(place, `e${i}`));
    fs.mkdirSync(join(place, `t${i}`, "sub"), { recursive: true });
    fs.writeFileSync(join(place, `t${i}`, "sub", "file"), content);
  }
}

/** Everything below a directory, in text, one line for each. */
function snapshot(directory: string, prefix = ""): string {
  const lines: string[] = [];
  for (const name of fs.readdirSync(directory).sort()) {
    const path = join(directory, name);
    const { mode, nlink, uid, gid, size, mtimeNs, ctimeNs } = fs.lstatSync(path, { bigint: true });
    const isDirectory = (mode & 0o170000n) === 0o040000n;
    const isFile = (mode & 0o170000n) === 0o100000n;
    const content = isFile ? fs.readFileSync(path, "latin1") : "";
    const state = [mode, nlink, uid, gid, size, mtimeNs, ctimeNs, content];
    lines.push([prefix + name, ...state].join(" "));
    if (isDirectory) lines.push(snapshot(path, `${prefix}${name}/`));
  }
  return lines.filter((line) => line !== "").join("\n");
}
