/** What was changed last on either side, in the words of `explain`, and whether it can be taken back. */
import { effectOf, endedCommand, ruleTexts } from '@tidemark/contracts';
import { wishOf } from '@tidemark/engine';
import type { EventIndex } from '../log/event-index.ts';
import { marks } from '../log/event-index.ts';
import type { Events } from '../log/events.ts';
import type { Activity } from '../protocol.ts';
import { outcomeShown } from './commands.ts';

/** Newest first. */
export async function recentActivity(
  index: EventIndex,
  events: Events,
  most: number,
): Promise<readonly Activity[]> {
  const found: Activity[] = [];
  for (let row = index.length - 1; row >= 0 && found.length < most; row -= 1) {
    if ((index.marks(row) & marks.changed) === 0) continue;
    const one = await activityAt(index.first + row, index.ended(row)?.plannedSeq ?? 0, events);
    if (one !== null) found.push(one);
  }
  return found;
}

async function activityAt(seq: number, plannedSeq: number, events: Events): Promise<Activity | null> {
  const [recorded, plan] = [await events.at(seq), await events.at(plannedSeq)];
  if (recorded === null || plan?.event.type !== 'Planned') return null;
  const { event } = recorded;
  const command = plan.event.commands.find(({ id }) => id === endedCommand(event));
  if (command === undefined) return null;
  const { text, isFailed } = outcomeShown(command, recorded);
  const isUndoable =
    event.type === 'CommandSucceeded' && isWorthUndoing(command.type, effectOf(command, event));
  return {
    ...{ seq, at: recorded.at, item: command.item, path: command.path, isFailed },
    ...{ wish: wishOf(command), why: ruleTexts[command.reason.rule], outcome: text },
    isUndoable,
  };
}

const isWorthUndoing = (type: string, { displaced }: ReturnType<typeof effectOf>): boolean =>
  displaced !== null || type === 'MoveLocal' || type === 'MoveRemote' || type === 'DeleteLocal';
