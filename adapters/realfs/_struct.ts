import type { Bytes } from "./_c_functions.ts";

/** Memory for a C structure: the same bytes to be passed and to be read. */
export class Struct {
  readonly view: DataView;
  readonly bytes: Bytes;

  constructor(size: number) {
    // Small typed arrays may live in the heap of the engine, where they move; this one does not.
    const buffer = new ArrayBuffer(size);
    this.view = new DataView(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  setWide(offset: number, value: number): void {
    this.view.setBigInt64(offset, BigInt(value), true);
  }

  wide(offset: number): number {
    return Number(this.view.getBigInt64(offset, true));
  }
}
