import { andThen, type Awaitable, isDirectory, VfsError } from "../fs/mod.ts";
import {
  INIT_ASYNC_DIO,
  INIT_ASYNC_READ,
  INIT_ATOMIC_O_TRUNC,
  INIT_AUTO_INVAL_DATA,
  INIT_BIG_WRITES,
  INIT_DO_READDIRPLUS,
  INIT_FLOCK_LOCKS,
  INIT_HANDLE_KILLPRIV_V2,
  INIT_MAX_PAGES,
  INIT_PARALLEL_DIROPS,
  INIT_POSIX_LOCKS,
  INIT_READDIRPLUS_AUTO,
  INIT_WRITEBACK_CACHE,
  MAJOR,
  MINOR_NEWEST,
  MINOR_OLDEST,
  PAGE,
} from "./_abi.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import { checkInfo } from "./_encode.ts";
import type { Request } from "./_request.ts";
import type { ResolvedFuseOptions } from "./options.ts";

const INIT_OUT = 64;

/** What is good for every mount. */
const ALWAYS = INIT_ASYNC_READ | INIT_ATOMIC_O_TRUNC | INIT_BIG_WRITES | INIT_AUTO_INVAL_DATA |
  INIT_ASYNC_DIO | INIT_PARALLEL_DIROPS | INIT_MAX_PAGES | INIT_HANDLE_KILLPRIV_V2;

function wantedFlags(options: ResolvedFuseOptions): number {
  let flags = ALWAYS;
  if (options.writeback) flags |= INIT_WRITEBACK_CACHE;
  if (options.readdirplus !== "never") flags |= INIT_DO_READDIRPLUS;
  if (options.readdirplus === "auto") flags |= INIT_READDIRPLUS_AUTO;
  if (options.locks === "provider") flags |= INIT_POSIX_LOCKS | INIT_FLOCK_LOCKS;
  return flags;
}

/** Agrees on a version of the protocol and on its parts, and begins with the provider's root. */
export function init(core: Core, request: Request): Awaitable<void> {
  const major = request.u32(0);
  const minor = request.u32(1);
  const readahead = request.u32(2);
  const offered = request.u32(3);
  if (major > MAJOR) {
    // A newer kernel begins again with the version that it reads here.
    core.out.u32.fill(0, REPLY_BODY, REPLY_BODY + INIT_OUT / 4);
    core.out.u32[REPLY_BODY] = MAJOR;
    core.out.u32[REPLY_BODY + 1] = MINOR_NEWEST;
    core.send(request, INIT_OUT);
    return;
  }
  if (major < MAJOR || minor < MINOR_OLDEST) {
    throw new VfsError("EPROTO", `The kernel speaks FUSE ${major}.${minor}`);
  }
  if (core.started) throw new VfsError("EIO", "The kernel says INIT again");
  return andThen(core.provider.stat("/", request), (root) => {
    if (!isDirectory(checkInfo(root).mode)) throw new VfsError("ENOTDIR", "/");
    const { options, out: { u32 } } = core;
    core.minor = Math.min(minor, MINOR_NEWEST);
    core.start(root);
    const { maxBackground, maxWrite } = options;
    u32.fill(0, REPLY_BODY, REPLY_BODY + INIT_OUT / 4);
    u32[REPLY_BODY] = MAJOR;
    u32[REPLY_BODY + 1] = core.minor;
    u32[REPLY_BODY + 2] = Math.min(readahead, options.maxReadahead);
    u32[REPLY_BODY + 3] = offered & wantedFlags(options);
    // Two halves: requests nobody waits for, and how many of them count as congestion.
    u32[REPLY_BODY + 4] = maxBackground | (Math.ceil(maxBackground * 0.75) << 16);
    u32[REPLY_BODY + 5] = maxWrite;
    u32[REPLY_BODY + 6] = 1; // times are in nanoseconds
    u32[REPLY_BODY + 7] = maxWrite / PAGE;
    core.send(request, INIT_OUT);
  });
}
