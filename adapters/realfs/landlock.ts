import { errnoName, VfsError } from "../../src/fs/mod.ts";
import { O_CLOEXEC, O_PATH } from "./_abi.ts";
import { CString } from "./_c_string.ts";
import type { Libc } from "./_c_functions.ts";
import { bindLibc } from "./_libc.ts";
import { Struct } from "./_struct.ts";

const SYS_LANDLOCK_CREATE_RULESET = 444;
const SYS_LANDLOCK_ADD_RULE = 445;
const SYS_LANDLOCK_RESTRICT_SELF = 446;
const CREATE_RULESET_VERSION = 1;
const RULE_PATH_BENEATH = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const AT_FDCWD = -100;

const READ_FILE = 1n << 2n;
const READ_DIR = 1n << 3n;
const EXECUTE = 1n << 0n;
const MAKE_CHAR = 1n << 6n;
const MAKE_BLOCK = 1n << 11n;
const IOCTL_DEV = 1n << 15n;

/** How many of the rights the kernel knows, by the version of its interface. */
const KNOWN_RIGHTS: readonly bigint[] = [0n, 13n, 14n, 15n, 15n, 16n];

/** Which parts of the host a thread may still use. */
export interface LandlockRules {
  /** Directories or files below which everything may be read. */
  readonly read?: readonly string[];
  /** Directories below which everything may be read and changed, devices aside. */
  readonly write?: readonly string[];
}

/**
 * Takes from the calling thread, for good, the right to open or change files anywhere but below the
 * given paths, by Landlock (Linux 5.13 and later): a second wall behind the first. Were there a
 * mistake in this package, the kernel would still refuse to open what is not below them.
 *
 * It binds the thread that calls it and those that it starts later: call it in the worker that
 * serves, or early in the program. It does not cover looking at attributes (stat), nor changing
 * them (chmod, chown, utimes), nor what is open already. What is loaded later (modules, time zones,
 * certificates) must be readable too.
 *
 * @param rules What remains allowed.
 * @throws {VfsError} EOPNOTSUPP where the kernel or the runtime cannot do it, ENOENT or EACCES for a
 * path that cannot be opened; nothing is taken away then.
 *
 * @example
 * ```ts no-eval
 * import { confineThread, RealDirectoryProvider } from "@vfs/server/node";
 *
 * const provider = new RealDirectoryProvider("/srv/tree");
 * confineThread({ write: ["/srv/tree"], read: ["/proc/self"] });
 * ```
 */
export function confineThread(rules: LandlockRules): void {
  const libc = bind();
  const rights = supportedRights(libc);
  const attributes = new Struct(128);
  attributes.view.setBigUint64(0, rights, true);
  const ruleset = check(
    libc,
    libc.functions.landlockCreateRuleset(
      SYS_LANDLOCK_CREATE_RULESET,
      attributes.bytes,
      libc.wide(8),
      0,
    ),
  );
  try {
    const reading = READ_FILE | READ_DIR;
    const changing = rights & ~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV);
    for (const path of rules.read ?? []) allow(libc, ruleset, path, reading);
    for (const path of rules.write ?? []) allow(libc, ruleset, path, changing);
    const none = libc.wide(0);
    check(libc, libc.functions.prctl(PR_SET_NO_NEW_PRIVS, libc.wide(1), none, none, none));
    check(
      libc,
      libc.functions.landlockRestrictSelf(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0),
    );
  } finally {
    libc.functions.close(ruleset);
  }
}

function bind(): Libc {
  try {
    return bindLibc();
  } catch (error) {
    throw new VfsError("EOPNOTSUPP", `Cannot use Landlock: ${String(error)}`, { cause: error });
  }
}

function supportedRights(libc: Libc): bigint {
  const version = libc.functions.landlockCreateRuleset(
    SYS_LANDLOCK_CREATE_RULESET,
    null,
    libc.wide(0),
    CREATE_RULESET_VERSION,
  );
  if (version < 1) {
    throw new VfsError("EOPNOTSUPP", "Cannot use Landlock: the kernel does not offer it");
  }
  const known = KNOWN_RIGHTS[Math.min(version, KNOWN_RIGHTS.length - 1)]!;
  return (1n << known) - 1n;
}

/** Kept for good: whoever has its address does not keep it alive. */
let name: CString | undefined;

function allow(libc: Libc, ruleset: number, path: string, rights: bigint): void {
  name ??= new CString(libc);
  const descriptor = libc.functions.openat(
    libc.word(AT_FDCWD),
    name.set(path),
    libc.word(O_PATH | O_CLOEXEC),
    libc.word(0),
  );
  const parent = check(libc, descriptor, path);
  try {
    // struct landlock_path_beneath_attr is packed: 64 bits of rights, then the descriptor.
    const rule = new Struct(128);
    rule.view.setBigUint64(0, rights, true);
    rule.view.setInt32(8, parent, true);
    check(
      libc,
      libc.functions.landlockAddRule(
        SYS_LANDLOCK_ADD_RULE,
        ruleset,
        RULE_PATH_BENEATH,
        rule.bytes,
        0,
      ),
      path,
    );
  } finally {
    libc.functions.close(parent);
  }
}

function check(libc: Libc, result: number, path?: string): number {
  if (result >= 0) return result;
  const code = errnoName(libc.errno()) ?? "EIO";
  throw new VfsError(code === "ENOSYS" ? "EOPNOTSUPP" : code, path);
}
