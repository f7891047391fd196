/**
 * Ways around a rule that protects `/w/secret/**` from being read and `/w/locked/**` from change.
 *
 * Each is tried on a tree without rules as well, where it has to work: that proves the way.
 */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  type Handle,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  S_IFIFO,
  S_IFREG,
} from "../../src/fs/mod.ts";
import { bytes, names, outcome, readHandle, readText, using, writeText } from "./kit.ts";

/** What `/w/secret/key` holds, and nobody may learn. */
export const SECRET = "TOP SECRET";
/** What a way gives that got at something else than that content. */
export const GOTCHA = "gotcha";

/** A way around a rule. */
export interface Way {
  readonly name: string;
  /**
   * Tries it.
   *
   * @param p The tree, as a guest has it.
   * @param protect Puts the rules into force, for ways that begin before; others find them there.
   * @returns What was learnt, if the way is to learn something.
   */
  readonly run: (p: Provider, protect: () => void) => Promise<string | void>;
  /** Begins before the rules are in force. */
  readonly late?: true;
}

const KEY = "/w/secret/key";
const CFG = "/w/locked/cfg";
const MINE = "/w/pub/mine";

/** Opens something, puts the rules into force, and goes on with the handle. */
function before(
  path: string,
  flags: number,
  use: (handle: Handle, p: Provider) => Promise<string | void>,
): Omit<Way, "name"> {
  return {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open(path, flags);
      protect();
      return await using(handle, () => use(handle, p));
    },
  };
}

function way(run: Way["run"]): Omit<Way, "name"> {
  return { run };
}

