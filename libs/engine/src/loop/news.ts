/**
 * News: observations come in, and what says something new goes on as events. What is already known is dropped here, so a scan
 * of 100,000 unchanged files writes nothing. The filter remembers what the looks under way have met, and nothing else: what
 * a look missed is an event, and the fold decides what follows from it. A restart forgets a look that has not ended.
 */
import type {
  Command,
  CommandCompleted,
  CommandId,
  DriveItemId,
  Event,
  HintReceived,
  ItemId,
  LocalId,
  LocalListing,
  LocalRow,
  LookEnd,
  Observation,
  RemotePage,
} from '@tidemark/contracts';
import { doubtOf, failureGuide, isPathInside } from '@tidemark/contracts';
import { isLocalNews, isRemoteNews, itemOf, pathOf } from '@tidemark/trees';
import {
  type UnknownOnDisk,
  unknownOnDisk,
  unseenByListing,
  unseenByScan,
  unseenInFolder,
} from './absence.ts';
import { heldPlan } from '../fold/gate.ts';
import type { State } from '../fold/state.ts';
import { commandUnderWay, isWriting } from '../fold/state.ts';

export interface NewsFilter {
  /** The events to fold, in order, given the state before them. */
  admit(state: State, observation: Observation): Event[];
}

/** What a look under way has met. */
interface Met<Id> {
  readonly command: CommandId;
  readonly seen: Set<Id>;
  parts: number;
}

interface MetOnDisk extends Met<LocalId> {
  readonly listed: LocalId[];
  /** Folders that no look met before: what is in them may not have been told. */
  readonly newFolders: LocalId[];
  /** News of a folder whose listing goes on in the next part, to be told at its end. */
  readonly recent: LocalRow[];
  readonly strangers: LocalRow[];
}

export function createNewsFilter(): NewsFilter {
  let round: Met<DriveItemId> | null = null;
  let scan: MetOnDisk | null = null;

  function remotePage(state: State, page: RemotePage): Event[] {
    const looking = state.remote.looking;
    if (looking?.type !== 'ReadRemote' || looking.id !== page.command) return [];
    if (round?.command !== page.command) round = { command: page.command, seen: new Set(), parts: 0 };
    if (page.page < round.parts) return [];
    if (page.page > round.parts) return [partMissing(looking, round.parts)];
    round.parts += 1;
    if (looking.cursor === null) for (const row of page.rows) round.seen.add(row.id);
    const rows = page.rows.filter((row) =>
      'deleted' in row
        ? mattersGone(state, row.id)
        : isRemoteNews(state.trees, row) || state.remote.readAgain.has(row.id),
    );
    return rows.length === 0 ? [] : [{ type: 'RemoteSeen', rows }];
  }

  function localListing(state: State, listing: LocalListing): Event[] {
    const looking = state.local.looking;
    if (looking === null || looking.id !== listing.command) return [];
    if (scan?.command !== listing.command) scan = newScan(listing.command);
    if (listing.part < scan.parts) return [];
    if (listing.part > scan.parts) return [partMissing(looking, scan.parts)];
    scan.parts += 1;
    return localSeen(newsIn(state, scan, listing.folders));
  }

  function completed(state: State, { look, ...outcome }: CommandCompleted): Event[] {
    const command = commandUnderWay(state, outcome.command);
    if (command === null) return [];
    switch (command.type) {
      case 'ReadRemote':
        return roundEnded(state, command, look);
      case 'ReadRemoteItems':
        if (look === undefined || !('rows' in look)) return [withoutEnd(command)];
        return [{ type: 'RemoteItemsRead', command: command.id, rows: look.rows }];
      case 'ScanLocal':
        return scanEnded(state, command, look);
      default:
        return [outcome];
    }
  }

  function roundEnded(state: State, command: Command & { type: 'ReadRemote' }, look?: LookEnd): Event[] {
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
    const doubt = state.remote.look.state === 'suspended' ? doubtOf(event, state.started) : null;
    // What it lacks was told when the side was suspended. The list may be as long as the drive.
    return [doubt === null ? event : { type: 'CommandFailed', command: command.id, failure: doubt }];
  }

  function scanEnded(state: State, command: Command & { type: 'ScanLocal' }, look?: LookEnd): Event[] {
    const met = scan?.command === command.id ? scan : newScan(command.id);
    scan = null;
    if (look === undefined || !('unreadable' in look)) return [withoutEnd(command)];
    if (met.parts !== look.parts) return [partMissing(command, met.parts)];
    const { oddities, mounts: newMounts = [] } = look;
    const mounts = newMounts.length === 0 ? {} : { mounts: newMounts };
    const unknown = unknownOnDisk(state, look);
    if (command.folders === null) {
      const unseen = unseenByScan(state, command, met.seen, unknown);
      return [{ type: 'LocalScanCompleted', command: command.id, unseen, oddities, ...mounts }];
    }
    const unseen = unseenInFolders(state, met, unknown);
    const newFolders = pathsOf(
      state,
      met.newFolders.filter((folder) => !met.listed.includes(folder)),
    );
    const more = { ...mounts, ...(newFolders.length === 0 ? {} : { newFolders }) };
    return [
      { type: 'LocalScanCompleted', command: command.id, unseen, oddities, partial: true as const, ...more },
    ];
  }

  return {
    admit(state, observation) {
      switch (observation.type) {
        case 'RemotePage':
          return remotePage(state, observation);
        case 'LocalListing':
          return localListing(state, observation);
        case 'HintReceived': {
          const hint = believable(observation);
          return isWantedAlready(state, hint) ? [] : [hint];
        }
        case 'SubscriptionTold':
          return state.subscription.activity?.id === observation.subscriptionId ? [observation] : [];
        case 'StopRequested':
          return state.phase === 'running' ? [observation] : [];
        case 'DeletionsConfirmed':
          return heldPlan(state)?.hash === observation.hash ? [observation] : [];
        case 'CommandSucceeded':
          return completed(state, observation);
        case 'CommandFailed': {
          const command = commandUnderWay(state, observation.command);
          if (command === null || !(observation.failure.code in failureGuide)) return [];
          if (command.type !== 'ReadRemote' || observation.failure.code !== 'resyncRequired')
            return [observation];
          return [{ type: 'RemoteCursorLost', command: command.id, detail: observation.failure.detail }];
        }
      }
    },
  };
}

