/** What one scenario came to. */
export interface Played {
  /** Changes of the file system, flushes, and moments at which something was promised. The power is cut after each. */
  readonly steps: number;
  /** Different things that the cuts may leave, together with what was promised by then. */
  readonly states: number;
  /** The same of a second cut, in the recovery from the first. */
  readonly statesInRecovery: number;
}
