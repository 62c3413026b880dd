/**
 * The scan of the disk under way: what of it says something new, and what it did not meet. Whether that is gone is for the fold to
 * say, after a second look.
 */
import type {
  CommandOf,
  Event,
  ItemId,
  LocalId,
  LocalListing,
  LocalOddity,
  LocalRow,
  ScanEnd,
} from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import { isLocalNews, itemOf, pathOf } from '@tidemark/trees';
import { missedBy } from './parts.ts';
import { mountsWithoutFolder } from '../fold/mounts.ts';
import { placementOf } from '../fold/lost-placement.ts';
import type { State } from '../fold/state.ts';

/** What a scan has met. */
export class Scanned {
  readonly seen = new Set<LocalId>();
  readonly listed = new Set<LocalId>();
  /** Folders that no look met before: what is in them may not have been told. */
  readonly newFolders: LocalId[] = [];
  /** News of a folder whose listing goes on in the next part, to be told at its end. */
  readonly recent: LocalRow[] = [];
  readonly strangers: LocalRow[] = [];
  /** The folder whose listing goes on in the next part. */
  unfinished: LocalId | null = null;
  /** Its listing is not the first one of this look: the folder changed meanwhile. */
  isRelisting = false;
  /** News of folders that were listed again, in order. */
  readonly relisted: LocalId[] = [];
}

export function scanEnded(
  state: State,
  command: CommandOf<'ScanLocal'>,
  end: ScanEnd,
  { seen, listed, newFolders, relisted }: Scanned,
): Event {
  const { mounts = [] } = end;
  const unknown = unknownOnDisk(state, end);
  const ended = {
    ...{ type: 'LocalScanCompleted' as const, command: command.id },
    ...(mounts.length > 0 && { mounts }),
  };
  if (command.folders === null) {
    const oddities = [...end.oddities, ...mountsWithoutFolder(state, end)];
    // What the scan could not see is unknown.
    const unseen = missedBy(command, state.trees.byLocalId, seen, (item) =>
      unknown.has(item) ? null : itemOf(state.trees, item).local,
    );
    const isFirst = state.local.lastAt === null;
    addReplaced(state, relisted, unseen);
    return { ...ended, unseen, ...((isFirst || !isSame(oddities, state.local.oddities)) && { oddities }) };
  }
  const unseen = unseenInFolders(state, listed, seen, unknown);
  addReplaced(state, relisted, unseen);
  const notListed = newFolders.filter((folder) => !listed.has(folder));
  const more = notListed.length > 0 && { newFolders: pathsOf(state, notListed) };
  const { oddities } = end;
  const news = isAmong(oddities, state.local.oddities) ? {} : { oddities };
  return { ...ended, unseen, ...news, partial: true, ...more };
}

const isSame = (some: readonly LocalOddity[], others: readonly LocalOddity[]): boolean =>
  some.length === others.length && isAmong(some, others);

function isAmong(some: readonly LocalOddity[], all: readonly LocalOddity[]): boolean {
  if (some.length === 0) return true;
  const known = new Set(all.map((one) => JSON.stringify(one)));
  return some.every((one) => known.has(JSON.stringify(one)));
}

/** Known items come first in each folder: a new file inherits an item's name only if that item was not simply renamed. */
export function scanNews(state: State, met: Scanned, folders: LocalListing['folders']): Event[] {
  const { recent, strangers } = met;
  const news: LocalRow[] = [];
  for (const { id, rows, more } of folders) {
    if (met.unfinished !== id) met.isRelisting = met.listed.has(id);
    met.unfinished = more === true ? id : null;
    met.listed.add(id);
    for (const row of rows) {
      met.seen.add(keptId(state, row.id));
      if (!isLocalNews(state.trees, row) && placementOf(state, row) === null) continue;
      if (met.isRelisting) met.relisted.push(row.id);
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

const pathsOf = ({ trees }: State, folders: readonly LocalId[]): string[] =>
  folders.flatMap((folder) => {
    const id = trees.byLocalId.get(folder);
    return (id === undefined ? null : pathOf(trees, itemOf(trees, id), 'local')) ?? [];
  });

/** The same text, as the value that the trees hold already: a hundred thousand of them weigh. */
function keptId(state: State, id: LocalId): LocalId {
  const known = state.trees.byLocalId.get(id);
  return (known === undefined ? undefined : state.trees.items.get(known)?.local?.id) ?? id;
}

/**
 * What should be directly inside these folders and was not met, with everything below it. A look into a few folders finds what is
 * new; what it misses may be anywhere else, so only a complete scan can tell.
 */
export function unseenInFolders(
  { trees }: State,
  listed: ReadonlySet<LocalId>,
  seen: ReadonlySet<LocalId>,
  unknown: UnknownOnDisk,
): LocalId[] {
  const unseen = new Set<LocalId>();
  const addMissed = (folder: ItemId): void => {
    for (const child of trees.names.local.children(folder)) {
      const id = trees.items.get(child)?.local?.id;
      // Between two parts of a scan folders may be in each other.
      if (id === undefined || seen.has(id) || unknown.has(child) || unseen.has(id)) continue;
      unseen.add(id);
      addMissed(child);
    }
  };
  for (const id of listed) {
    const folder = trees.byLocalId.get(id);
    if (folder !== undefined) addMissed(folder);
  }
  return [...unseen];
}

/**
 * The disk holds one entry of a name. What the first listing of a folder met where the second one met another file is not there any
 * more, wherever it is by now, and counts as missed.
 */
function addReplaced({ trees }: State, relisted: readonly LocalId[], unseen: LocalId[]): void {
  const order = new Map(relisted.map((id, index) => [id, index]));
  for (const id of order.keys()) {
    const known = trees.byLocalId.get(id);
    const entry = known === undefined ? null : itemOf(trees, known).local;
    if (entry === null) continue;
    for (const other of trees.names.local.holders(entry.parent, entry.name)) {
      const { local } = itemOf(trees, other);
      if (local === null || local.id === id || local.name !== entry.name || unseen.includes(local.id))
        continue;
      const isTold = local.seq === entry.seq && (order.get(local.id) ?? -1) > (order.get(id) ?? -1);
      if (local.seq <= entry.seq && !isTold) unseen.push(local.id);
    }
  }
}

/** Items that the look could not tell of: folders that it could not read, and names that something holds that is not synced (a link, a device), with everything below them. */
type UnknownOnDisk = ReadonlySet<ItemId>;

function unknownOnDisk({ trees }: State, { unreadable, oddities }: ScanEnd): UnknownOnDisk {
  const unknown = new Set<ItemId>();
  for (const id of unreadable) addWithin(trees, trees.byLocalId.get(id), unknown);
  for (const { holds } of oddities) {
    const folder = holds === undefined ? undefined : trees.byLocalId.get(holds.folder);
    if (folder === undefined || holds === undefined) continue;
    for (const item of trees.names.local.holders(folder, holds.name))
      if (trees.items.get(item)?.local?.name === holds.name) addWithin(trees, item, unknown);
  }
  return unknown;
}

function addWithin(trees: Trees, item: ItemId | undefined, into: Set<ItemId>): void {
  if (item === undefined || into.has(item)) return;
  into.add(item);
  for (const child of trees.names.local.children(item)) addWithin(trees, child, into);
}
