/** The reading of the drive under way: what it has met, and what of it says something new. */
import type { Command, CommandId, DriveItemId, Event, LookEnd, RemotePage } from '@tidemark/contracts';
import { doubtOf } from '@tidemark/contracts';
import { isRemoteNews } from '@tidemark/trees';
import { unseenByListing } from './absence.ts';
import { partMissing, withoutEnd } from './broken-look.ts';
import type { State } from '../fold/state.ts';
import { isWriting } from '../fold/state.ts';

export interface RoundNews {
  page(state: State, page: RemotePage): Event[];
  ended(state: State, command: Command & { type: 'ReadRemote' }, look?: LookEnd): Event[];
}

interface Round {
  readonly command: CommandId;
  readonly seen: Set<DriveItemId>;
  parts: number;
}

export function createRoundNews(): RoundNews {
  let round: Round | null = null;

  function page(state: State, shown: RemotePage): Event[] {
    const looking = state.remote.looking;
    if (looking?.type !== 'ReadRemote' || looking.id !== shown.command) return [];
    if (round?.command !== shown.command) round = { command: shown.command, seen: new Set(), parts: 0 };
    if (shown.page < round.parts) return [];
    if (shown.page > round.parts) return [partMissing(looking, round.parts)];
    round.parts += 1;
    if (looking.cursor === null) for (const row of shown.rows) round.seen.add(row.id);
    const rows = shown.rows.filter((row) =>
      'deleted' in row
        ? mattersGone(state, row.id)
        : isRemoteNews(state.trees, row) || state.remote.readAgain.has(row.id),
    );
    return rows.length === 0 ? [] : [{ type: 'RemoteSeen', rows }];
  }

  function ended(state: State, command: Command & { type: 'ReadRemote' }, look?: LookEnd): Event[] {
    const met = round?.command === command.id ? round : null;
    round = null;
    if (look === undefined || !('cursor' in look)) return [withoutEnd(command)];
    if ((met?.parts ?? 0) !== look.parts) return [partMissing(command, met?.parts ?? 0)];
    const full = command.cursor === null;
    const unseen = full ? unseenByListing(state, command, met?.seen ?? new Set()) : [];
    const known = full ? { known: state.trees.byRemoteId.size - 1 } : {};
    const event = {
      ...{ type: 'RemoteRoundCompleted' as const, command: command.id },
      ...{ full, cursor: look.cursor, unseen, ...known },
    };
    const { look: chart, lastAt } = state.remote;
    const doubt = chart.state === 'suspended' ? doubtOf(event, state.started, lastAt === null) : null;
    // What it lacks was told when the side was suspended. The list may be as long as the drive.
    return [doubt === null ? event : { type: 'CommandFailed', command: command.id, failure: doubt }];
  }

  return { page, ended };
}

/** Gone: news of what is known, and of what a command of ours may just have made. */
function mattersGone(state: State, id: DriveItemId): boolean {
  if (isWriting(state, 'writesDrive') && !state.remote.goneMeanwhile.has(id)) return true;
  return state.trees.byRemoteId.has(id) || state.trees.orphans.find(id) !== undefined;
}
