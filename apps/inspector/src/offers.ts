/** What the page offers to do or to try, and what the server answers. */

export type OrderName = 'look' | 'pause' | 'resume' | 'apply';

/** What the user may decide, and a daemon that runs then does. */
export type Wish =
  /** To take back what the event decided or did. */
  | { readonly type: 'undo'; readonly seq: number }
  | { readonly type: 'keep'; readonly keep: Keep; readonly conflict: string };

export type Keep = 'local' | 'remote' | 'newest' | 'both';

/** What a wish would change on both sides, in words, before anything is changed. */
export interface ChangesPlanned {
  readonly title: string;
  readonly changes: readonly string[];
  /** Null when nothing stays as it is. */
  readonly leftTitle: string | null;
  readonly left: readonly string[];
  /** What there is to agree to. */
  readonly question: string;
  /** Names exactly these changes; null: there are none. */
  readonly hash: string | null;
}

/** What became of them, in words. */
export interface ChangesMade {
  /** Nothing of it failed. */
  readonly isDone: boolean;
  readonly lines: readonly string[];
}

export interface WhatIfShown {
  readonly type: 'folded';
  readonly differences: readonly {
    readonly seq: number;
    readonly path: string;
    readonly was: string;
    readonly wouldBe: string;
    readonly isLook: boolean;
  }[];
  readonly total: number;
  readonly events: number;
  readonly moments: number;
}

/** What cannot be tried, in words. */
export interface WhatIfRefused {
  readonly type: 'refused';
  readonly why: string;
}

/** What a run was told by its settings, as far as the page offers to try another. */
export interface PolicyShown {
  readonly direction: 'both' | 'download' | 'upload';
  readonly skipFile: string;
  readonly skipDir: string;
  /** Empty: there was none. */
  readonly syncList: string;
  readonly massDeleteMax: number;
}

/** An incident bundle, for a folder of `test/incidents`. */
export interface IncidentMade {
  readonly events: number;
  readonly bytes: number;
  /** What it says of itself. */
  readonly about: readonly string[];
  /** The file, in Base64. */
  readonly content: string;
  /** A page to begin the story with. */
  readonly readme: string;
}

/** Why none was made. */
export interface IncidentRefused {
  readonly why: string;
}
