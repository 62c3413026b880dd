/** One event at the cursor: what it says, what it changed of the items that it touched, and the commands that it decided or ended. */
import type { RecordedEvent } from '@tidemark/contracts';
import { itemId, rootItem } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { createTimeline, entriesOf } from '@tidemark/engine';
import { isAtRest, shownPath } from '@tidemark/trees';
import type { Moments } from '../log/moments.ts';
import type { EventRow, ItemChange, Moment } from '../protocol.ts';
import type { Commands } from './commands.ts';
import { entriesShown } from './entries.ts';

const changesMax = 40;
const commandsMax = 40;

export async function momentOf(
  recorded: RecordedEvent,
  row: EventRow,
  moments: Moments,
  commands: Commands,
): Promise<Moment> {
  const ids = recorded.items.filter((id) => id !== rootItem);
  const { changes, facts } = await moments.step(recorded, (before) => {
    const watched = ids.slice(0, changesMax).map((id) => ({ id, ...beforeOf(before, id, recorded) }));
    return (after) => ({ changes: watched.map((one) => one.end(after)), facts: factsOf(after) });
  });
  const shown = await commands.of(recorded, commandsMax);
  return {
    ...{ row, changes, commands: shown, ...facts },
    event: recorded.event,
    moreChanges: Math.max(0, ids.length - changesMax),
    moreCommands: Math.max(0, commands.countOf(recorded) - shown.length),
  };
}

function beforeOf(
  state: State,
  id: number,
  recorded: RecordedEvent,
): { readonly end: (after: State) => ItemChange } {
  const item = itemId(id);
  const timeline = createTimeline(item);
  const folded = timeline.watch(recorded, state);
  const known = state.trees.items.get(item);
  const before = known === undefined ? null : entriesShown(entriesOf(known));
  const pathBefore = known === undefined ? '' : shownPath(state.trees, known);
  return {
    end(after) {
      folded?.();
      const now = after.trees.items.get(item);
      return {
        item: id,
        path: now === undefined ? pathBefore : shownPath(after.trees, now),
        sentence: timeline.explanation(after).timeline[0]?.sentence ?? '',
        before,
        after: now === undefined ? null : entriesShown(entriesOf(now)),
      };
    },
  };
}

function factsOf({ trees, inFlight }: State): Pick<Moment, 'items' | 'atRest' | 'underWay'> {
  let atRest = 0;
  for (const item of trees.items.values()) if (item.id !== rootItem && isAtRest(item)) atRest += 1;
  return { items: trees.items.size - 1, atRest, underWay: inFlight.size };
}
