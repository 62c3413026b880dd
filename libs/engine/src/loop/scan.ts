/** The scan of the disk under way: what it has met, and what of it says something new. */
import type {
  Command,
  CommandId,
  Event,
  LocalId,
  LocalListing,
  LocalRow,
  LookEnd,
} from '@tidemark/contracts';
import { isLocalNews, itemOf, pathOf } from '@tidemark/trees';
import { type UnknownOnDisk, unknownOnDisk, unseenByScan, unseenInFolder } from './absence.ts';
import { partMissing, withoutEnd } from './broken-look.ts';
import { mountsWithoutFolder } from '../fold/mounts.ts';
import type { State } from '../fold/state.ts';

export interface ScanNews {
  listing(state: State, listing: LocalListing): Event[];
  ended(state: State, command: Command & { type: 'ScanLocal' }, look?: LookEnd): Event[];
}

interface Scan {
  readonly command: CommandId;
  readonly seen: Set<LocalId>;
  parts: number;
  readonly listed: Set<LocalId>;
  /** Folders that no look met before: what is in them may not have been told. */
  readonly newFolders: LocalId[];
  /** News of a folder whose listing goes on in the next part, to be told at its end. */
  readonly recent: LocalRow[];
  readonly strangers: LocalRow[];
}

export function createScanNews(): ScanNews {
  let scan: Scan | null = null;

  function listing(state: State, shown: LocalListing): Event[] {
    const looking = state.local.looking;
    if (looking === null || looking.id !== shown.command) return [];
    if (scan?.command !== shown.command) scan = newScan(shown.command);
    if (shown.part < scan.parts) return [];
    if (shown.part > scan.parts) return [partMissing(looking, scan.parts)];
    scan.parts += 1;
    return localSeen(newsIn(state, scan, shown.folders));
  }

  function ended(state: State, command: Command & { type: 'ScanLocal' }, look?: LookEnd): Event[] {
    const met = scan?.command === command.id ? scan : newScan(command.id);
    scan = null;
    if (look === undefined || !('unreadable' in look)) return [withoutEnd(command)];
    if (met.parts !== look.parts) return [partMissing(command, met.parts)];
    const { oddities, mounts: newMounts = [] } = look;
    const mounts = newMounts.length === 0 ? {} : { mounts: newMounts };
    const unknown = unknownOnDisk(state, look);
    if (command.folders === null) {
      const unseen = unseenByScan(state, command, met.seen, unknown);
      const all = [...oddities, ...mountsWithoutFolder(state, look)];
      return [{ type: 'LocalScanCompleted', command: command.id, unseen, oddities: all, ...mounts }];
    }
    const unseen = unseenInFolders(state, met, unknown);
    const newFolders = pathsOf(
      state,
      met.newFolders.filter((folder) => !met.listed.has(folder)),
    );
    const more = { ...mounts, ...(newFolders.length === 0 ? {} : { newFolders }) };
    return [
      { type: 'LocalScanCompleted', command: command.id, unseen, oddities, partial: true as const, ...more },
    ];
  }

  return { listing, ended };
}

/** Known items come first in each folder: a new file inherits an item's name only if that item was not simply renamed. */
function newsIn(state: State, scan: Scan, folders: LocalListing['folders']): LocalRow[] {
  const { recent, strangers } = scan;
  const news: LocalRow[] = [];
  for (const { id, rows, more } of folders) {
    scan.listed.add(id);
    for (const row of rows) {
      scan.seen.add(keptId(state, row.id));
      if (!isLocalNews(state.trees, row)) continue;
      const known = state.trees.byLocalId.get(row.id);
      if (known !== undefined) (itemOf(state.trees, known).synced === null ? recent : news).push(row);
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

const newScan = (command: CommandId): Scan => ({
  command,
  parts: 0,
  seen: new Set(),
  listed: new Set(),
  newFolders: [],
  recent: [],
  strangers: [],
});

/** A look into a few folders finds what is new. What it misses may be anywhere else: only a complete scan can tell. */
function unseenInFolders(state: State, { listed, seen }: Scan, unknown: UnknownOnDisk): LocalId[] {
  const unseen = new Set<LocalId>();
  for (const folder of listed) {
    const item = state.trees.byLocalId.get(folder);
    if (item !== undefined) unseenInFolder(state, item, seen, unknown, unseen);
  }
  return [...unseen];
}

function pathsOf(state: State, folders: readonly LocalId[]): string[] {
  const paths: string[] = [];
  for (const folder of folders) {
    const id = state.trees.byLocalId.get(folder);
    const path = id === undefined ? null : pathOf(state.trees, itemOf(state.trees, id), 'local');
    if (path !== null) paths.push(path);
  }
  return paths;
}

/** The same text, as the value that the trees hold already: a hundred thousand of them weigh. */
function keptId(state: State, id: LocalId): LocalId {
  const known = state.trees.byLocalId.get(id);
  return (known === undefined ? undefined : state.trees.items.get(known)?.local?.id) ?? id;
}
