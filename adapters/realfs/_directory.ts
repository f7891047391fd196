/** An open directory below the root. Its descriptor is a node, good for looking up names in. */
export class Directory {
  readonly descriptor: number;
  /** The device it lies on. */
  readonly device: number;
  /** Whoever keeps it over another call of the tree. */
  holders = 0;
  /** Whether the tree has let go of it, so that its last holder closes it. */
  dropped = false;
  /** Whether it was asked for since the cache last looked for something to drop. */
  recent = true;

  constructor(descriptor: number, device: number) {
    this.descriptor = descriptor;
    this.device = device;
  }
}
