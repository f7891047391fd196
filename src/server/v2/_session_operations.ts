import { cleanPath, VfsError } from "../../fs/mod.ts";
import { byNumber } from "../_by_number.ts";
import type { Exchange2 } from "./exchange2.ts";
import type { SessionOperation } from "./handlers/mod.ts";
import type { Mux } from "./mux.ts";

type Run = (exchange: Exchange2, mux: Mux) => void;

const BY_NAME: Readonly<Record<SessionOperation, Run>> = {
  hello() {
    throw new VfsError("EINVAL", "hello comes first");
  },
  subscribe: ({ session, request }) => session.subscribe(cleanPath(request.path)),
  unsubscribe: ({ session, request }) => session.unsubscribe(cleanPath(request.path)),
  cancel({ request }, mux) {
    const { target } = request;
    if (typeof target !== "number" || !mux.cancel(target)) throw new VfsError("ENOENT");
  },
  ping() {},
  goodbye: (_, mux) => mux.goodbye(),
};

/** The operations that a session sees to itself, each at its number: at once, and never full. */
export const SESSION_OPERATIONS: readonly (Run | undefined)[] = /* @__PURE__ */ byNumber(BY_NAME);
