/** The timeline of one item: what each event of a log changed of it, oldest first, and what was decided about it last. */
import type { Command, CommandFailed, CommandSucceeded, Event, EventOf } from '@tidemark/contracts';
import type { ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { effectOf, plannedAt, ruleTexts } from '@tidemark/contracts';
import type { Side } from '@tidemark/trees';
import { itemOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { commandUnderWay } from '../../fold/state.ts';
import type { ItemStatus } from '../status.ts';
import { outcomeOf, quote } from './commands.ts';
import type { Condition } from './conditions.ts';
import { conditionNames } from './conditions.ts';
import { createPathFinder } from './path-finder.ts';
import { pathKey, prunedSentence } from './pruned.ts';
import type { Change } from './sentences.ts';
import { isOvertaken, isThere, knownOf, missingFrom, sentencesOf, sides } from './sentences.ts';
import type { Known } from './sentences.ts';
import type { Standing } from './standing.ts';
import { standingOf } from './standing.ts';
import { unannounced } from './unannounced.ts';
import { AskedChanges } from './user-changes.ts';

export interface TimelineEntry {
  readonly seq: Seq;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sentence: string;
}

export interface Decision {
  readonly command: Command;
  readonly ruleText: string;
  /** What was seen that led to it. */
  readonly causes: readonly Pick<TimelineEntry, 'seq' | 'sentence'>[];
  /** null: still under way, or a run ended before it came to its end. */
  readonly outcome: (TimelineEntry & { readonly event: CommandSucceeded | CommandFailed }) | null;
}

/** What is said of the item at the end, as status says it; of an item that is gone, with the last path known. */
export interface Explanation extends Standing, Pick<ItemStatus, 'item' | 'path'> {
  /** Oldest first, at most one for an event. */
  readonly timeline: readonly TimelineEntry[];
  readonly lastDecision: Decision | null;
  /** The two versions of a conflict, while both are there: this item is one of them. */
  readonly conflict: { readonly path: string; readonly keptPath: string } | null;
  /** Versions of it that left the trash for good, as the trash named them. */
  readonly pruned: readonly string[];
}

export interface Timeline {
  /** For `replay`. */
  readonly watch: (recorded: RecordedEvent, state: State) => (() => void) | undefined;
  /** At the end of the log. */
  readonly explanation: (state: State) => Explanation;
}

export function createTimeline(id: ItemId): Timeline {
  const timeline: TimelineEntry[] = [];
  /** Since when a condition holds. */
  const since = new Map<Condition, Seq>();
  /** Events since both sides had it last, by which one came to miss it. Entries that are not there cannot name their cause. */
  let absences: readonly Seq[] = [];
  let lastDecision: Decision | null = null;
  let path = '';
  let conflict: Explanation['conflict'] = null;
  const pruned: string[] = [];
  const asked = new AskedChanges();
  /** Of every path that it had, for what the trash had of it. */
  const keys = new Set<string>();

  function watch(recorded: RecordedEvent, state: State): (() => void) | undefined {
    const { event, items } = recorded;
    if (event.type === 'PruningPlanned') return () => takePruning(recorded, event, state);
    const made = asked.take(recorded);
    if (made !== null && path !== '' && made.change.path === path) {
      timeline.push(made.entry);
      absences = [...absences, made.entry.seq];
    }
    if (!mayHide.has(event.type) && !items.includes(id)) return undefined;
    const command = isOutcome(event) ? commandUnderWay(state, event.command) : null;
    const before = knownOf(state, id);
    const late = unannounced(state, event);
    return () => {
      lookAtPath(state);
      takeAsked(before);
      const after = knownOf(state, id);
      take({
        ...{ item: id, recorded, command, before, after },
        unannounced: late,
        trees: state.trees,
        since,
      });
    };
  }

  /** What a user asked for at a path says more of the item that appears there than a look does. */
  function takeAsked(before: Known): void {
    if (isThere(before)) return;
    for (const entry of asked.madeAt(path)) {
      timeline.push(entry);
      absences = [...absences, entry.seq];
    }
  }

  function lookAtPath({ trees }: State): void {
    const known = trees.items.get(id);
    if (known === undefined) return;
    path = shownPath(trees, known);
    keys.add(pathKey(path));
  }

  function takePruning({ seq, at }: RecordedEvent, event: EventOf<'PruningPlanned'>, state: State): void {
    // A folder above it may have another name by now.
    lookAtPath(state);
    for (const { trash, pathKey: key } of event.files) if (key !== null && keys.has(key)) pruned.push(trash);
    const sentence = prunedSentence(event, keys);
    if (sentence !== null) timeline.push({ seq, at, sentence });
  }

  function take(change: Change): void {
    const { recorded, before, after } = change;
    const { seq, at } = recorded;
    const sentences = sentencesOf(change);
    if (sentences.length > 0) timeline.push({ seq, at, sentence: sentences.join('. ') });
    for (const name of conditionNames) {
      if (!after.holds.has(name)) since.delete(name);
      else if (!before.holds.has(name)) since.set(name, seq);
    }
    const isMissed = (side: Side): boolean =>
      missingFrom(side, after) > missingFrom(side, before) || isOvertaken(side, change);
    if (sides.some(isMissed)) absences = [...absences, seq];
    else if (sides.every((side) => missingFrom(side, after) === 0)) absences = [];
    lastDecision = decisionAfter(change);
    conflict = conflictAfter(change) ?? conflict;
  }

  function conflictAfter({ recorded: { event }, command }: Change): Explanation['conflict'] {
    if (event.type !== 'CommandSucceeded' || command === null) return null;
    const { displaced } = effectOf(command, event);
    if (displaced?.to !== 'beside') return null;
    const isOfIt = command.item === id || displaced.path === path;
    return isOfIt ? { path: command.path, keptPath: displaced.path } : null;
  }

  function decisionAfter({ recorded, command, before, after }: Change): Decision | null {
    const { seq, at, event } = recorded;
    if (event.type === 'Planned' && after.command !== null) return decided(after.command);
    if (!isOutcome(event) || command === null) return lastDecision;
    const outcome = { seq, at, sentence: outcomeOf(command, event), event };
    if (command.id === lastDecision?.command.id) return { ...lastDecision, outcome };
    const isTakenAlong = event.type === 'CommandSucceeded' && isThere(before) && !isThere(after);
    return isTakenAlong ? { ...decided(command), outcome } : lastDecision;
  }

  function decided(command: Command): Decision {
    const { rule, causes } = command.reason;
    const elsewhere =
      command.item === id
        ? 'An event of another item'
        : `An event of ${quote(command.path)}, which took it along`;
    // What was missed after it was planned did not lead to it.
    const led = absences.filter((seq) => seq < plannedAt(command.id));
    const seqs = [...new Set([...causes, ...led])].sort((a, b) => a - b);
    const sentenceOf = (seq: Seq): string =>
      timeline.find((entry) => entry.seq === seq)?.sentence ?? elsewhere;
    return {
      ...{ command, ruleText: ruleTexts[rule], outcome: null },
      causes: seqs.map((seq) => ({ seq, sentence: sentenceOf(seq) })),
    };
  }

  return {
    watch,
    explanation: (state) => ({
      ...{ item: id, path },
      ...standingOf(state, id, since.get('hidden')),
      ...{ timeline, lastDecision, pruned },
      conflict:
        conflict !== null && isHeld(state, conflict.path) && isHeld(state, conflict.keptPath)
          ? conflict
          : null,
    }),
  };
}

/** Does an item on disk have that path? */
function isHeld({ trees }: State, path: string): boolean {
  const finder = createPathFinder(path);
  finder.look(trees);
  return finder.found().some((id) => itemOf(trees, id).local !== null);
}

const isOutcome = (event: Event): event is CommandSucceeded | CommandFailed =>
  event.type === 'CommandSucceeded' || event.type === 'CommandFailed';

/** What an event of these types tells of a folder may hide what is in it, without touching that. */
const mayHide: ReadonlySet<Event['type']> = new Set(['LocalScanCompleted', 'RemoteSeen']);
