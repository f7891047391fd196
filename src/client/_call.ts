import type { VfsError } from "../fs/mod.ts";
import type { OperationName, WireResponse2 } from "../protocol/mod.ts";
import type { Fields } from "./_dialect.ts";
import type { RemoteFile } from "./remote_file.ts";

/** A request on its way: until it is answered, everything that is needed to ask again. */
export class Call {
  /** Its number on the wire; 0 as long as it has not been sent. */
  id = 0;
  /** Whether the caller has given it up, and only the server does not know yet. */
  isForgotten = false;
  /** Whether it means nothing to another connection. */
  isOfConnection = false;
  readonly name: OperationName;
  readonly fields: Fields;
  /** The files that it is about. */
  readonly files: readonly RemoteFile[];
  /** Takes the answer. What it throws is the caller's. */
  readonly #take: (response: WireResponse2) => void;
  readonly #reject: (error: unknown) => void;
  #cleanUp: (() => void) | undefined;

  constructor(
    name: OperationName,
    fields: Fields,
    files: readonly RemoteFile[],
    take: (response: WireResponse2) => void,
    reject: (error: unknown) => void,
  ) {
    this.name = name;
    this.fields = fields;
    this.files = files;
    this.#take = take;
    this.#reject = reject;
  }

  /** Sets what is to be done when it is over. */
  set cleanUp(cleanUp: () => void) {
    this.#cleanUp = cleanUp;
  }

  /** Gives the caller the answer. */
  settle(response: WireResponse2): void {
    this.#cleanUp?.();
    try {
      this.#take(response);
    } catch (error) {
      this.#reject(error);
    }
  }

  /** Gives the caller an error. */
  fail(error: VfsError): void {
    this.#cleanUp?.();
    this.#reject(error);
  }
}
