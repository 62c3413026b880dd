/** Contexts: everything a plugin may use, handed in as an argument. There is nothing to import from elsewhere. */
import type {
  Clock,
  CommandId,
  CommandCompleted,
  CommandType,
  EventOf,
  FactsReported,
  FailureCode,
  HintReceived,
  Listen,
  Notifications,
  Observation,
  OpenRelay,
  Random,
  RecordedEvent,
  Secrets,
  SubscriptionTold,
} from '@tidemark/contracts';
import type { Observable } from 'rxjs';
import type { Connect, Files, HttpRequest, Output, ShowOnDesktop, Store } from './capabilities.ts';
import type { ContentPath } from './content-path.ts';
import type { DiskWriter, DriveWriter, Granted, Needs } from './needs.ts';
import type { Notice, OwnNotice, SaidLevel, ToldNotice } from './notice.ts';
import type { FactsReport } from './rules.ts';

export interface Common<Config> {
  /** The plugin's settings, checked by its schema. */
  readonly config: Config;
  /** Aborted when the host stops. Pass it on; return soon after. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Tells the watchers of the run of something that is no fact and leaves no trace. Nothing may depend on it. A notice of the plugin's
   * own has the type `name/thing`. Each notice counts as a line of `say`.
   */
  tell(notice: Notice | OwnNotice): void;
  /**
   * Says something to people, in one line; `level` is `info` unless it is named. It is shown with the plugin's name and kept in no log. At most 1,000
   * characters, and a hundred lines in ten seconds; what is beyond that is counted.
   */
  say(text: string, level?: SaidLevel): void;
}

/** What `setup` gets. */
export type SetupContext<Wanted extends Needs, Config> = Granted<Wanted> & Common<Config>;

/** What reactions get. */
export type ReactContext<Wanted extends Needs, Config, State> = Granted<Wanted> &
  Common<Config> &
  Living<State>;

/** What `content` gets. */
export type ContentContext<Wanted extends Needs, Config, State> = Granted<Wanted> &
  Common<Config> &
  Living<State>;

export interface Living<State> {
  /** What `setup` returned. */
  readonly state: State;
}

/** What a handler gets beside its command. */
export type HandleContext<Wanted extends Needs, Config, State = undefined> = Granted<Wanted> &
  Common<Config> &
  Living<State> &
  Reporting &
  Chained;

/** What is true after a command was done. Empty when there is nothing to tell beyond "done". */
export type Outcome = Omit<CommandCompleted, 'type' | 'command'>;

/** What a handler may report on the way. Its outcome it returns or throws. */
export type ReportedObservation = Exclude<
  Observation,
  | CommandCompleted
  | FactsReported
  | EventOf<'CommandFailed' | 'StopRequested' | 'PruningPlanned' | 'SharedFolderTold'>
>;

/** What comes without having been asked for: hints, and what the plugin's own rules need to know. What is on either side is told by commands that went and looked. */
export type SpontaneousObservation = HintReceived | SubscriptionTold | FactsReport;

export interface Reporting {
  /**
   * Hands an observation over before the command ends. Await it: it resolves when there is room for more, which does not say that the
   * observation has arrived. One that can never arrive makes the command fail.
   */
  report(observation: ReportedObservation): Promise<void>;
  /** Tells how far a transfer is. Cheap; the host thins it out. */
  progress(doneBytes: number, totalBytes: number): void;
}

export interface Chained {
  /**
   * Gives the command, as it is, to the plugin that handles it after this one; Tidemark's own come last. Resolves to its outcome, and
   * throws its Failure. Await it, and call it at most once: a handler that does not call it does the command itself. Throws Failure
   * `pluginFault` when no other plugin handles the command.
   */
  next(): Promise<Outcome>;
}

/** What `observe` gets. */
export type ObserveContext<Wanted extends Needs, Config, State = undefined> = Granted<Wanted> &
  Common<Config> &
  Living<State> &
  Hinting &
  (Wanted extends { readonly events: true } ? Watched : unknown);

export interface Hinting {
  /** The same as emitting it, for sources that must know when it is safe: resolves when the bus has taken it over. */
  report(observation: SpontaneousObservation): Promise<void>;
}

export interface Watched {
  /** Batches in the order of the log, after they became durable. May repeat a batch; compare `seq`. */
  readonly events: Observable<readonly RecordedEvent[]>;
  readonly progress: Observable<TransferProgress>;
  /** Items that came to be left alone, with the reason: only what is new since the last batch. */
  readonly verdicts: Observable<readonly ItemVerdict[]>;
  readonly notices: Observable<ToldNotice>;
}

/** Contexts with everything in them, which satisfy every plugin. `never`: each plugin has settings of its own type. */
export interface WholeSetupContext extends Everything, Common<never> {}
export interface WholeReactContext extends Everything, Common<never>, Living<never> {}
export interface WholeContentContext extends Everything, Common<never>, Living<never> {}
export interface WholeHandleContext extends Everything, Common<never>, Living<never>, Reporting, Chained {}
export interface WholeObserveContext extends Everything, Common<never>, Living<never>, Hinting, Watched {}

interface Everything {
  readonly drive: DriveWriter;
  readonly disk: DiskWriter;
  readonly content: ContentPath;
  readonly output: Output;
  readonly listen: Listen;
  readonly connect: Connect;
  readonly request: HttpRequest;
  readonly openRelay: OpenRelay;
  readonly notifications: Notifications;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly showOnDesktop: ShowOnDesktop;
  readonly wantsFileActions: boolean;
  readonly files: Files;
}

/** How far one transfer is. Never an event: nothing depends on it. */
export interface TransferProgress {
  readonly command: CommandId;
  readonly type: CommandType;
  readonly path: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Milliseconds since the handler began. */
  readonly elapsedMs: number;
}

/** Why an item is not synced. A projection, so never an event: a replay derives it again. */
export interface ItemVerdict {
  readonly path: string;
  /** `ignored`: out of scope. `problem`: cannot be synced until something changes. `held`: a deletion that waits for a confirmation. */
  readonly standing: 'ignored' | 'problem' | 'held';
  /** In words. A text that begins with `Skipping `, or with a plugin's name and that, holds a whole line already. */
  readonly detail: string;
  /** What stands in the way of a problem, or of an item that neither the settings nor its kind keep out. */
  readonly code?: FailureCode;
  /** False: the run before left it alone as well, by the same rules. */
  readonly isNews?: boolean;
  /** What it is, where a cleanup leaves it on disk because of the folder that it is in. */
  readonly retained?: 'file' | 'folder';
}
