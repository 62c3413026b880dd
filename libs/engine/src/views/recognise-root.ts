/**
 * Whether a folder whose identity says nothing is the sync folder that the state speaks of (I-10), by its content: what a
 * scan of it met is compared with what was agreed. A disk restored from a backup, a new disk and a cloned machine show a copy.
 */
import type { ItemId, LocalId, LocalRow, ScanBatch } from '@tidemark/contracts';
import { isSameStamp, rootItem } from '@tidemark/contracts';
import type { LocalEntry } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

export interface RootRecognition {
  /** `same`: the very files are there; `copy`: others with their size and time. */
  readonly verdict: 'same' | 'copy' | 'other';
  /** Items that both sides had agreed on. */
  readonly agreed: number;
  /** How many of them stand at their paths with their size and time. */
  readonly met: number;
}

export interface RootComparison {
  /** Folders as a scan lists them: parents before their children. */
  take(folders: ScanBatch['folders']): void;
  result(): RootRecognition;
}

/** So many of a hundred have to be there: users go on working between a backup and its return. */
const nearlyAll = 90;

export function compareRoot({ trees }: State, rootId: LocalId): RootComparison {
  /** Folders met, by their identity in the folder that is looked at. */
  const known = new Map<LocalId, ItemId>([[rootId, rootItem]]);
  const met = new Set<ItemId>();
  const identical = new Set<ItemId>();

  function takeRow(parent: ItemId, row: LocalRow): void {
    for (const id of trees.names.local.holders(parent, row.name)) {
      const item = trees.items.get(id);
      const entry = item?.local ?? null;
      if (item === undefined || entry === null || !isAlike(entry, row)) continue;
      if (row.kind === 'folder') known.set(row.id, id);
      if (item.synced === null) continue;
      met.add(id);
      if (entry.id === row.id && isSameStamp(entry.stamp, row.stamp)) identical.add(id);
    }
  }

  return {
    take(folders) {
      for (const { id, rows } of folders) {
        const parent = known.get(id);
        if (parent !== undefined) for (const row of rows) takeRow(parent, row);
      }
    },
    result() {
      let agreed = 0;
      for (const { id, synced, local } of trees.items.values())
        if (id !== rootItem && synced !== null && local !== null) agreed += 1;
      const isEnough = (count: number): boolean => count * 100 >= agreed * nearlyAll;
      // Where nothing was agreed no file can vouch for the folder, and what was seen in the one before is forgotten.
      const verdict = agreed > 0 && isEnough(identical.size) ? 'same' : isEnough(met.size) ? 'copy' : 'other';
      return { verdict, agreed, met: met.size };
    },
  };
}

function isAlike(entry: LocalEntry, row: LocalRow): boolean {
  if (entry.name !== row.name || entry.kind !== row.kind) return false;
  return row.kind === 'folder' || (entry.sizeBytes === row.sizeBytes && entry.modifiedAt === row.modifiedAt);
}
