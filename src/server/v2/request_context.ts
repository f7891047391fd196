import { type OpContext, VfsError } from "../../fs/mod.ts";
import type { WireRequest2 } from "../../protocol/mod.ts";

/** The context of one request. The signal is made when somebody asks for it: few operations do. */
export class RequestContext implements OpContext {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly origin: string;
  #controller: AbortController | undefined;
  #isAborted = false;

  /**
   * @param request The request.
   * @param origin Where it comes from.
   */
  constructor(request: WireRequest2, origin: string) {
    this.uid = request.uid;
    this.gid = request.gid;
    this.pid = request.pid;
    this.origin = origin;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort(new VfsError("EINTR"));
    }
    return this.#controller.signal;
  }

  /** Aborts the signal. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#controller?.abort(new VfsError("EINTR"));
  }
}
