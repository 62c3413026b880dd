/**
 * The door: observations come in, news goes on as events. What is already known is dropped here, so a scan of 100,000
 * unchanged files writes nothing; and absence becomes evidence here, at the end of a second look and not before.
 * Its memory covers the looks under way only, and a restart forgets it: an unfinished look proves nothing.
 */
import type {
  CommandId,
  DriveItemId,
  Event,
  HintReceived,
  ItemId,
  LocalId,
  LocalListing,
  LocalRow,
  LocalScanEnded,
  Observation,
  RemotePage,
} from '@tidemark/contracts';
import { failureGuide, isPathInside } from '@tidemark/contracts';
import { isLocalNews, isRemoteNews, itemOf, pathOf } from '@tidemark/trees';
import { gatherUnmet, keepFoldersOfOthers, missedBy, unmet } from './absence.ts';
import type { State } from '../fold/state.ts';
import { commandUnderWay, isWriting, policyOf } from '../fold/state.ts';

export interface Door {
  /** The events to fold, in order, given the state before them. */
  admit(state: State, observation: Observation): Event[];
}

interface Scan {
  readonly command: CommandId;
  readonly seen: Set<LocalId>;
  readonly listed: LocalId[];
  /** Folders that nobody has seen before: what is in them may not have been told. */
  readonly newFolders: LocalId[];
  /** News of a folder whose listing goes on in the next part, to be told at its end. */
  readonly recent: LocalRow[];
  readonly strangers: LocalRow[];
  parts: number;
}

export function createDoor(): Door {
  let round: { readonly command: CommandId; readonly seen: Set<DriveItemId>; pages: number } | null = null;
  let scan: Scan | null = null;
  /** Missed by the scan before: gone only if the next one misses it as well, since users move things while we look. */
  let missedOnce: ReadonlySet<LocalId> = new Set();
  /** The scan under way was asked for to confirm. It is the only one, since in a busy folder there is always something new. */
  let isConfirming = false;
  /** The looks that ended last. The bus may repeat their reports, which would read as a look that met next to nothing. */
  let endedRound: CommandId | null = null;
  let endedScan: CommandId | null = null;

  function remotePage(state: State, page: RemotePage): Event[] {
    const looking = state.remote.looking;
    if (looking?.type !== 'ReadRemote' || looking.id !== page.command || looking.id === endedRound) return [];
    if (round?.command !== page.command) round = { command: page.command, seen: new Set(), pages: 0 };
    if (page.page < round.pages) return [];
    if (page.page > round.pages) return [partMissing(page.command, 'read the drive', round.pages)];
    round.pages += 1;
    const full = looking.cursor === null;
    const { unlisted } = state.remote;
    if (full || unlisted.size > 0) for (const row of page.rows) round.seen.add(row.id);
    const rows = page.rows.filter((row) =>
      'deleted' in row ? mattersGone(state, row.id) : isRemoteNews(state.trees, row),
    );
    const events: Event[] = rows.length === 0 ? [] : [{ type: 'RemoteSeen', rows }];
    if (page.cursor !== null) {
      const { seen } = round;
      round = null;
      endedRound = page.command;
      events.push({
        type: 'RemoteRoundCompleted',
        full,
        cursor: page.cursor,
        unlisted: full ? unmet(state, seen) : [],
        absent: full ? [] : [...unlisted].filter((id) => !seen.has(id)),
      });
    }
    return events;
  }

  function scanEnded(state: State, end: LocalScanEnded): Event[] {
    const looking = state.local.looking;
    if (looking?.type !== 'ScanLocal' || looking.id !== end.command || looking.id === endedScan) return [];
    endedScan = end.command;
    const met = scan?.command === end.command ? scan : newScan(end.command);
    scan = null;
    if (met.parts !== end.parts) return [partMissing(end.command, 'scan', met.parts)];
    if (looking.folders !== null) return glimpsed(state, met, end.oddities);
    const missed = missedBy(state, met.seen, looking, end);
    const known = state.trees.byLocalId.size - 1;
    if (met.seen.size === 0 && known > 0 && !policyOf(state).massDeleteConfirmed) {
      const detail = `Cannot trust the scan: the sync folder is empty, but ${known} items were in it before`;
      return [{ type: 'CommandFailed', command: end.command, failure: { code: 'rootSuspended', detail } }];
    }
    const confirmed = new Set([...missed].filter((id) => missedOnce.has(id)));
    if (!isConfirming && confirmed.size < missed.size) {
      isConfirming = true;
      missedOnce = missed;
      return [confirmation(missed)];
    }
    isConfirming = false;
    keepFoldersOfOthers(state, confirmed);
    missedOnce = new Set([...missed].filter((id) => !confirmed.has(id)));
    const completed: Event = {
      type: 'LocalScanCompleted',
      gone: [...confirmed],
      oddities: end.oddities,
    };
    // A run that goes on clears up every doubt; one that ends leaves the rest to the next.
    if (missedOnce.size === 0 || policyOf(state).pace.mode === 'once') return [completed];
    return [completed, confirmation(missedOnce)];
  }

  /** A look into a few folders finds what is new. What it misses may be anywhere else: only a complete scan can tell. */
  function glimpsed(
    state: State,
    { seen, listed, newFolders }: Scan,
    oddities: LocalScanEnded['oddities'],
  ): Event[] {
    const missed = new Set<LocalId>();
    for (const folder of listed) {
      const item = state.trees.byLocalId.get(folder);
      if (item !== undefined) gatherUnmet(state, item, seen, missed);
    }
    const completed: Event = { type: 'LocalScanCompleted', gone: [], oddities, partial: true };
    const unseen = pathsOf(
      state,
      newFolders.filter((folder) => !listed.includes(folder)),
    );
    if (missed.size === 0) {
      if (unseen.length === 0) return [completed];
      return [completed, { type: 'HintReceived', side: 'local', source: 'new folders', folders: unseen }];
    }
    isConfirming = true;
    missedOnce = new Set([...missedOnce, ...missed]);
    return [completed, confirmation(missed)];
  }

  return {
    admit(state, observation) {
      switch (observation.type) {
        case 'RemotePage':
          return remotePage(state, observation);
        case 'RemoteReset':
          if (state.remote.looking?.id !== observation.command || observation.command === endedRound)
            return [];
          round = null;
          endedRound = observation.command;
          return [{ type: 'RemoteCursorLost', detail: observation.detail }];
        case 'LocalListing': {
          if (state.local.looking?.id !== observation.command || observation.command === endedScan) return [];
          if (scan?.command !== observation.command) scan = newScan(observation.command);
          if (observation.part < scan.parts) return [];
          if (observation.part > scan.parts) return [partMissing(observation.command, 'scan', scan.parts)];
          scan.parts += 1;
          return localSeen(newsIn(state, scan, observation.folders));
        }
        case 'LocalScanEnded':
          return scanEnded(state, observation);
        case 'HintReceived': {
          const hint = believable(observation);
          const side = hint.side === 'remote' ? state.remote : state.local;
          const alreadyWanted = side.looking === null ? !side.current : side.lookAgain;
          return alreadyWanted && !widens(state, hint) ? [] : [hint];
        }
        case 'SubscriptionTold':
          return state.subscription.activity?.id === observation.subscriptionId ? [observation] : [];
        case 'StopRequested':
          return state.stopping ? [] : [observation];
        case 'CommandSucceeded':
        case 'CommandFailed':
          if (observation.type === 'CommandFailed' && !(observation.failure.code in failureGuide)) return [];
          return commandUnderWay(state, observation.command) === null ? [] : [observation];
      }
    },
  };
}

