import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shell } from "./_run.ts";

/**
 * What the workloads work on, made by shell on the native filesystem: a repository of 3000 files
 * with some history, a tree of all kinds of files, the same as an archive, and packages.
 */
const MAKE = `
export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
git config --global user.email a@example.com; git config --global user.name A
git init -q -b main fixture; cd fixture
for d in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  mkdir "dir$d" "dir$d/sub"
  seq 1 150 | while read f; do echo "this is $d $f" > "dir$d/file$f"; done
done
seq 1 20000 > big; ln -s dir1/file1 link; echo '#!/bin/sh' > exec; chmod +x exec
git add -A; git commit -q -m one; seq 1 20001 > big; git commit -q -am more; cd ..

mkdir fixture.tree; cp -r fixture/dir1 fixture/dir2 fixture/dir3 fixture/big fixture.tree; cd fixture.tree
ln big hard; ln -s big soft; ln -s nowhere dangling; mkfifo fifo; mkdir -p deep/er/est empty
echo x > "a name with blanks"; echo y > 'quo"te'; printf z > "ünï-日本-😀"; chmod 4755 big; chmod 0 deep/er
echo owned > owned; chown 1234:4321 owned; touch -d '2001-02-03 04:05:06.123456789' owned dir1
truncate -s 3M sparse; printf end >> sparse; cd ..
tar -cpf fixture.tar -C fixture.tree .

mkdir fixture.packages
for name in one two; do
  mkdir -p "p/package/bin"
  echo '{"name":"'$name'","version":"1.0.0","bin":{"'$name'":"bin/cli.js"}}' > p/package/package.json
  echo "exports.value = '$name';" > p/package/index.js
  printf '#!/usr/bin/env node\\nconsole.log("I am %s");\\n' $name > p/package/bin/cli.js
  seq 1 120 | while read f; do echo "// $f" > "p/package/f$f.js"; done
  tar -czf "fixture.packages/$name-1.0.0.tgz" -C p package; rm -r p
done
`;

let making: Promise<string> | undefined;
let scratch: string | undefined;

/** The path of the fixture; it is made when somebody asks first. */
export function fixture(): Promise<string> {
  making ??= (async () => {
    scratch = mkdtempSync(join(tmpdir(), "vfs-fixture-"));
    const { code, stderr } = await shell(MAKE, { cwd: scratch });
    assert.equal(code, 0, stderr);
    return join(scratch, "fixture");
  })();
  return making;
}

/** Removes the fixture. */
export function removeFixture(): void {
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
}
