/**
 * Rules: verdicts the planner asks for. Pure and synchronous, because a replay asks them again and must hear the same: they see
 * what is asked, the settings that they name, and the facts that their plugin reported. All of that is in the log.
 * Of several plugins the first one with an opinion wins, in the order of the configuration.
 */
import type { Fact, Kind } from '@tidemark/contracts';

export interface Rules<Config, Seen extends keyof Config & string = never> {
  /**
   * The settings that the rules are given. The log keeps their values for everybody who reads it: never name one that holds a
   * secret. Together at most 64 KiB, and JSON.
   */
  readonly settings?: readonly Seen[];
  /** `observe` reports facts. Nothing is changed on either side before it has reported all of them once in a run. */
  readonly facts?: true;
  /** Names of files whose presence in a folder says something of all that is in it, as `.nosync`. Their items say which are there. */
  readonly markers?: readonly string[];
  /** A reason in words when the item is not to be synced. Never deletes anything: the item rests where it is. */
  ignore?(item: RuleItem, settings: Readonly<Pick<Config, Seen>>, facts: Facts): RuleVerdict;
  /** Which version keeps the name when both sides changed. The other one is kept beside it all the same. */
  resolve?(
    conflict: RuleConflict,
    settings: Readonly<Pick<Config, Seen>>,
    facts: Facts,
  ): 'local' | 'remote' | undefined;
}

/** Any rules, as the host sees them: only the plugin itself knows the type of its settings. */
export interface WholeRules {
  readonly settings?: readonly string[];
  readonly facts?: true;
  readonly markers?: readonly string[];
  ignore?(item: RuleItem, settings: never, facts: Facts): RuleVerdict;
  resolve?(conflict: RuleConflict, settings: never, facts: Facts): 'local' | 'remote' | undefined;
}

/**
 * Why the item is left alone. `forThisRun`: what was agreed about it still holds in the next run. `onTheWay`: of a folder that is
 * made when something in it is let in, and never by itself.
 */
export type RuleVerdict =
  string | { readonly detail: string; readonly forThisRun?: true; readonly onTheWay?: true } | undefined;

export interface RuleItem {
  /** Relative to the sync folder, `/` separates. */
  readonly path: string;
  readonly name: string;
  readonly kind: Kind;
  /** Bytes; 0 for folders. */
  readonly sizeBytes: number;
  /** Where the item would come from. */
  readonly side: 'local' | 'remote';
  /** It was in sync once. */
  readonly known: boolean;
  /**
   * Those of the declared `markers` that a folder on the way to the item holds on disk, or the item itself as a folder. The sync
   * folder is not on the way: what lies there would speak of everything.
   */
  readonly markers: readonly string[];
}

export interface RuleConflict {
  readonly path: string;
  readonly local: RuleVersion;
  readonly remote: RuleVersion;
}

export interface RuleVersion {
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

/** What the plugin has reported, as the log knows it. Empty for a plugin that reports no facts. */
export interface Facts {
  get(key: string): string | undefined;
  has(key: string): boolean;
  /** In the order of their code units. */
  keys(): readonly string[];
  /**
   * What `parse` makes of the value: made once, and again when the value has changed. `parse` is pure, and the same function
   * each time.
   */
  parsed<Result>(key: string, parse: (value: string) => Result): Result | undefined;
}

/**
 * Facts, to be emitted by `observe` or given to its `report`. The first report of a run is `complete`. A key has at most 300
 * characters, a value 8 KiB, a plugin 10,000 facts and 4 MiB of them; what exceeds that is refused.
 */
export interface FactsReport {
  readonly type: 'FactsReported';
  /** `value` null takes the fact back. */
  readonly facts: readonly Fact[];
  /** These are all of them: what was reported before and is not among them is taken back. */
  readonly complete?: true;
}
