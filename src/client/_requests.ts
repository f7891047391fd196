import { errnoName, VfsError } from "../fs/mod.ts";
import {
  newResponse2,
  OP,
  type OperationName,
  operationOf,
  type WireResponse2,
} from "../protocol/mod.ts";
import { Call } from "./_call.ts";
import type { Dialect, Fields } from "./_dialect.ts";
import type { WireLink } from "./_wire_link.ts";

/** How many bytes may wait to be sent before calls wait themselves. */
const MOST_UNSENT = 1 << 20;

/** The requests of a client: those that wait to be sent, and those that wait for their answers. */
export class Requests {
  readonly #waiting: Call[] = [];
  readonly #inflight = new Map<number, Call>();
  #link: WireLink | undefined;
  #dialect: Dialect | undefined;
  #maxInflight = 1;
  #lastId = 0;
  /** Whether calls may be sent: between a new session and its files being open again they may not. */
  #isOpen = false;

  /** The number of the next request. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Goes on with a connection. Nothing is sent before {@link Requests.open}. */
  attach(link: WireLink, dialect: Dialect, maxInflight: number): void {
    this.#link = link;
    this.#dialect = dialect;
    this.#maxInflight = maxInflight;
    this.#isOpen = false;
  }

  /** Sends what waits, and from now on everything at once. */
  open(): void {
    this.#isOpen = true;
    this.pump();
  }

  /** The connection is gone, and with it what only it needed. */
  detach(error: VfsError): void {
    this.#link = this.#dialect = undefined;
    this.#isOpen = false;
    for (const [id, call] of this.#inflight) {
      if (!call.isOfConnection) continue;
      this.#inflight.delete(id);
      call.fail(error);
    }
  }

  /** Takes a call on: sends it as soon as there is room. */
  submit(call: Call): void {
    this.#waiting.push(call);
    this.pump();
  }

  /** Sends calls that wait, as far as there is room. */
  pump(): void {
    const link = this.#link;
    if (!this.#isOpen || link === undefined) return;
    let sent = 0;
    while (sent < this.#waiting.length && this.#hasRoom(link)) this.send(this.#waiting[sent++]!);
    // One splice for all: to shift an array by one each would cost its length each time.
    if (sent > 0) this.#waiting.splice(0, sent);
  }

  #hasRoom(link: WireLink): boolean {
    return this.#inflight.size < this.#maxInflight && !link.isBlocked &&
      link.writer.unsent < MOST_UNSENT;
  }

  /** Sends a call now, whatever waits. */
  send(call: Call): void {
    const stale = call.files.find((file) => file.stale !== undefined);
    if (stale !== undefined) {
      // What is lost needs no closing.
      if (call.name === "release") return call.settle(NOTHING);
      return call.fail(new VfsError("ESTALE", `${stale.path}: ${stale.stale}`));
    }
    call.id = this.nextId();
    if (this.#write(call)) this.#inflight.set(call.id, call);
  }

  #write(call: Call): boolean {
    const { fields, files } = call;
    fields.op = OP[call.name];
    fields.id = call.id;
    if (files[0] !== undefined) fields.fh = files[0].fh;
    if (files[1] !== undefined) fields.fh2 = files[1].fh;
    try {
      this.#dialect!.encode(this.#link!.writer, fields);
    } catch (error) {
      call.fail(error as VfsError);
      return false;
    }
    this.#link!.flushSoon();
    return true;
  }

  /** Takes an answer. */
  answer(response: WireResponse2): void {
    const id = Number(response.id);
    const call = this.#inflight.get(id);
    if (call === undefined) throw new VfsError("EPROTO", `an answer to no request: ${id}`);
    this.#inflight.delete(id);
    if (call.isForgotten) this.#drop(response);
    else if (response.err === 0) call.settle(response);
    else call.fail(failure(response.err, call.name, call.fields));
    this.pump();
  }

  /** Nobody wants this answer any more; a handle in it must not stay open. */
  #drop(response: WireResponse2): void {
    if (response.err !== 0 || response.fh === 0) return;
    this.tell("release", { fh: response.fh });
  }

  /** Sends a request whose answer does not matter. */
  tell(name: OperationName, fields: Fields): void {
    if (this.#link === undefined) return;
    const id = this.nextId();
    const call = silentCall(id, name, fields);
    if (this.#write(call)) this.#inflight.set(id, call);
  }

  /**
   * Ends a call before its time.
   *
   * @param error What the caller is told.
   * @param mayWait Whether the caller can wait for the server to say how it ended.
   */
  cancel(call: Call, error: VfsError, mayWait: boolean): void {
    if (call.id === 0) {
      const index = this.#waiting.indexOf(call);
      if (index !== -1) this.#waiting.splice(index, 1);
      return call.fail(error);
    }
    if (!this.#inflight.has(call.id)) return;
    const canCancel = this.#dialect?.version === 2;
    if (canCancel) this.tell("cancel", { target: call.id });
    if (canCancel && mayWait) return;
    call.isForgotten = true;
    call.fail(error);
  }

  /** The session is the one of before: asks again for every answer that did not come. */
  resend(): void {
    for (const call of this.#sent()) this.#write(call);
  }

  /** The session is gone: what only asks is asked again, what changes something has failed. */
  restart(): void {
    const again: Call[] = [];
    for (const call of this.#sent()) {
      this.#inflight.delete(call.id);
      if (call.isForgotten) continue;
      if (isReleased(call)) {
        call.settle(NOTHING);
      } else if (operationOf(OP[call.name])!.once) {
        call.fail(
          new VfsError("ESTALE", `${call.name}: the session was lost; it may have taken effect`),
        );
      } else {
        call.id = 0;
        again.push(call);
      }
    }
    this.#waiting.unshift(...again);
  }

  /** Fails everything. */
  fail(error: VfsError): void {
    const all = [...this.#inflight.values(), ...this.#waiting.splice(0)];
    this.#inflight.clear();
    for (const call of all) {
      if (!call.isForgotten) call.fail(error);
    }
  }

  #sent(): Call[] {
    return [...this.#inflight.values()].sort((a, b) => a.id - b.id);
  }
}

const NOTHING: WireResponse2 = newResponse2();

function silentCall(id: number, name: OperationName, fields: Fields): Call {
  const call = new Call(name, fields, [], () => {}, () => {});
  call.id = id;
  return call;
}

const UNLOCK = 2;

/** Whether the loss of the session did what the call asks for. */
function isReleased({ name, fields }: Call): boolean {
  return name === "release" || (name === "lock" && fields.type === UNLOCK);
}

/** The error that an answer stands for. */
export function failure(err: number, name: string, { path, fh }: Fields): VfsError {
  const detail = path === undefined || path === "" ? `handle ${String(fh ?? 0)}` : path;
  return new VfsError(errnoName(-err) ?? "EIO", `${name} ${detail}`);
}
