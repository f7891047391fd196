/**
 * Which decisions fit which operations: this file compiles only if every line that is marked as an
 * error is one, and no other is. Nothing in it is run.
 */
import type { FileInfo, Handle } from "../../src/fs/mod.ts";
import { allow, answer, block, change, delay, hide, hook } from "../../src/hooks/mod.ts";

declare const info: FileInfo;
declare const file: Handle;

hook({ ops: ["stat"], before: () => answer(info) });
// @ts-expect-error it does not fit
hook({ ops: ["stat"], before: () => answer("x") });
// @ts-expect-error it does not fit
hook({ ops: ["close"], before: () => block() });
hook({ ops: ["close"], before: () => allow() });
hook({ ops: ["mkdir"], before: () => answer() });
// @ts-expect-error it does not fit
hook({ ops: ["mkdir"], before: () => answer(1) });
hook({ ops: ["write"], before: (request) => change({ data: request.data! }) });
// @ts-expect-error it does not fit
hook({ ops: ["read"], before: (request) => change({ data: request.data! }) });
// @ts-expect-error it does not fit
hook({ ops: ["open"], before: () => change({ path: "/x", data: new Uint8Array() }) });
hook({ ops: ["open"], before: () => change({ path: "/x" }) });
hook({
  ops: ["open", "create"],
  before: (request) => request.op === "open" ? change({ path: "/x", flags: 1 }) : undefined,
});
hook({ ops: ["open", "stat"], before: () => change({ path: "/x" }) });
// @ts-expect-error it does not fit
hook({ ops: ["open", "stat"], before: () => change({ path: "/x", flags: 1 }) });
// @ts-expect-error it does not fit
hook({ ops: ["stat", "readlink"], before: () => answer(info) });
hook({ ops: ["unlink", "rmdir"], before: () => answer() });
hook({ before: (request) => request.uid ? block("EACCES") : request.gid ? hide() : delay(1) });
// @ts-expect-error it does not fit
hook({ before: () => answer(info) });
// @ts-expect-error it does not fit
hook({ ops: ["wirte"], before: () => allow() });
// @ts-expect-error it does not fit
hook({ ops: ["stat"], before: () => 3 });
// @ts-expect-error it does not fit
hook({ ops: ["allocate"], before: () => change({ path: "/" }) });
hook({
  ops: ["stat"],
  before: async (request) => {
    await null;
    if (request.path === "/") return answer(info);
  },
});
hook({
  ops: ["stat"],
  // @ts-expect-error it does not fit
  before: async (request) => {
    await null;
    if (request.path === "/") return answer(1);
  },
});
// @ts-expect-error it does not fit
hook({ ops: ["write"], before: () => block("EWHAT") });
hook({ ops: ["open", "create"], before: () => answer(file) });
// @ts-expect-error a handle is no bytes
hook({ ops: ["read"], before: () => answer(file) });
hook({ ops: ["read"], before: ({ size }) => answer(new Uint8Array(size)) });
// @ts-expect-error an after-hook decides nothing: it is given no decision to return
hook({ ops: ["read"], after: () => block("EIO") });
