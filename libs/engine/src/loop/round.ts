/**
 * The reading of the drive under way: what of it says something new, and what it did not meet. Whether that is gone is for the fold
 * to say, after a second look.
 */
import type { CommandOf, DriveItemId, Event, RemotePage } from '@tidemark/contracts';
import { doubtOf, plannedAt, rootItem } from '@tidemark/contracts';
import { isRemoteNews, isUnlistable } from '@tidemark/trees';
import type { Parts } from './parts.ts';
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
  const full = command.cursor === null;
  const event = {
    ...{ type: 'RemoteRoundCompleted' as const, command: command.id, full, cursor },
    unseen: full ? unseenByListing(state, command, seen) : [],
    ...(full && { known: state.trees.byRemoteId.size - 1 }),
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

/** Known to be on the drive before the listing began, in a folder that was listed, and not met. In the order of their ids. */
function unseenByListing(
  { trees }: State,
  looking: CommandOf<'ReadRemote'>,
  seen: ReadonlySet<DriveItemId>,
): DriveItemId[] {
  const startedAt = plannedAt(looking.id);
  const unseen: DriveItemId[] = [];
  for (const [id, item] of trees.byRemoteId) {
    if (item === rootItem || seen.has(id)) continue;
    const entry = trees.items.get(item)?.remote ?? null;
    if (entry !== null && entry.seq <= startedAt && !isUnlistable(trees, item)) unseen.push(id);
  }
  return unseen.sort();
}
