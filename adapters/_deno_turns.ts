import { nextTurn, Turns } from "./_turns.ts";

/**
 * Turns on Deno, where `setImmediate` comes round without looking at any socket: that is done only
 * when everybody waits. So a turn is a byte that is sent to oneself and waited for.
 */
export class DenoTurns extends Turns {
  #pair: Promise<[Deno.Conn, Deno.Conn] | undefined> | undefined;
  #turn: Promise<void> | undefined;

  /** Resolves when everybody else has been looked after once. */
  next(): Promise<void> {
    return this.#turn ??= this.#wait().finally(() => this.#turn = undefined);
  }

  async #wait(): Promise<void> {
    const pair = await (this.#pair ??= connectedPair());
    if (pair === undefined) return await new Promise<void>(nextTurn);
    const [sender, receiver] = pair;
    await sender.write(new Uint8Array(1));
    await receiver.read(new Uint8Array(64));
  }

  /** A connection is gone; after the last one nothing is kept. */
  override leave(): void {
    super.leave();
    if (!this.isEmpty || this.#pair === undefined) return;
    const closing = this.#pair;
    this.#pair = undefined;
    void closing.then((pair) => pair?.forEach((conn) => conn.close()));
  }
}

/** Two ends of one connection; `undefined` where there can be none. */
async function connectedPair(): Promise<[Deno.Conn, Deno.Conn] | undefined> {
  // Nobody can connect to a name in the abstract namespace that he cannot guess.
  const path = `\0vfs-turns-${crypto.randomUUID()}`;
  try {
    const listener = Deno.listen({ transport: "unix", path });
    try {
      return await Promise.all([Deno.connect({ transport: "unix", path }), listener.accept()]);
    } finally {
      listener.close();
    }
  } catch {
    return undefined;
  }
}
