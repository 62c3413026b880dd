/**
 * Rules: verdicts the planner asks for. Pure and synchronous, because a replay asks them again and must hear the same.
 * Of several plugins the first one with an opinion wins, in the order of the configuration.
 */
import type { Kind } from '@tidemark/contracts';

export interface Rules<Config> {
  /** A reason in words when the item is not to be synced. Never deletes anything: the item rests where it is. */
  ignore?(item: RuleItem, config: Config): string | undefined;
  /** Which version keeps the name when both sides changed. The other one is kept beside it all the same. */
  resolve?(conflict: RuleConflict, config: Config): 'local' | 'remote' | undefined;
}

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
