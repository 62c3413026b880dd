/**
 * The lies of a drive: answers that are well formed and not true, or not true yet. A real service gives each of them now and
 * then. The drive asks whether it lies at each place where a lie would make a difference.
 */
import type { DriveItemId, RemoteRow } from '@tidemark/contracts';
import { type DriveItems, type DriveNode, foldedName } from './drive-items.ts';
import { rowOfNode } from './drive-rows.ts';

/** Every lie by name, and what it looks like. */
export const driveLies = {
  'listing-lacks-item': 'a full listing leaves an item out, and no later change tells of it',
  'listing-empty': 'a full listing is empty and ends with a link that works',
  'feed-size-wrong': 'the feed tells a wrong size; a read by id tells the right one',
  'feed-hash-wrong': 'the feed tells a wrong hash; a read by id tells the right one',
  'size-always-wrong': 'the feed and every read tell the same wrong size',
  'hash-always-wrong': 'the feed and every read tell the same wrong hash',
  'hash-missing': 'a row comes without its hash',
  'delta-lags': 'the feed does not know the newest changes yet',
  'item-lags': 'a read by id shows an item as it was before its last change',
  'child-lags': 'a read by name shows the folder as it was before the last change of that child',
  'time-not-kept': 'the service keeps a time of its own in place of the one that was set',
  'full-folder-stays': 'the deletion of a folder that has content is refused',
} as const satisfies Record<string, string>;

export type DriveLie = keyof typeof driveLies;

/** @param about an item's id; empty for the whole drive. A lie that is told always must be answered alike for one id. */
export type LiesNow = (lie: DriveLie, about: string) => boolean;

export interface DriveLies {
  lies: LiesNow;
  /** The row that is told of an item. */
  told(node: DriveNode, form: 'item' | 'feed'): RemoteRow;
  /** What a read by id shows: null when the item is gone. */
  itemShown(id: DriveItemId): RemoteRow | null;
  /** What a read by name shows. */
  childShown(parentId: DriveItemId, name: string): RemoteRow | null;
  /** How many of the newest changes the feed does not know yet. */
  lag(): number;
}

const lagMax = 4;

export function createDriveLies(items: DriveItems, lies: LiesNow): DriveLies {
  const { kind } = items.info;

  return {
    lies,
    told,
    itemShown(id) {
      const node = items.find(id);
      const known = node ?? items.removed(id);
      if (known !== undefined && known.before !== null && lies('item-lags', id)) return staleRow(known);
      return node === undefined ? null : told(node, 'item');
    },
    childShown(parentId, name) {
      const parent = items.find(parentId);
      if (parent === undefined) return null;
      const node = items.child(parent, name);
      const { newest } = items;
      const concerns =
        newest === node ||
        (newest.before?.parent === parent && foldedName(newest.before.name) === foldedName(name));
      if (concerns && lies('child-lags', newest.id)) {
        const was = newest.before;
        const isHere = was !== null && was.parent === parent && foldedName(was.name) === foldedName(name);
        return isHere ? staleRow(newest) : null;
      }
      return node === undefined ? null : told(node, 'item');
    },
    lag() {
      let lag = 0;
      while (lag < lagMax && lies('delta-lags', '')) lag += 1;
      return lag;
    },
  };

  function told(node: DriveNode, form: 'item' | 'feed'): RemoteRow {
    const row = rowOfNode(node, kind, form);
    if (row.kind !== 'file') return row;
    const { id } = node;
    const always = lies('size-always-wrong', id);
    const sizeIsWrong = always || (form === 'feed' && lies('feed-size-wrong', id));
    if (sizeIsWrong) return { ...row, sizeBytes: row.sizeBytes + 7 };
    if (row.hash === null) return row;
    if (lies('hash-always-wrong', id) || (form === 'feed' && lies('feed-hash-wrong', id)))
      return { ...row, hash: wrong(row.hash) };
    return lies('hash-missing', id) ? { ...row, hash: null } : row;
  }

  function staleRow(node: DriveNode): RemoteRow {
    return rowOfNode({ ...node, ...node.before, removed: false }, kind, 'item');
  }
}

/** Another one for each content. */
const wrong = (hash: string): string => `${hash.startsWith('A') ? 'B' : 'A'}${hash.slice(1)}`;
