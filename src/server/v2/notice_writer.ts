import type { Change } from "../../fs/mod.ts";
import { encodeFrame, RESPONSE_2, type WireChange } from "../../protocol/mod.ts";
import type { Session2 } from "./session2.ts";

const NOTICE = /* @__PURE__ */ RESPONSE_2.only("err", "changes");

const KINDS: Readonly<Record<Change["kind"], number>> = { entry: 1, inode: 2, tree: 3 };

/** What a change has beside its path, at most. */
const OVERHEAD = 32;

/** Sends a session what it is to be told. */
export class NoticeWriter {
  readonly #session: Session2;
  /** How many changes fit into a frame, whatever their paths are. */
  readonly #batch: number;

  /** @param session Whose notices. */
  constructor(session: Session2) {
    this.#session = session;
    const { replyBytes, pathBytes } = session.limits;
    this.#batch = Math.max(1, Math.floor(replyBytes / (pathBytes + OVERHEAD)));
  }

  /** Writes everything that there is to tell. */
  flush(): void {
    const changes = this.#session.takeNotices();
    for (let i = 0; i < changes.length; i += this.#batch) {
      this.#write(changes.slice(i, i + this.#batch).map(toWire));
    }
  }

  /** Writes a notice that says nothing: a connection that is dead finds out when it is sent. */
  probe(): void {
    this.#write([]);
  }

  #write(changes: readonly WireChange[]): void {
    try {
      encodeFrame(this.#session.outlet.writer, NOTICE, { err: 0, changes });
    } catch (error) {
      // A provider that reports what cannot be sent: the rest is as doubtful.
      this.#session.fault("notice", error);
      this.#session.loseNotices();
    }
  }
}

function toWire({ kind, path, ino }: Change): WireChange {
  return { kind: KINDS[kind], path, ino };
}