/** Those agreed on come first in each folder: whoever is new takes over a name only if its holder has not merely moved on. */
function newsIn(state: State, scan: Scan, folders: LocalListing['folders']): LocalRow[] {
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
const partMissing = (command: CommandId, task: string, part: number): Event => ({
  type: 'CommandFailed',
  command,
  failure: {
    code: 'pluginFault',
    detail: `Cannot ${task}: part ${part + 1} of what was found never arrived`,
  },
});

const newScan = (command: CommandId): Scan => ({
  command,
  seen: new Set(),
  listed: [],
  newFolders: [],
  recent: [],
  strangers: [],
  parts: 0,
});

const confirmation = (missed: ReadonlySet<LocalId>): Event => ({
  type: 'HintReceived',
  side: 'local',
  source: `confirming that ${missed.size} items are gone`,
});

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

/** Whoever hints may be wrong about where. Then it may be anywhere, and no look goes where it should not. */
function believable(hint: HintReceived): HintReceived {
  const { folders, ...anywhere } = hint;
  return folders === undefined || folders.every(isPathInside) ? hint : anywhere;
}

/** A hint about the disk asks for folders that the look wanted so far would leave out. */
function widens({ local }: State, { side, folders }: HintReceived): boolean {
  const wanted = local.folders;
  if (side === 'remote' || wanted === null) return false;
  return folders === undefined || folders.some((folder) => !wanted.includes(folder));
}

/** Gone: news of what is known, and of what a command of ours may just have made. */
function mattersGone(state: State, id: DriveItemId): boolean {
  if (isWriting(state, 'writesDrive') && !state.remote.buried.has(id)) return true;
  return state.trees.byRemoteId.has(id) || state.trees.orphans.find(id) !== undefined;
}

/** The same text, as the value that the trees hold already: a hundred thousand of them weigh. */
function keptId(state: State, id: LocalId): LocalId {
  const known = state.trees.byLocalId.get(id);
  return (known === undefined ? undefined : state.trees.items.get(known)?.local?.id) ?? id;
}