/** Known items come first in each folder: a new file inherits an item's name only if that item was not simply renamed. */
function newsIn(state: State, scan: MetOnDisk, folders: LocalListing['folders']): LocalRow[] {
  const { recent, strangers } = scan;
  const news: LocalRow[] = [];
  for (const { id, rows, more } of folders) {
    if (scan.listed.at(-1) !== id) scan.listed.push(id);
    for (const row of rows) {
      scan.seen.add(keptId(state, row.id));
      if (!isLocalNews(state.trees, row)) continue;
      const known = state.trees.byLocalId.get(row.id);
      if (known !== undefined) (isAgreed(state, known) ? news : recent).push(row);
      else {
        strangers.push(row);
        if (row.kind === 'folder') scan.newFolders.push(row.id);
      }
    }
    if (more === true) continue;
    for (const row of recent.splice(0)) news.push(row);
    for (const row of strangers.splice(0)) news.push(row);
  }
  return news;
}

/** A folder of any size may be new: what one event holds must fit into a message. */
const eventRowsMax = 2000;

function localSeen(rows: readonly LocalRow[]): Event[] {
  const events: Event[] = [];
  for (let start = 0; start < rows.length; start += eventRowsMax)
    events.push({ type: 'LocalSeen', rows: rows.slice(start, start + eventRowsMax) });
  return events;
}

/** What is in it would read as gone, and the cursor would go past it for good. */
const partMissing = ({ id, type }: Command, part: number): Event => ({
  type: 'CommandFailed',
  command: id,
  failure: {
    code: 'pluginFault',
    detail: `Cannot ${type === 'ReadRemote' ? 'read the drive' : 'scan'}: part ${part + 1} of what was found never arrived`,
  },
});

const withoutEnd = ({ id, type }: Command): Event => ({
  type: 'CommandFailed',
  command: id,
  failure: {
    code: 'pluginFault',
    detail: `Cannot use a look: the handler of ${type} did not say how it ended`,
  },
});

const newScan = (command: CommandId): MetOnDisk => ({
  command,
  seen: new Set(),
  listed: [],
  newFolders: [],
  recent: [],
  strangers: [],
  parts: 0,
});

/** A look into a few folders finds what is new. What it misses may be anywhere else: only a complete scan can tell. */
function unseenInFolders(state: State, { listed, seen }: MetOnDisk, unknown: UnknownOnDisk): LocalId[] {
  const unseen = new Set<LocalId>();
  for (const folder of listed) {
    const item = state.trees.byLocalId.get(folder);
    if (item !== undefined) unseenInFolder(state, item, seen, unknown, unseen);
  }
  return [...unseen];
}

const isAgreed = ({ trees }: State, item: ItemId): boolean =>
  (trees.items.get(item)?.synced ?? null) !== null;

function pathsOf(state: State, folders: readonly LocalId[]): string[] {
  const paths: string[] = [];
  for (const folder of folders) {
    const id = state.trees.byLocalId.get(folder);
    const path = id === undefined ? null : pathOf(state.trees, itemOf(state.trees, id), 'local');
    if (path !== null) paths.push(path);
  }
  return paths;
}

/** A hint may name a wrong place. Then the change may be anywhere, and no look goes where it should not. */
function believable(hint: HintReceived): HintReceived {
  const { folders, ...anywhere } = hint;
  return folders === undefined || folders.every(isPathInside) ? hint : anywhere;
}

/** The next look is wanted anyway, and covers what the hint names. */
function isWantedAlready(state: State, hint: HintReceived): boolean {
  const { look } = hint.side === 'remote' ? state.remote : state.local;
  // Who asks for a look need not wait for the next attempt.
  if (hint.source === 'user' && look.dueAt !== null) return false;
  const isWanted = look.command === null ? look.state !== 'current' : look.again;
  if (!isWanted) return false;
  // Reading items by their ids tells nothing of other changes.
  if (hint.side === 'remote') return look.again || look.state !== 'confirming';
  const wanted = state.local.folders;
  return wanted === null || (hint.folders?.every((folder) => wanted.includes(folder)) ?? false);
}

/** Gone: news of what is known, and of what a command of ours may just have made. */
function mattersGone(state: State, id: DriveItemId): boolean {
  if (isWriting(state, 'writesDrive') && !state.remote.goneMeanwhile.has(id)) return true;
  return state.trees.byRemoteId.has(id) || state.trees.orphans.find(id) !== undefined;
}

/** The same text, as the value that the trees hold already: a hundred thousand of them weigh. */
function keptId(state: State, id: LocalId): LocalId {
  const known = state.trees.byLocalId.get(id);
  return (known === undefined ? undefined : state.trees.items.get(known)?.local?.id) ?? id;
}
