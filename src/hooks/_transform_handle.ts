/** What a handle on a transformed file tells of itself, for the events. */
export interface TransformHandle {
  /** The name of the rule that changes what is read. */
  readonly readRule: string | undefined;
  /** The name of the rule that changes what is written. */
  readonly writeRule: string | undefined;
}
