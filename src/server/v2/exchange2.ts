import type { OpContext, Provider } from "../../fs/mod.ts";
import { newRequest2, OP, type Operation, type WireRequest2 } from "../../protocol/mod.ts";
import type { OpenFile } from "../handle_table.ts";
import { Reply2 } from "./reply2.ts";
import { RequestContext } from "./request_context.ts";
import type { Session2 } from "./session2.ts";

/** The type of a lock that is given back. */
const UNLOCK = 2;

/** One request of version 2 that is being answered: what handlers work on. Used again. */
export class Exchange2 {
  /** Whose request it is. */
  readonly session: Session2;
  /** What was asked. */
  readonly request: WireRequest2 = newRequest2();
  /** Where the answer is written. */
  readonly reply: Reply2;
  /** Which operation it is. */
  operation: Operation | undefined;
  /** The files whose lines it stands in. */
  file: OpenFile | undefined;
  /** The other file, of an operation on two. */
  file2: OpenFile | undefined;
  /** Whether it was begun. */
  isRunning = false;
  /** Whether it was cancelled, and is answered already. */
  isAbandoned = false;
  #context: RequestContext | undefined;

  /** @param session Whose requests they are. */
  constructor(session: Session2) {
    this.session = session;
    this.reply = new Reply2(session.outlet);
  }

  /** What is served. */
  get provider(): Provider {
    return this.session.provider;
  }

  /** Who asks, and how to tell that the answer is no longer wanted. */
  get context(): OpContext {
    return this.#context ??= new RequestContext(this.request, this.session.origin);
  }

  /** Whether it is a lock that waits for others: it holds up nothing behind it. */
  get isWaitingLock(): boolean {
    const { op, wait, type } = this.request;
    return op === OP.lock && wait && type !== UNLOCK;
  }

  /** Tells the provider that the answer is no longer wanted. */
  abort(): void {
    (this.context as RequestContext).abort();
  }

  /** Makes it ready for another request. */
  reset(): void {
    this.operation =
      this.file =
      this.file2 =
      this.#context =
        undefined;
    this.isRunning = this.isAbandoned = false;
  }
}
