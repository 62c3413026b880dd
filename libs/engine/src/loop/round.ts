/**
 * The reading of the drive under way: what of it says something new, and what it did not meet. Whether that is gone is for the fold
 * to say, after a second look.
 */
import type { CommandOf, DriveItemId, Event, ItemId, RemotePage } from '@tidemark/contracts';
import { doubtOf } from '@tidemark/contracts';
import { isRemoteNews, isUnlistable, itemOf } from '@tidemark/trees';
import type { Parts } from './parts.ts';
import { missedBy } from './parts.ts';
import type { State } from '../fold/state.ts';
import { isWriting } from '../fold/state.ts';

export function pageNews(
  state: State,
  round: Parts<Set<DriveItemId>>,
  { command, page, rows }: RemotePage,
): Event[] {
  const { look, readAgain } = state.remote;
  const looking = look.command;
  if (looking?.type !== 'ReadRemote') return [];
  return round.next(looking, command, page, (seen) => {
    if (looking.cursor === null) for (const row of rows) seen.add(row.id);
    const news = rows.filter((row) =>
      'deleted' in row ? mattersGone(state, row.id) : isRemoteNews(state.trees, row) || readAgain.has(row.id),
    );
    return news.length === 0 ? [] : [{ type: 'RemoteSeen', rows: news }];
  });
}

export function roundEnded(
  state: State,
  command: CommandOf<'ReadRemote'>,
  cursor: string | null,
  seen: ReadonlySet<DriveItemId>,
): Event {
  const { trees } = state;
  const full = command.cursor === null;
  // In a folder that the drive does not list nothing is missed.
  const entryOf = (item: ItemId) => (isUnlistable(trees, item) ? null : itemOf(trees, item).remote);
  const event = {
    ...{ type: 'RemoteRoundCompleted' as const, command: command.id, full, cursor },
    unseen: full ? missedBy(command, trees.byRemoteId, seen, entryOf).sort() : [],
    ...(full && { known: trees.byRemoteId.size - 1 }),
  };
  const { look, lastAt } = state.remote;
  const doubt = look.state === 'suspended' ? doubtOf(event, state.started, lastAt === null) : null;
  // What it lacks was told when the side was suspended. The list may be as long as the drive.
  return doubt === null ? event : { type: 'CommandFailed', command: command.id, failure: doubt };
}

/** Gone: news of what is known, and of what a command of ours may just have made. */
function mattersGone(state: State, id: DriveItemId): boolean {
  if (isWriting(state, 'writesDrive') && !state.remote.goneMeanwhile.has(id)) return true;
  return state.trees.byRemoteId.has(id) || state.trees.orphans.find(id) !== undefined;
}
