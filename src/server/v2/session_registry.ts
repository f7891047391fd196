import type { Mux } from "./mux.ts";

/** A session that waits for its peer to come back. */
interface Parked {
  readonly mux: Mux;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The sessions that may outlive their connections. */
export class SessionRegistry {
  readonly #all = new Map<string, Mux>();
  readonly #parked = new Map<string, Parked>();
  readonly #limit: number;
  #stopped = false;

  /** @param limit How many sessions may wait for their peers at a time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many sessions wait for their peers. */
  get parked(): number {
    return this.#parked.size;
  }

  /** Takes a session in that may be resumed. */
  add(mux: Mux): void {
    this.#all.set(keyOf(mux.session.name), mux);
  }

  /** Forgets a session that ended. */
  remove(mux: Mux): void {
    const key = keyOf(mux.session.name);
    this.#all.delete(key);
    this.#unpark(key);
  }

  /**
   * Finds a session that a peer wants to go on with.
   *
   * @param name Its name.
   * @param token The proof that it is the peer's.
   */
  find(name: Uint8Array, token: Uint8Array): Mux | undefined {
    const key = keyOf(name);
    const mux = this.#all.get(key);
    if (mux === undefined || !isSame(mux.session.token, token)) return undefined;
    this.#unpark(key);
    return mux;
  }

  /**
   * Keeps a session that lost its connection for a while.
   *
   * @param mux The session.
   * @returns Whether it is kept; otherwise it has to end now.
   */
  park(mux: Mux): boolean {
    const { name, agreement } = mux.session;
    const key = keyOf(name);
    if (this.#stopped || !this.#all.has(key)) return false;
    if (this.#parked.size >= this.#limit) this.#endOldest();
    const timer = setTimeout(() => void mux.close(), agreement.resumeMs);
    this.#parked.set(key, { mux, timer });
    return true;
  }

  /** Ends every session that waits; none waits from now on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#parked.values()].map(({ mux }) => mux.close()));
  }

  #endOldest(): void {
    for (const { mux } of this.#parked.values()) {
      void mux.close();
      return;
    }
  }

  #unpark(key: string): void {
    clearTimeout(this.#parked.get(key)?.timer);
    this.#parked.delete(key);
  }
}

function keyOf(name: Uint8Array): string {
  return String.fromCharCode(...name.subarray(0, 64));
}

/** Compares in a time that does not tell where the difference is. */
function isSame(secret: Uint8Array, guess: Uint8Array): boolean {
  if (secret.length !== guess.length) return false;
  let difference = 0;
  for (let i = 0; i < secret.length; i++) difference |= secret[i]! ^ guess[i]!;
  return difference === 0;
}
