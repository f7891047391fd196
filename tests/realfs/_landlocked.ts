// Confines itself to a directory, and prints what is still possible.
import fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { confineThread, RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { O_CREAT, O_RDWR, toVfsError } from "../../src/fs/mod.ts";

const [directory, outside] = process.argv.slice(2) as [string, string];
const code = (action: () => unknown): string => {
  try {
    action();
    return "ok";
  } catch (error) {
    return toVfsError(error).code;
  }
};
const provider = new RealDirectoryProvider(directory);
provider.mkdirAll("/a/b", 0o700);
const confined = code(() => confineThread({ write: [directory], read: ["/proc/self"] }));
const answers = [
  // What a mistake in the server would do: a link is followed, outside is written.
  code(() => fs.readFileSync(join(directory, "link"))),
  code(() => fs.writeFileSync(join(outside, "new"), "x")),
  code(() => fs.readdirSync(outside)),
  // What it is there for.
  code(() => provider.open("/a/b/f", O_RDWR | O_CREAT, 0o600).close()),
  code(() => provider.rename("/a/b/f", "/a/g")),
  code(() => provider.readDir("/a")),
  code(() => provider.truncate("/a/g", 5)),
  code(() => provider.removeAll("/a")),
];
console.log(confined, answers.join(" "));
