/** The scan of the disk under way: what it has met, and what of it says something new. */
import type { CommandOf, Event, LocalId, LocalListing, LocalRow, ScanEnd } from '@tidemark/contracts';
import { isLocalNews, itemOf, pathOf } from '@tidemark/trees';
import { unknownOnDisk, unseenByScan, unseenInFolders } from './absence.ts';
import { mountsWithoutFolder } from '../fold/mounts.ts';
import type { State } from '../fold/state.ts';

/** What a scan has met. */
export interface Scanned {
  readonly seen: Set<LocalId>;
  readonly listed: Set<LocalId>;
  /** Folders that no look met before: what is in them may not have been told. */
  readonly newFolders: LocalId[];
  /** News of a folder whose listing goes on in the next part, to be told at its end. */
  readonly recent: LocalRow[];
  readonly strangers: LocalRow[];
}

export const nothingScanned = (): Scanned => ({
  ...{ seen: new Set(), listed: new Set() },
  ...{ newFolders: [], recent: [], strangers: [] },
});

export function scanEnded(
  state: State,
  command: CommandOf<'ScanLocal'>,
  end: ScanEnd,
  { seen, listed, newFolders }: Scanned,
): Event {
  const { oddities, mounts = [] } = end;
  const unknown = unknownOnDisk(state, end);
  const ended = {
    ...{ type: 'LocalScanCompleted' as const, command: command.id, oddities },
    ...(mounts.length > 0 && { mounts }),
  };
  if (command.folders === null) {
    const unseen = unseenByScan(state, command, seen, unknown);
    return { ...ended, unseen, oddities: [...oddities, ...mountsWithoutFolder(state, end)] };
  }
  const unseen = unseenInFolders(state, listed, seen, unknown);
  const notListed = newFolders.filter((folder) => !listed.has(folder));
  const more = notListed.length > 0 && { newFolders: pathsOf(state, notListed) };
  return { ...ended, unseen, partial: true, ...more };
}

/** Known items come first in each folder: a new file inherits an item's name only if that item was not simply renamed. */
export function scanNews(state: State, met: Scanned, folders: LocalListing['folders']): Event[] {
  const { recent, strangers } = met;
  const news: LocalRow[] = [];
  for (const { id, rows, more } of folders) {
    met.listed.add(id);
    for (const row of rows) {
      met.seen.add(keptId(state, row.id));
      if (!isLocalNews(state.trees, row)) continue;
      const known = state.trees.byLocalId.get(row.id);
      if (known !== undefined) (itemOf(state.trees, known).synced === null ? recent : news).push(row);
      else {
        strangers.push(row);
        if (row.kind === 'folder') met.newFolders.push(row.id);
      }
    }
    if (more === true) continue;
    for (const row of recent.splice(0)) news.push(row);
    for (const row of strangers.splice(0)) news.push(row);
  }
  const events: Event[] = [];
  for (let start = 0; start < news.length; start += eventRowsMax)
    events.push({ type: 'LocalSeen', rows: news.slice(start, start + eventRowsMax) });
  return events;
}

/** A folder of any size may be new: what one event holds must fit into a message. */
const eventRowsMax = 2000;

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
