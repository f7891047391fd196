import { readdirSync, readFileSync } from "node:fs";
import { permissionCases } from "./_permissions.ts";

/** One call, and what it must give. */
export interface Step {
  readonly call: string;
  readonly expected: string;
}

/** Some calls that belong together. */
export interface PosixCase {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Reads the tables that lie beside this file, and adds the cases that follow a rule. */
export function allCases(): PosixCase[] {
  const here = new URL("./", import.meta.url);
  const files = readdirSync(here).filter((name) => name.endsWith(".txt")).sort();
  const tables = files.map((name) => readFileSync(new URL(name, here), "utf8"));
  return [...tables.flatMap(parseTable), ...permissionCases()];
}

function parseTable(text: string): PosixCase[] {
  return text.split(/^== /m).slice(1).map((block) => {
    const [title, ...lines] = block.split("\n");
    const steps = lines.filter((line) => line !== "" && !line.startsWith("#")).map(parseStep);
    return { title: title!, steps };
  });
}

/** Reads `call => expected`, with everything repeated that is to be. */
export function parseStep(line: string): Step {
  const [call, expected] = line.split(" => ");
  return { call: repeat(call!), expected: unquote(repeat(expected ?? "0")) };
}

function repeat(text: string): string {
  return text.replace(
    /\{([^}*]+)\*(\d+)\}/g,
    (_, part: string, times) => part.repeat(Number(times)),
  );
}

function unquote(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}
