import type { OpContext, Provider } from "../fs/mod.ts";
import { newRequest, type WireRequest } from "../protocol/mod.ts";
import type { Answers } from "./answers.ts";
import type { Session } from "./session.ts";

/** One request that is being answered: what handlers work on. Used again for the next one. */
export class Exchange {
  /** Whose request it is. */
  readonly session: Session;
  /** What was asked; its `data` is valid until the answer is written. */
  readonly request: WireRequest = newRequest();
  /** Where the answer is written. */
  readonly reply: Answers;

  /**
   * @param session Whose requests they are.
   * @param reply Where answers are written.
   */
  constructor(session: Session, reply: Answers) {
    this.session = session;
    this.reply = reply;
  }

  /** What is served. */
  get provider(): Provider {
    return this.session.provider;
  }

  /** Who asks. */
  get context(): OpContext {
    return this.session.context(this.request.uid, this.request.gid);
  }
}