/** Ways to learn what is in the secret. */
const LEARN: Readonly<Record<string, Omit<Way, "name">>> = {
  "open it": way((p) => readText(p, KEY)),
  "open it for reading and writing": way((p) => using(p.open(KEY, O_RDWR), readHandle)),
  "stat it": way(async (p) => (await p.stat(KEY)).size === SECRET.length ? GOTCHA : ""),
  "look it up": way(async (p) => (await p.lookup(KEY))?.size === SECRET.length ? GOTCHA : ""),
  "list its directory": way(async (p) =>
    (await names(p, "/w/secret")).includes("key") ? GOTCHA : ""
  ),
  "list its directory by pages": way((p) =>
    using(p.openDir("/w/secret"), async (handle) => {
      const page = await handle.readDir(0, 10, true);
      return page.some(({ name }) => name === "key") ? GOTCHA : "";
    })
  ),
  "learn the size from the listing above": way(async (p) => {
    const entries = await p.readDir("/w", true);
    return entries.find(({ name }) => name === "secret")?.info === undefined ? "" : GOTCHA;
  }),
  "learn the size of a link that was there from the listing": way(async (p) => {
    const entries = await p.readDir("/w", true);
    const link = entries.find(({ name }) => name === "pre-secret");
    return link?.info?.size === SECRET.length ? GOTCHA : "";
  }),
  "learn the size of a link that was there from a page": way((p) =>
    using(p.openDir("/w/links"), async (handle) => {
      const page = await handle.readDir(0, 10, true);
      return page.find(({ name }) => name === "pre-deep")?.info === undefined ? "" : GOTCHA;
    })
  ),
  "read a link in it": way((p) => Promise.resolve(p.readlink("/w/secret/link"))),
  "read an attribute": way(async (p) =>
    new TextDecoder().decode(await p.getxattr(KEY, "user.hint"))
  ),
  "list the attributes": way(async (p) => (await p.listxattr(KEY)).length > 0 ? GOTCHA : ""),
  "ask for its filesystem": way(async (p) => (await p.statfs(KEY)).bsize > 0 ? GOTCHA : ""),
  "rename it out": way(async (p) => {
    await p.rename(KEY, "/w/pub/out");
    return await readText(p, "/w/pub/out");
  }),
  "rename its directory": way(async (p) => {
    await p.rename("/w/secret", "/w/pub/out");
    return await readText(p, "/w/pub/out/key");
  }),
  "rename a directory within": way(async (p) => {
    await p.rename("/w/secret/dir", "/w/pub/out");
    return await readText(p, "/w/pub/out/deep");
  }),
  "rename the directory above": way(async (p) => {
    await p.rename("/w", "/x");
    return await readText(p, "/x/secret/key");
  }),
  "exchange it with another file": way(async (p) => {
    await p.rename(KEY, MINE, RENAME_EXCHANGE);
    return await readText(p, MINE);
  }),
  "exchange another file with it": way(async (p) => {
    await p.rename(MINE, KEY, RENAME_EXCHANGE);
    return await readText(p, MINE);
  }),
  "exchange its directory": way(async (p) => {
    await p.rename("/w/pub/dir", "/w/secret", RENAME_EXCHANGE);
    return await readText(p, "/w/pub/dir/key");
  }),
  "exchange the directory above": way(async (p) => {
    await p.rename("/y", "/w", RENAME_EXCHANGE);
    return await readText(p, "/y/secret/key");
  }),
  "link to it": way(async (p) => {
    await p.link(KEY, "/w/pub/link");
    return await readText(p, "/w/pub/link");
  }),
  "open a link that was there": way((p) => readText(p, "/w/pre-secret")),
  "stat a link that was there": way(async (p) => {
    return (await p.stat("/w/pre-secret")).size === SECRET.length ? GOTCHA : "";
  }),
  "rename a link that was there": way(async (p) => {
    await p.rename("/w/pre-secret", "/w/pub/out");
    return await readText(p, "/w/pub/out");
  }),
  "link to a link that was there": way(async (p) => {
    await p.link("/w/pre-secret", "/w/pub/out");
    return await readText(p, "/w/pub/out");
  }),
  "rename the directory of a link that was there": way(async (p) => {
    await p.rename("/w/links", "/w/pub/links");
    return await readText(p, "/w/pub/links/pre-deep");
  }),
  "rename the directory above to itself, and open a link that was there": way(async (p) => {
    await outcome(() => p.stat("/w/pre-secret"));
    await p.rename("/w", "/w");
    return await readText(p, "/w/pre-secret");
  }),
  "make a symlink that leads to it": way(async (p) => {
    await p.symlink(KEY, "/w/pub/to-key");
    return GOTCHA;
  }),
  "make a symlink that leads to it by a relative way": way(async (p) => {
    await p.symlink("../secret/key", "/w/pub/to-key");
    return GOTCHA;
  }),
  "make its directory anew": way(async (p) => {
    await p.mkdir("/w/secret/new", 0o755);
    return GOTCHA;
  }),
  "make an unnamed file in it": way((p) =>
    using(p.open("/w/secret", O_TMPFILE | O_RDWR, 0o600), () => GOTCHA)
  ),
  "read through a handle from before": before(KEY, O_RDONLY, (handle) => readHandle(handle)),
  "read on through a handle from before": before(KEY, O_RDONLY, async (handle) => {
    const buffer = new Uint8Array(64);
    return new TextDecoder().decode(buffer.subarray(0, await handle.read(buffer)));
  }),
  "stat a handle from before": before(KEY, O_RDONLY, async (handle) => {
    return (await handle.stat()).size === SECRET.length ? GOTCHA : "";
  }),
  "search data through a handle from before": before(KEY, O_RDONLY, async (handle) => {
    return await handle.seekHole(0) === SECRET.length ? GOTCHA : "";
  }),
  "copy out of a handle from before": before(KEY, O_RDONLY, async (handle, p) => {
    await using(p.open(MINE, O_RDWR), (mine) => handle.copyRange(0, mine, 0, 100));
    return await readText(p, MINE);
  }),
  "list through a directory from before": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.openDir("/w/secret");
      protect();
      return await using(handle, async () => {
        const page = await handle.readDir(0, 10);
        return page.some(({ name }) => name === "key") ? GOTCHA : "";
      });
    },
  },
  "read through a handle whose file was renamed in": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open(MINE, O_RDWR);
      await p.rename(MINE, "/w/secret/mine");
      protect();
      return await using(handle, async () => {
        await handle.writeAt(bytes(SECRET), 0);
        return await readHandle(handle);
      });
    },
  },
  "read through a handle whose directory was renamed in": {
    late: true,
    run: async (p, protect) => {
      await writeText(p, "/w/pub/dir/file", SECRET);
      const handle = await p.open("/w/pub/dir/file", O_RDONLY);
      await p.rename("/w/pub/dir", "/w/secret/pubdir");
      protect();
      return await using(handle, () => readHandle(handle));
    },
  },
  "read through a handle of another name": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open("/w/pre-secret", O_RDONLY);
      protect();
      return await using(handle, () => readHandle(handle));
    },
  },
  "read through a handle of another name that was removed": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open("/w/pre-secret", O_RDONLY);
      await p.unlink("/w/pre-secret");
      protect();
      return await using(handle, () => readHandle(handle));
    },
  },
  "read through a handle of another name, removed with its directory": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open("/w/links/pre-deep", O_RDONLY);
      protect();
      await outcome(() => p.removeAll("/w/links"));
      return await using(handle, () => readHandle(handle));
    },
  },
  "read by a name that was linked before the rule": {
    late: true,
    run: async (p, protect) => {
      await p.link(KEY, "/w/pub/early");
      protect();
      return await readText(p, "/w/pub/early");
    },
  },
  "read through a handle whose other name was removed": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open(KEY, O_RDONLY);
      await p.unlink(KEY);
      protect();
      return await using(handle, () => readHandle(handle));
    },
  },
  "spell it with ..": way((p) => readText(p, "/w/pub/../secret/key")),
  "spell it with .. twice": way((p) => readText(p, "/w/secret/../../w/secret/key")),
  "spell it with .": way((p) => readText(p, "/w/./secret/./key")),
  "spell it with doubled slashes": way((p) => readText(p, "//w///secret//key")),
  "spell it with a slash at the end": way((p) => readText(p, "/w/secret/key/")),
  "spell it without a slash at the start": way((p) => readText(p, "w/secret/key")),
};

