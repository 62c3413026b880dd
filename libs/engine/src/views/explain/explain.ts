/**
 * Explain: why an item is as it is. Nothing is remembered for this purpose: the log is folded again, and what each event changed
 * of the item is told. Every command carries its reason, every entry the event that set it.
 */
import type { Command, FailureDetails, ItemId, RuleId, Seq } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import { isAtRest } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import type { ReplayOptions, ReplayReport } from '../../loop/replay.ts';
import { replay } from '../../loop/replay.ts';
import type { ItemStatus } from '../status.ts';
import { itemStatus } from '../status.ts';
import { quote } from './commands.ts';
import { hiddenBy } from './hidden.ts';
import { createPathFinder } from './path-finder.ts';
import type { DecisionOutcome, TimelineEntry, Told } from './timeline.ts';
import { createTimeline } from './timeline.ts';

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
  readonly type: ItemStatus['standing'] | 'atRest' | 'unknown' | 'gone';
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

export interface ExplainOptions extends Pick<ReplayOptions, 'rulesFor'> {
  /** Reads the log from its beginning; called more than once. */
  readonly read: () => ReplayOptions['batches'];
}

export interface Explained {
  readonly explanations: readonly Explanation[];
  /** At the end of the log. */
  readonly state: State;
}

/** Every item that ever held the path, on either side: those that hold it now come first. `path`: relative to the sync folder. */
export async function explainPath(path: string, options: ExplainOptions): Promise<Explained> {
  const finder = createPathFinder(path);
  const { state } = await fold(options, (_recorded, before) => finder.look(before));
  finder.look(state);
  const items = finder.found();
  return items.length === 0 ? { explanations: [], state } : explainItems(items, options);
}

export async function explainItems(items: readonly ItemId[], options: ExplainOptions): Promise<Explained> {
  const timelines = items.map(createTimeline);
  const { state } = await fold(options, (recorded, before) => {
    for (const timeline of timelines) timeline.watch(recorded, before);
  });
  return { explanations: timelines.map((timeline) => explain(timeline.told(state), state)), state };
}

const fold = (
  { read, rulesFor }: ExplainOptions,
  watch: NonNullable<ReplayOptions['watch']>,
): Promise<ReplayReport> => replay({ batches: read(), rulesFor, check: false, watch });

function explain(told: Told, state: State): Explanation {
  const { item, path, entries } = told;
  return {
    item,
    path,
    standing: standingOf(told, state),
    timeline: entries,
    lastDecision: decided(told),
  };
}

function standingOf({ item: id, hiddenAt }: Told, state: State): Standing {
  const item = state.trees.items.get(id);
  if (item === undefined) return { type: 'gone', detail: 'on both sides', failure: null };
  if (!isAtRest(item)) {
    const { standing, detail, failure } = itemStatus(state, item);
    return { type: standing, detail, failure };
  }
  const hidden = hiddenBy(state, id);
  if (hidden === null) return { type: 'atRest', detail: 'the same on both sides', failure: null };
  const since = `the ${hidden.side} cannot tell of it since event ${hiddenAt}`;
  return { type: 'unknown', detail: `${since}, because of ${hidden.why}`, failure: null };
}

function decided({ item, entries, last }: Told): LastDecision | null {
  if (last === null) return null;
  const { command, evidence, outcome } = last;
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
      sentence: entries.find((entry) => entry.seq === seq)?.sentence ?? elsewhere,
    })),
    ...(plugin === undefined ? {} : { plugin }),
    outcome,
  };
}
