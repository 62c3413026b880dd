/**
 * Explain: why an item is as it is, told from the events that touched it. Nothing is remembered for this purpose: every
 * command carries its reason, every entry the event that set it, so that the log alone answers.
 */
import type { Command, FailureDetails, ItemId, RecordedEvent, RuleId, Seq } from '@tidemark/contracts';
import { plannedAt, ruleTexts } from '@tidemark/contracts';
import { isAtRest, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import type { ItemStatus } from '../status.ts';
import { itemStatus } from '../status.ts';
import { knownCommands, quote } from './commands.ts';
import type { PathMatch } from './path-finder.ts';
import type { DecisionOutcome, TimelineEntry } from './timeline.ts';
import { timelineOf } from './timeline.ts';

export interface Explanation {
  readonly item: ItemId;
  /** Relative to the sync folder; of an item that is gone, the last one known. */
  readonly path: string;
  readonly standing: Standing;
  /** Oldest first, at most one for an event. */
  readonly timeline: readonly TimelineEntry[];
  readonly lastDecision: LastDecision | null;
}

export interface Standing {
  readonly type: ItemStatus['standing'] | 'atRest' | 'gone';
  /** In words. */
  readonly detail: string;
  readonly failure: FailureDetails | null;
}

export interface LastDecision {
  readonly command: Command;
  readonly rule: RuleId;
  readonly ruleText: string;
  readonly differs: string;
  /** What was seen that led to it. */
  readonly causes: readonly { readonly seq: Seq; readonly sentence: string }[];
  readonly plugin?: string;
  /** null: still under way, or a run ended before it came to its end. */
  readonly outcome: DecisionOutcome | null;
}

export interface ExplainOptions {
  /** Events that touched the item, oldest first. */
  readonly history: readonly RecordedEvent[];
  readonly state: State;
  readonly item: ItemId;
  /** Further events, to name what else took the item along: those at the seqs that `relatedPlans` asks for. */
  readonly looks?: readonly RecordedEvent[];
  /** What the path finder knows of the item; of use when it is gone. */
  readonly match?: PathMatch;
}

export function explain({ history, state, item, looks = [], match }: ExplainOptions): Explanation {
  const commands = knownCommands([...looks, ...history]);
  const { entries: timeline, decisions, lastName } = timelineOf({ history, commands, state, item, match });
  const last = decisions.at(-1);
  const entries = state.trees.items.get(item);
  return {
    item,
    path:
      entries === undefined
        ? (match?.path ?? last?.command.path ?? lastName ?? '')
        : shownPath(state.trees, entries),
    standing: standingOf(state, item),
    timeline,
    lastDecision: last === undefined ? null : decided(last, timeline, item),
  };
}

/** Plans that are not in the item's history although their commands took it along, by seq. Pass their events as `looks`. */
export function relatedPlans(history: readonly RecordedEvent[]): readonly Seq[] {
  const own = knownCommands(history);
  const wanted = new Set<Seq>();
  for (const { event } of history)
    if (event.type === 'CommandSucceeded' && !own.has(event.command)) wanted.add(plannedAt(event.command));
  return [...wanted].sort((a, b) => a - b);
}

function standingOf(state: State, id: ItemId): Standing {
  const item = state.trees.items.get(id);
  if (item === undefined) return { type: 'gone', detail: 'on both sides', failure: null };
  if (isAtRest(item)) return { type: 'atRest', detail: 'the same on both sides', failure: null };
  const { standing, detail, failure } = itemStatus(state, id);
  return { type: standing, detail, failure };
}

function decided(
  { command, evidence, outcome }: ReturnType<typeof timelineOf>['decisions'][number],
  timeline: readonly TimelineEntry[],
  item: ItemId,
): LastDecision {
  const { rule, differs, causes, plugin } = command.reason;
  const elsewhere =
    command.item === item
      ? 'An event of another item'
      : `An event of ${quote(command.path)}, which took it along`;
  const seqs = [...new Set([...causes, ...evidence])].sort((a, b) => a - b);
  return {
    command,
    rule,
    ruleText: ruleTexts[rule],
    differs,
    causes: seqs.map((seq) => ({
      seq,
      sentence: timeline.find((entry) => entry.seq === seq)?.sentence ?? elsewhere,
    })),
    ...(plugin === undefined ? {} : { plugin }),
    outcome,
  };
}
