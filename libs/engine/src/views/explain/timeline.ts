/**
 * The timeline of one item: what each event of a log changed of it, oldest first, and what was decided about it last. A watcher
 * for `replay`, so it tells what the fold itself made of the events.
 */
import type { Command, FailureDetails, ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { commandUnderWay } from '../../fold/state.ts';
import { outcomeOf, requestIdsOf } from './commands.ts';
import type { Change } from './sentences.ts';
import { isOvertaken, isTakenAlong, knownOf, sentencesOf } from './sentences.ts';

export interface TimelineEntry {
  readonly seq: Seq;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sentence: string;
}

export interface DecisionOutcome extends TimelineEntry {
  readonly requestIds: readonly string[];
  readonly transferredBytes: number;
  /** null: it succeeded. */
  readonly failure: FailureDetails | null;
}

export interface Decision {
  readonly command: Command;
  /** Events that showed the item gone on a side. Entries that are not there cannot name their cause. */
  readonly evidence: readonly Seq[];
  /** null: still under way, or a run ended before it came to its end. */
  readonly outcome: DecisionOutcome | null;
}

export interface Timeline {
  /** Give it to `replay`. */
  watch(recorded: RecordedEvent, state: State): void;
  /** Call after the replay, with its state. */
  told(state: State): Told;
}

export interface Told {
  readonly item: ItemId;
  /** At most one for an event. */
  readonly entries: readonly TimelineEntry[];
  readonly last: Decision | null;
  /** Relative to the sync folder; of an item that is gone, the last one known. */
  readonly path: string;
  /** Since when, and by which event, the item is hidden on a side, if it is. */
  readonly hiddenAt: Seq | null;
}

export function createTimeline(item: ItemId): Timeline {
  const entries: TimelineEntry[] = [];
  const missedAt: { remote: Seq | null; local: Seq | null } = { remote: null, local: null };
  const goneAt: { remote: readonly Seq[]; local: readonly Seq[] } = { remote: [], local: [] };
  let last: Decision | null = null;
  let path = '';
  let hiddenAt: Seq | null = null;
  let folding: Pick<Change, 'recorded' | 'before' | 'command'> | null = null;

  function watch(recorded: RecordedEvent, state: State): void {
    settle(state);
    const { event, items } = recorded;
    if (!mayHide.has(event.type) && !items.includes(item)) return;
    const isOutcome = event.type === 'CommandSucceeded' || event.type === 'CommandFailed';
    const command = isOutcome ? commandUnderWay(state, event.command) : null;
    folding = { recorded, command, before: knownOf(state, item) };
  }

  /** The event that was watched last is folded by now. */
  function settle(state: State): void {
    if (folding === null) return;
    const change: Change = { ...folding, item, after: knownOf(state, item), missedAt };
    folding = null;
    const { seq, at } = change.recorded;
    const sentences = sentencesOf(change);
    if (sentences.length > 0) entries.push({ seq, at, sentence: sentences.join('; ') });
    const known = state.trees.items.get(item);
    if (known !== undefined) path = shownPath(state.trees, known);
    noteAbsence('remote', change);
    noteAbsence('local', change);
    if (change.after.hidden === null) hiddenAt = null;
    else hiddenAt ??= seq;
    last = decisionAfter(change);
  }

  function noteAbsence(side: 'remote' | 'local', change: Change): void {
    const { before, after, recorded } = change;
    if (after[side] !== null) goneAt[side] = [];
    else if (before[side] !== null || (side === 'remote' && isOvertaken(change)))
      goneAt[side] = [missedAt[side], recorded.seq].filter((seq) => seq !== null);
    if (!after.isUnseen[side]) missedAt[side] = null;
    else if (!before.isUnseen[side]) missedAt[side] = recorded.seq;
  }

  function decisionAfter(change: Change): Decision | null {
    const { recorded, command, after } = change;
    const evidence = [...goneAt.remote, ...goneAt.local];
    if (recorded.event.type === 'Planned' && after.command !== null)
      return { command: after.command, evidence, outcome: null };
    if (command === null) return last;
    if (command.id === last?.command.id) return { ...last, outcome: outcomeIn(recorded, command) };
    return isTakenAlong(change) ? { command, evidence, outcome: outcomeIn(recorded, command) } : last;
  }

  return {
    watch,
    told(state) {
      settle(state);
      return { item, entries, last, path, hiddenAt };
    },
  };
}

/** What an event of these types tells of a folder may hide what is in it, without touching that. */
const mayHide: ReadonlySet<RecordedEvent['event']['type']> = new Set(['LocalScanCompleted', 'RemoteSeen']);

function outcomeIn({ seq, at, event }: RecordedEvent, command: Command): DecisionOutcome | null {
  if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') return null;
  return {
    seq,
    at,
    sentence: outcomeOf(command, event),
    requestIds: requestIdsOf(event),
    transferredBytes: event.type === 'CommandSucceeded' ? (event.transferredBytes ?? 0) : 0,
    failure: event.type === 'CommandFailed' ? event.failure : null,
  };
}
