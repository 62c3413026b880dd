/**
 * The timeline of one item: what each event of a log changed of it, oldest first, and what was decided about it. A watcher for
 * `replay`, so it tells what the fold itself made of the events.
 */
import type { Command, FailureDetails, ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { commandUnderWay } from '../../fold/state.ts';
import type { Change } from './sentences.ts';
import { deedOf } from './commands.ts';
import { failureText, isOvertaken, isTakenAlong, knownOf, outcomeText, sentencesOf } from './sentences.ts';

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

export interface Told {
  /** At most one for an event. */
  readonly entries: readonly TimelineEntry[];
  readonly decisions: readonly Decision[];
  /** Relative to the sync folder; of an item that is gone, the last one known. */
  readonly path: string;
  /** Since when, and by which event, the item is hidden on a side, if it is. */
  readonly hiddenAt: Seq | null;
}

export interface Timeline {
  /** Give it to `replay`. */
  watch(recorded: RecordedEvent, state: State): void;
  /** Call after the replay, with its state. */
  told(state: State): Told;
}

export function createTimeline(item: ItemId): Timeline {
  const entries: TimelineEntry[] = [];
  const decisions = new Map<Command['id'], Decision>();
  const missedAt: { remote: Seq | null; local: Seq | null } = { remote: null, local: null };
  const goneAt: { remote: readonly Seq[]; local: readonly Seq[] } = { remote: [], local: [] };
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
    decide(change);
  }

  function noteAbsence(side: 'remote' | 'local', change: Change): void {
    const { before, after, recorded } = change;
    if (after[side] !== null) goneAt[side] = [];
    else if (before[side] !== null || (side === 'remote' && isOvertaken(change)))
      goneAt[side] = [missedAt[side], recorded.seq].filter((seq) => seq !== null);
    if (!after.isUnseen[side]) missedAt[side] = null;
    else if (!before.isUnseen[side]) missedAt[side] = recorded.seq;
  }

  function decide(change: Change): void {
    const { recorded, command, after } = change;
    if (recorded.event.type === 'Planned' && after.command !== null) note(after.command, null);
    else if (command !== null && (command.item === item || isTakenAlong(change)))
      note(command, outcomeOf(change, command));
  }

  function note(command: Command, outcome: DecisionOutcome | null): void {
    const evidence = decisions.get(command.id)?.evidence ?? [...goneAt.remote, ...goneAt.local];
    decisions.set(command.id, { command, evidence, outcome });
  }

  return {
    watch,
    told(state) {
      settle(state);
      return { entries, decisions: [...decisions.values()], path, hiddenAt };
    },
  };
}

/** What an event of these types tells of a folder may hide what is in it, without touching that. */
const mayHide: ReadonlySet<RecordedEvent['event']['type']> = new Set(['LocalScanCompleted', 'RemoteSeen']);

function outcomeOf({ recorded }: Change, command: Command): DecisionOutcome | null {
  const { seq, at, event } = recorded;
  if (event.type === 'CommandSucceeded') {
    const { requestIds = [], transferredBytes = 0 } = event;
    const sentence = outcomeText(deedOf(command, event), requestIds);
    return { seq, at, sentence, requestIds, transferredBytes, failure: null };
  }
  if (event.type !== 'CommandFailed') return null;
  const { failure } = event;
  const requestIds = failure.requestId === undefined ? [] : [failure.requestId];
  return { seq, at, sentence: failureText(failure), requestIds, transferredBytes: 0, failure };
}
