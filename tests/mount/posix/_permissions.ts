import { parseStep, type PosixCase } from "./_cases.ts";

/** Who asks: the calls that make it so, and which three bits of the mode count for it. */
const CALLERS = {
  "the owner": { user: "user 1001 9999", shift: 6 },
  "the group": { user: "user 1002 2000", shift: 3 },
  "a supplementary group": { user: "user 1002 1002 7,2000", shift: 3 },
  "the owner, who is in the group too": { user: "user 1001 2000", shift: 6 },
  "another": { user: "user 1002 1002", shift: 0 },
} as const;

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/**
 * Each class of users with each combination of the three bits that count for it; all other bits are
 * the opposite, so that looking at the wrong ones shows.
 */
export function permissionCases(): PosixCase[] {
  const cases: PosixCase[] = [];
  for (const [caller, { user, shift }] of Object.entries(CALLERS)) {
    for (let bits = 0; bits < 8; bits++) {
      const mode = (0o777 & ~(7 << shift) & ~(bits * 0o111)) | (bits << shift);
      const octal = `0${mode.toString(8).padStart(3, "0")}`;
      cases.push(fileCase(caller, user, octal, bits), directoryCase(caller, user, octal, bits));
    }
  }
  for (const mode of ["0000", "0111", "0700"]) cases.push(rootCase(mode));
  return cases;
}

function may(bits: number, needed: number): string {
  return (bits & needed) === needed ? "0" : "EACCES";
}

function fileCase(caller: string, user: string, mode: string, bits: number): PosixCase {
  return {
    title: `a file with mode ${mode} for ${caller}`,
    steps: [
      "put f data",
      "chown f 1001 2000",
      `chmod f ${mode}`,
      user,
      `try f O_RDONLY => ${may(bits, READ)}`,
      `try f O_WRONLY => ${may(bits, WRITE)}`,
      `try f O_RDWR => ${may(bits, READ | WRITE)}`,
      `truncate f 2 => ${may(bits, WRITE)}`,
      `access f R_OK => ${may(bits, READ)}`,
      `access f W_OK => ${may(bits, WRITE)}`,
      `access f X_OK => ${may(bits, SEARCH)}`,
      `access f F_OK => 0`,
      `lstat f type => reg`,
    ].map(parseStep),
  };
}

function directoryCase(caller: string, user: string, mode: string, bits: number): PosixCase {
  return {
    title: `a directory with mode ${mode} for ${caller}`,
    steps: [
      "mkdir d 0777",
      "create d/f 0666",
      "create d/g 0666",
      "chown d 1001 2000",
      `chmod d ${mode}`,
      user,
      `try d O_RDONLY|O_DIRECTORY => ${may(bits, READ)}`,
      `lstat d/f type => ${(bits & SEARCH) !== 0 ? "reg" : "EACCES"}`,
      `try d/f O_RDWR => ${may(bits, SEARCH)}`,
      `try d/new O_CREAT|O_WRONLY 0644 => ${may(bits, WRITE | SEARCH)}`,
      `mkdir d/dir 0755 => ${may(bits, WRITE | SEARCH)}`,
      `symlink x d/link => ${may(bits, WRITE | SEARCH)}`,
      `rename d/f d/moved => ${may(bits, WRITE | SEARCH)}`,
      `unlink d/g => ${may(bits, WRITE | SEARCH)}`,
      `chdir d => ${may(bits, SEARCH)}`,
    ].map(parseStep),
  };
}

function rootCase(mode: string): PosixCase {
  const executable = mode === "0000" ? "EACCES" : "0";
  return {
    title: `a file and a directory with mode ${mode} for root`,
    steps: [
      "put f data",
      "chown f 1001 2000",
      `chmod f ${mode}`,
      "get f => data",
      "append f x",
      `access f X_OK => ${executable}`,
      "mkdir d 0777",
      "chown d 1001 2000",
      `chmod d ${mode}`,
      "create d/f 0644",
      "list d => f",
      "unlink d/f",
    ].map(parseStep),
  };
}
