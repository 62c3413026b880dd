/** The timeline of one item: what each event of a log changed of it, oldest first, and what was decided about it last. */
import type { Event, EventOf } from '@tidemark/contracts';
import type { ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { effectOf } from '@tidemark/contracts';
import { itemOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { commandUnderWay } from '../../fold/state.ts';
import type { ItemStatus } from '../status.ts';
import type { Condition } from './conditions.ts';
import { conditionNames } from './conditions.ts';
import type { Decision } from './decisions.ts';
import { Decisions, isOutcome } from './decisions.ts';
import { sharedFolderText } from './event-in-words.ts';
import { createPathFinder } from './path-finder.ts';
import { pathKey, prunedSentence } from './pruned.ts';
import type { Change } from './sentences.ts';
import { isThere, knownOf, sentencesOf } from './sentences.ts';
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
  const decisions = new Decisions(id, timeline);
  let path = '';
  let conflict: Explanation['conflict'] = null;
  const pruned: string[] = [];
  const asked = new AskedChanges();
  /** Of every path that it had, for what the trash had of it. */
  const keys = new Set<string>();

  function watch(recorded: RecordedEvent, state: State): (() => void) | undefined {
    const { event, items } = recorded;
    if (event.type === 'PruningPlanned') return () => takePruning(recorded, event, state);
    if (event.type === 'SharedFolderTold') return () => takeShared(recorded, event, state);
    const made = asked.take(recorded);
    if (made !== null && path !== '' && made.change.path === path) {
      timeline.push(made.entry);
      decisions.missedSince(made.entry.seq);
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
      decisions.missedSince(entry.seq);
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

  /** Its item is the shortcut, if anything here is. */
  function takeShared({ seq, at }: RecordedEvent, event: EventOf<'SharedFolderTold'>, state: State): void {
    lookAtPath(state);
    if (path !== event.path && path !== event.toPath) return;
    timeline.push({ seq, at, sentence: sharedFolderText(event) });
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
    decisions.take(change);
    conflict = conflictAfter(change) ?? conflict;
  }

  function conflictAfter({ recorded: { event }, command }: Change): Explanation['conflict'] {
    if (event.type !== 'CommandSucceeded' || command === null) return null;
    const { displaced } = effectOf(command, event);
    if (displaced?.to !== 'beside') return null;
    const isOfIt = command.item === id || displaced.path === path;
    return isOfIt ? { path: command.path, keptPath: displaced.path } : null;
  }

  return {
    watch,
    explanation: (state) => ({
      ...{ item: id, path },
      ...standingOf(state, id, since.get('hidden')),
      ...{ timeline, lastDecision: decisions.last, pruned },
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

/** What an event of these types tells of a folder may hide what is in it, without touching that. */
const mayHide: ReadonlySet<Event['type']> = new Set(['LocalScanCompleted', 'RemoteSeen']);
