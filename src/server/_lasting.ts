/** Measures how long something has been so, by a look at it once in a while. */
export class Lasting {
  #since: number | undefined;

  /** For how long every look has found it so, this one included; -1 if this one does not. */
  lasted(so: boolean, now: number): number {
    if (!so) {
      this.#since = undefined;
      return -1;
    }
    this.#since ??= now;
    return now - this.#since;
  }
}