/** Ways to change what is locked. */
const CHANGE: Readonly<Record<string, Omit<Way, "name">>> = {
  "write to it": way((p) => writeText(p, CFG, "changed", O_WRONLY)),
  "open it for both and write": way((p) => writeText(p, CFG, "changed", O_RDWR)),
  "append to it": way((p) => writeText(p, CFG, "changed", O_WRONLY | O_APPEND)),
  "truncate it by open": way((p) => using(p.open(CFG, O_WRONLY | O_TRUNC), () => {})),
  "truncate it by open for reading": way((p) => using(p.open(CFG, O_RDONLY | O_TRUNC), () => {})),
  "create over it": way((p) => using(p.create(CFG, 0o644), () => {})),
  "open it with O_CREAT and O_TRUNC": way((p) => writeText(p, CFG, "changed")),
  "truncate it": way(async (p) => await p.truncate(CFG, 0)),
  "make it longer": way(async (p) => await p.truncate(CFG, 4096)),
  "create beside it": way((p) => writeText(p, "/w/locked/new", "x")),
  "create exclusively beside it": way((p) =>
    writeText(p, "/w/locked/new", "x", O_WRONLY | O_CREAT | O_EXCL)
  ),
  "make a directory beside it": way(async (p) => await p.mkdir("/w/locked/new", 0o755)),
  "make directories beside it": way(async (p) => await p.mkdirAll("/w/locked/a/b/c", 0o755)),
  "make a fifo beside it": way(async (p) => await p.mknod("/w/locked/new", S_IFIFO | 0o644, 0)),
  "make a file by mknod beside it": way(async (p) => {
    await p.mknod("/w/locked/new", S_IFREG | 0o644, 0);
  }),
  "make a symlink beside it": way(async (p) => await p.symlink("anything", "/w/locked/new")),
  "link something beside it": way(async (p) => await p.link(MINE, "/w/locked/new")),
  "rename something beside it": way(async (p) => await p.rename(MINE, "/w/locked/new")),
  "rename something beside it, without replacing": way(async (p) => {
    await p.rename(MINE, "/w/locked/new", RENAME_NOREPLACE);
  }),
  "rename a directory beside it": way(async (p) => {
    await p.rename("/w/pub/dir", "/w/locked/new");
  }),
  "rename something over it": way(async (p) => await p.rename(MINE, CFG)),
  "rename it away": way(async (p) => await p.rename(CFG, "/w/pub/cfg")),
  "rename it in its directory": way(async (p) => await p.rename(CFG, "/w/locked/cfg2")),
  "exchange it": way(async (p) => await p.rename(CFG, MINE, RENAME_EXCHANGE)),
  "exchange with it": way(async (p) => await p.rename(MINE, CFG, RENAME_EXCHANGE)),
  "rename its directory": way(async (p) => await p.rename("/w/locked", "/w/unlocked")),
  "exchange its directory": way(async (p) => {
    await p.rename("/w/locked", "/w/pub", RENAME_EXCHANGE);
  }),
  "rename the directory above": way(async (p) => await p.rename("/w", "/x")),
  "exchange the directory above": way(async (p) => await p.rename("/w", "/y", RENAME_EXCHANGE)),
  "put another tree in its place": way(async (p) => {
    await p.mkdirAll("/x/locked", 0o755);
    await writeText(p, "/x/locked/cfg", "changed");
    await p.rename("/w", "/z");
    await p.rename("/x", "/w");
  }),
  "unlink it": way(async (p) => await p.unlink(CFG)),
  "remove it": way(async (p) => await p.remove(CFG)),
  "remove a directory in it": way(async (p) => await p.rmdir("/w/locked/empty")),
  "remove its directory with everything": way(async (p) => await p.removeAll("/w/locked")),
  "remove the directory above with everything": way(async (p) => await p.removeAll("/w")),
  "remove everything": way(async (p) => await p.removeAll("/")),
  "chmod it": way(async (p) => await p.chmod(CFG, 0o777)),
  "chmod its directory": way(async (p) => await p.chmod("/w/locked", 0o700)),
  "chown it": way(async (p) => await p.chown(CFG, 1234, 1234)),
  "set its times": way(async (p) => {
    await p.utimes(CFG, { sec: 1, nsec: 0 }, { sec: 1, nsec: 0 });
  }),
  "set an attribute": way(async (p) => await p.setxattr(CFG, "user.new", bytes("x"))),
  "remove an attribute": way(async (p) => await p.removexattr(CFG, "user.hint")),
  "link it out and write there": way(async (p) => {
    await p.link(CFG, "/w/pub/cfg");
    await writeText(p, "/w/pub/cfg", "changed", O_WRONLY);
  }),
  "write to a link that was there": way((p) => writeText(p, "/w/pre-locked", "changed", O_WRONLY)),
  "truncate a link that was there by open": way((p) =>
    using(p.open("/w/pre-locked", O_RDONLY | O_TRUNC), () => {})
  ),
  "create over a link that was there": way((p) =>
    using(p.create("/w/pre-locked", 0o644), () => {})
  ),
  "truncate a link that was there": way(async (p) => await p.truncate("/w/pre-locked", 1)),
  "chmod a link that was there": way(async (p) => await p.chmod("/w/pre-locked", 0o777)),
  "set an attribute of a link that was there": way(async (p) => {
    await p.setxattr("/w/pre-locked", "user.new", bytes("x"));
  }),
  "rename the directory above to itself, and write to a link that was there": way(async (p) => {
    await outcome(() => p.truncate("/w/pre-locked", 1));
    await p.rename("/w", "/w");
    await writeText(p, "/w/pre-locked", "changed", O_WRONLY);
  }),
  "rename a link that was there, and write": way(async (p) => {
    await p.rename("/w/pre-locked", "/w/pub/out");
    await writeText(p, "/w/pub/out", "changed", O_WRONLY);
  }),
  "write through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.writeAt(bytes("changed"), 0);
  }),
  "write on through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.write(bytes("changed"));
  }),
  "truncate through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.truncate(0);
  }),
  "allocate through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.allocate(0, 0, 1 << 16);
  }),
  "punch through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4);
  }),
  "zero through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.allocate(FALLOC_FL_ZERO_RANGE, 0, 4);
  }),
  "chmod through a handle from before": before(CFG, O_RDONLY, async (handle) => {
    await handle.chmod(0o777);
  }),
  "chown through a handle from before": before(CFG, O_RDONLY, async (handle) => {
    await handle.chown(1234, 1234);
  }),
  "set times through a handle from before": before(CFG, O_RDWR, async (handle) => {
    await handle.utimes({ sec: 1, nsec: 0 }, { sec: 1, nsec: 0 });
  }),
  "copy into a handle from before": before(CFG, O_RDWR, async (handle, p) => {
    await using(p.open(MINE, O_RDONLY), (mine) => mine.copyRange(0, handle, 0, 4));
  }),
  "write through a handle of another name": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open("/w/pre-locked", O_RDWR);
      protect();
      await using(handle, () => handle.writeAt(bytes("changed"), 0));
    },
  },
  "write through a handle of another name that was removed": {
    late: true,
    run: async (p, protect) => {
      const handle = await p.open("/w/pre-locked", O_RDWR);
      await p.remove("/w/pre-locked");
      protect();
      await using(handle, () => handle.writeAt(bytes("changed"), 0));
    },
  },
  "chmod through a handle opened for reading": way((p) =>
    using(p.open(CFG, O_RDONLY), async (handle) => await handle.chmod(0o777))
  ),
  "set times through a handle opened for reading": way((p) =>
    using(p.open(CFG, O_RDONLY), async (handle) => {
      await handle.utimes({ sec: 1, nsec: 0 }, { sec: 1, nsec: 0 });
    })
  ),
  "chmod through a handle on the directory": way((p) =>
    using(p.open("/w/locked", O_RDONLY | O_DIRECTORY), async (handle) => await handle.chmod(0o700))
  ),
  "spell it with .. and write": way((p) =>
    writeText(p, "/w/pub/../locked/cfg", "changed", O_WRONLY)
  ),
  "spell it with doubled slashes and remove": way(async (p) => await p.unlink("/w//locked//cfg")),
  "spell its directory with a slash at the end": way(async (p) => {
    await p.rename("/w/locked/", "/w/unlocked/");
  }),
};

function listOf(ways: Readonly<Record<string, Omit<Way, "name">>>, verb: string): Way[] {
  return Object.entries(ways).map(([name, way]) => ({ name: `${verb}: ${name}`, ...way }));
}

/** All ways. */
export const WAYS: readonly Way[] = [...listOf(LEARN, "learn"), ...listOf(CHANGE, "change")];
