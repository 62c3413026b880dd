/** Looks at the two sides, one report at a time, so that users and other commands act in between. */
import type {
  CommandOf,
  DriveItemId,
  LocalListing,
  Observation,
  RemoteRow,
  RemoteTombstone,
} from '@tidemark/contracts';
import { localId } from '@tidemark/contracts';
import type { Chance } from './chance.ts';
import type { ModelWorld } from './model-world.ts';
import { root } from './model-world.ts';

/**
 * Rows come in any order, on any number of pages, some twice, and some as they were when the round began. A listing of
 * everything may leave out what changes while it goes on: the next round tells of that.
 */
export function* readRemote(
  world: ModelWorld,
  command: CommandOf<'ReadRemote'>,
  chance: () => Chance,
): Generator<Observation[]> {
  if (command.cursor !== null && world.cursorIsLost) {
    world.cursorIsLost = false;
    const failure = { code: 'resyncRequired', detail: 'resync required' } as const;
    yield [{ type: 'CommandFailed', command: command.id, failure }];
    return;
  }
  const { ids, cursor } = world.feed(command.cursor);
  const early = new Map(ids.map((id) => [id, world.feedRow(id)]));
  const pages = split(chance().shuffled(ids), chance);
  for (const [page, told] of pages.entries())
    yield [{ type: 'RemotePage', command: command.id, page, rows: rowsOf(told) }];
  yield [{ type: 'CommandSucceeded', command: command.id, look: { parts: pages.length, cursor } }];

  function rowsOf(page: readonly string[]): (RemoteRow | RemoteTombstone)[] {
    const rows = page.map((id) => {
      const old = early.get(id) ?? null;
      if (chance().oneIn(3)) return old;
      const isOnTheMove = command.cursor === null && world.changedSince(id, cursor);
      return isOnTheMove && chance().oneIn(2) ? null : (world.feedRow(id) ?? old);
    });
    return rows.filter((row) => row !== null);
  }
}

/** Each item as it is now. */
export function* readRemoteItems(
  world: ModelWorld,
  command: CommandOf<'ReadRemoteItems'>,
): Generator<Observation[]> {
  const answer = (id: DriveItemId) => world.feedRow(id) ?? { id, deleted: true as const };
  const rows = command.ids.map((id) => (world.tellsOfItems ? answer(id) : { id, unread: 'locked' }));
  yield [];
  yield [{ type: 'CommandSucceeded', command: command.id, look: { rows } }];
}

/** At least one page; a page may repeat an id of an earlier one. */
function split(ids: readonly string[], chance: () => Chance): string[][] {
  const pages: string[][] = [];
  for (let sent = 0; sent < ids.length || pages.length === 0;) {
    const size = ids.length - sent - chance().below(ids.length - sent);
    const page = ids.slice(sent, sent + size);
    const repeated = ids[chance().below(sent)];
    if (sent > 0 && repeated !== undefined && chance().oneIn(4)) page.push(repeated);
    pages.push(page);
    sent += Math.max(size, 1);
  }
  return pages;
}

/**
 * Folder by folder. What changed since it was listed is listed again, as the port promises; a folder that does so to the
 * end is unknown inside.
 */
export function* scanLocal(
  world: ModelWorld,
  command: CommandOf<'ScanLocal'>,
  chance: () => Chance,
): Generator<Observation[]> {
  const listed = new Map<string, { readonly path: string; readonly rows: string }>();
  const unreadable = new Map<string, string>();
  let parts = 0;
  yield* walk([{ id: root, path: '' }]);
  for (let round = 0; round < relistingsMax; round++) {
    const changed = [...listed].filter(([id, { path, rows }]) => rows !== rowsNow(id, path));
    for (const [id, { path }] of changed) {
      listed.delete(id);
      if (rowsNow(id, path) !== null) yield* walk([{ id, path }]);
      if (round === relistingsMax - 1) unreadable.set(id, path);
    }
  }
  for (const id of unreadable.keys()) world.hide(id);
  yield [
    {
      type: 'CommandSucceeded',
      command: command.id,
      look: {
        parts,
        unreadable: [...unreadable.keys()].map((id) => localId(id)),
        oddities: [...unreadable.values()].map((path) => ({ path, code: 'unreadable', detail: 'denied' })),
      },
    },
  ];

  function* walk(todo: { readonly id: string; readonly path: string }[]): Generator<Observation[]> {
    while (todo.length > 0) {
      const [folder] = todo.splice(chance().below(todo.length), 1);
      if (folder === undefined) break;
      if (folder.id !== root && chance().oneIn(20)) {
        unreadable.set(folder.id, folder.path);
        continue;
      }
      const listing = world.listing(folder.id, folder.path);
      // It moved: the folder that it left has changed, and so has the one that leads to it now.
      if (listing === null) continue;
      unreadable.delete(folder.id);
      listed.set(folder.id, { path: folder.path, rows: JSON.stringify(listing.rows) });
      for (const row of listing.rows) {
        const path = folder.path === '' ? row.name : `${folder.path}/${row.name}`;
        if (row.kind === 'folder' && listed.get(row.id)?.path !== path && !unreadable.has(row.id))
          todo.push({ id: row.id, path });
      }
      const { id, rows } = listing;
      const first = rows.length > 1 && chance().oneIn(4) ? chance().below(rows.length) : 0;
      if (first > 0) yield [part([{ id, rows: rows.slice(0, first), more: true }])];
      yield [part([{ id, rows: rows.slice(first) }])];
    }
  }

  function part(folders: LocalListing['folders']): LocalListing {
    return { type: 'LocalListing', command: command.id, part: parts++, folders };
  }

  function rowsNow(id: string, path: string): string | null {
    const listing = world.listing(id, path);
    return listing === null ? null : JSON.stringify(listing.rows);
  }
}

const relistingsMax = 3;
