/** A pause: nothing is changed on either side, both are looked at as ever. Each reason has its own; the run goes on when none is left. */
export type PauseReason = 'user' | 'metered' | 'battery';

export interface Pause {
  readonly why: PauseReason;
  /** Milliseconds since 1970, both. `until` null: it ends when the user, or its condition, ends it. */
  readonly since: number;
  readonly until: number | null;
}

/** Ends a sentence that begins with "Syncing is paused". */
export const pauseReasonTexts = {
  user: "until 'tidemark resume'",
  metered: 'while the network is metered (pause_on_metered)',
  battery: 'while the machine runs on battery (pause_on_battery)',
} as const satisfies Record<PauseReason, string>;
