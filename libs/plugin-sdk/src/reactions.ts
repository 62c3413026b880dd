/** Reactions: what a plugin does when something has happened in the run. Once it happened it is durable, and nothing depends on them. */
import type {
  Command,
  CommandFailed,
  CommandSucceeded,
  FailureDetails,
  HeldChanges,
} from '@tidemark/contracts';

/**
 * Called one after the other, in the order of the log; a promise is waited for. One that throws is a fault of the plugin, and the next is called all the same.
 * What happened while the plugin was not there is not told later.
 */
export interface Reactions<Context> {
  /** A change of the drive or of the folder came to its end. */
  readonly finished?: (happened: Finished, context: Context) => unknown;
  /** Both sides had changed a file, and both versions were kept. */
  readonly conflict?: (happened: Conflict, context: Context) => unknown;
  /** Something failed that does not mend itself: it waits for a person, or for something else to change. */
  readonly problem?: (happened: Problem, context: Context) => unknown;
  /** Much at once is to be deleted or replaced, and waits until the user confirms it. Told once for each plan that is held. */
  readonly held?: (happened: Held, context: Context) => unknown;
  /** Changes were under way, and now there are none. */
  readonly rested?: (happened: Rested, context: Context) => unknown;
}

export interface Finished {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was wanted, where, and why. */
  readonly command: Command;
  readonly outcome: CommandSucceeded | CommandFailed;
}

export interface Conflict {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Relative to the sync folder. */
  readonly path: string;
  /** Whose version has the name now. */
  readonly keptName: 'local' | 'remote';
  /** Where the other version is now: a path beside it, or one in the trash, null where the log does not tell it. */
  readonly other: { readonly in: 'folder' | 'trash'; readonly path: string | null };
}

export interface Problem {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the item that it is about, relative to the sync folder; null when it is about a whole side, such as a login that has expired. */
  readonly path: string | null;
  /** `detail` says in words what could not be done, `failureGuide[code]` what may help. It may come again with each attempt. */
  readonly failure: FailureDetails;
}

export interface Held extends HeldChanges {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Names the plan that is held: `tidemark apply HASH` lets exactly that go on. */
  readonly hash: string;
}

export interface Rested {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Changes that were carried out, and that failed, since the rest before. */
  readonly succeeded: number;
  readonly failed: number;
}
