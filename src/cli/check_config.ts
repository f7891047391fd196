import type { Provider } from "../fs/mod.ts";
import { HookEngine, HookRuleError, type HookSource } from "../hooks/mod.ts";
import { DEFAULT_LIMITS, resolveLimits } from "../server/mod.ts";
import type { VfsConfig } from "./config.ts";
import { decapitalize } from "./decapitalize.ts";
import { parseMountPath, parseSource } from "./mount_spec.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/** Refuses a wrong value of a field, in a sentence that begins with the name of the field. */
type Check = (value: unknown, field: string) => void;

const CHECKS: Readonly<Record<keyof VfsConfig, Check>> = {
  mounts: checkMounts,
  rules: checkRules,
  engine: (value, field) => {
    if (!(value instanceof HookEngine)) {
      throw wrong(field, "must be a HookEngine, of the same copy of this package");
    }
  },
  audit: checkFile,
  socket: checkFile,
  socketMode: wholeNumber(0, 0o777),
  vsockPort: wholeNumber(0, 2 ** 32 - 1),
  limits: (value, field) => checkFields(value, field, LIMIT_CHECKS),
  logFormat: (value, field) => {
    if (value !== "text" && value !== "json") throw wrong(field, 'must be "text" or "json"');
  },
  quiet: (value, field) => {
    if (typeof value !== "boolean") throw wrong(field, "must be true or false");
  },
};

const LIMIT_CHECKS: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((limit) => [limit, checkLimit]),
);

/** What a provider has to be able to do: what the server calls. */
const OPERATIONS = [
  ...["stat", "lookup", "readDir", "openDir", "open", "create", "mkdir", "mkdirAll", "mknod"],
  ...["symlink", "link", "readlink", "unlink", "rmdir", "remove", "removeAll", "rename"],
  ...["chmod", "chown", "utimes", "truncate", "statfs"],
  ...["getxattr", "setxattr", "listxattr", "removexattr"],
] as const satisfies readonly (keyof Provider)[];

/**
 * Checks what a configuration file exports: it is code, and may never have met a type checker.
 *
 * @param file The file, for the report.
 * @param value Its default export.
 * @returns The configuration.
 * @throws {UsageError} For the first field that is wrong; the message names it.
 */
export function checkConfig(file: string, value: unknown): VfsConfig {
  try {
    if (value === undefined) throw new UsageError("write export default defineConfig({ ... })");
    checkFields(value, "", CHECKS);
    const config = value as Partial<VfsConfig>;
    if (config.mounts === undefined) throw wrong("mounts", "is missing");
    if (config.rules !== undefined && config.engine !== undefined) {
      throw wrong("engine", "and rules are both there: give the rules to the engine");
    }
    return value as VfsConfig;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`Wrong configuration in ${file}: ${decapitalize(error.message)}`);
  }
}

function checkFields(value: unknown, field: string, checks: Readonly<Record<string, Check>>): void {
  for (const [key, part] of Object.entries(record(value, field || "the default export"))) {
    const name = field === "" ? key : `${field}.${key}`;
    if (!Object.hasOwn(checks, key)) {
      const near = suggest(key, Object.keys(checks));
      throw wrong(
        name,
        near === undefined ? "does not exist" : `is unknown: did you mean ${near}?`,
      );
    }
    if (part !== undefined) checks[key]!(part, name);
  }
}

/** The server knows what is right for each of its limits. */
function checkLimit(value: unknown, field: string): void {
  try {
    resolveLimits({ [field.slice(field.lastIndexOf(".") + 1)]: value });
  } catch {
    throw wrong(field, `cannot be ${String(value)}: write a whole number`);
  }
}

function checkFile(value: unknown, field: string): void {
  if (typeof value !== "string" || value === "") throw wrong(field, "must be a path");
}

/** The engine knows what is right for each field of each rule. */
function checkRules(value: unknown, field: string): void {
  if (!Array.isArray(value)) throw wrong(field, "must be a list of rules, hooks and policies");
  try {
    new HookEngine(value as HookSource[]);
  } catch (error) {
    if (!(error instanceof HookRuleError)) throw error;
    throw wrong(`${field}:`, decapitalize(error.message));
  }
}

function checkMounts(value: unknown, field: string): void {
  const mounts = Object.entries(record(value, field));
  if (mounts.length === 0) throw wrong(field, "is empty: there is nothing to serve");
  const places = new Set<string>();
  for (const [path, source] of mounts) {
    const place = parseMountPath(path);
    const name = `${field}[${JSON.stringify(path)}]`;
    if (places.has(place)) throw wrong(name, `is a second source at ${place}: keep one`);
    places.add(place);
    if (typeof source === "string") parseSource(source, "/");
    else checkProvider(source, name);
  }
}

function checkProvider(value: unknown, field: string): void {
  if (typeof value === "function") throw wrong(field, "is a class or function: make an instance");
  const provider = record(value, field, "a provider, or a string such as ./dir or memory");
  if (typeof provider.then === "function") throw wrong(field, "is a promise: await it");
  const missing = OPERATIONS.find((name) => typeof provider[name] !== "function");
  if (missing !== undefined) {
    throw wrong(field, `lacks ${missing}(): extend BaseProvider, which answers what is left out`);
  }
}

function record(value: unknown, field: string, expected = "an object"): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(field, `must be ${expected}`);
}

function wholeNumber(least: number, most: number): Check {
  return (value, field) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      throw wrong(field, `must be a whole number from ${least} to ${most}`);
    }
  };
}

function wrong(field: string, complaint: string): UsageError {
  return new UsageError(`${field} ${complaint}`);
}
