// Does what attacker.c does where there is no C compiler: three renames instead of one exchange.
import { renameSync } from "node:fs";
import process from "node:process";

const [directory, ...pairs] = process.argv.slice(2);
process.chdir(directory);
process.stdout.write("ready\n");
for (;;) {
  for (let i = 0; i + 1 < pairs.length; i += 2) exchange(pairs[i], pairs[i + 1]);
}

function exchange(a, b) {
  try {
    renameSync(a, `${a}.aside`);
    renameSync(b, a);
    renameSync(`${a}.aside`, b);
  } catch {
    // The other side removes and makes these names meanwhile: go on with what is there.
    try {
      renameSync(`${a}.aside`, b);
    } catch {
      // Nothing was put aside.
    }
  }
}
