/**
 * Writes what version 2 of the protocol looks like in bytes, `tests/vectors/v2.json`, and the tables
 * of `docs/PROTOCOL.md`. Run it after a change of the tables in `src/protocol`; the tests say when
 * that was forgotten.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { vectors } from "./_protocol_vectors.ts";
import { withTables } from "./_protocol_tables.ts";

const SPECIFICATION = "docs/PROTOCOL.md";

writeFileSync("tests/vectors/v2.json", `${JSON.stringify(await vectors(), undefined, 1)}\n`);
writeFileSync(SPECIFICATION, withTables(readFileSync(SPECIFICATION, "utf8")));
spawnSync("node_modules/.bin/deno", ["fmt", "--quiet", SPECIFICATION], { stdio: "inherit" });
