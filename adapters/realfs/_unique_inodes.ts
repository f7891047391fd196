/**
 * Makes inode numbers unique in a tree of several devices, each of which has its own numbers.
 *
 * Numbers of the root's device stay as they are. Those of the others get the ordinal of the device
 * in their upper 16 bits, which no common filesystem uses.
 */
export class UniqueInodes {
  readonly #rootDevice: number;
  readonly #others = new Map<number, bigint>();

  constructor(rootDevice: number) {
    this.#rootDevice = rootDevice;
  }

  number(device: number, ino: bigint): bigint {
    if (device === this.#rootDevice) return ino;
    let mark = this.#others.get(device);
    if (mark === undefined) {
      mark = BigInt.asUintN(64, BigInt(this.#others.size + 1) << 48n);
      this.#others.set(device, mark);
    }
    return ino ^ mark;
  }
}
