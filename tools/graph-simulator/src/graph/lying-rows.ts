import { pathOf, type SimulatedItem } from '../model/simulated-item.ts';
import type { World } from '../server/world.ts';
import type { ItemJson } from './drive-item-json.ts';

/** The row as it is told, with the lies that hold for it. */
export function toldRow(
  { lies }: World,
  item: SimulatedItem,
  json: ItemJson,
  rows: 'listed' | 'all',
): ItemJson {
  if (lies.list().length === 0 || item.parent === undefined) return json;
  const path = pathOf(item);
  const told = { ...json };
  if (item.removed) {
    if (lies.tell('unsaidDeletion', path, rows) !== undefined) delete told['deleted'];
    return told;
  }
  if (item.kind === 'file') {
    if (lies.tell('wrongSize', path, rows) !== undefined) told['size'] = item.sizeBytes + 7;
    if (lies.tell('wrongHash', path, rows) !== undefined)
      told['file'] = { hashes: { quickXorHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAE=' } };
  }
  if (lies.tell('noTag', path, rows) !== undefined) {
    delete told['eTag'];
    delete told['cTag'];
  }
  if (lies.tell('noClientTime', path, rows) !== undefined) delete told['fileSystemInfo'];
  if (lies.tell('yearOne', path, rows) !== undefined) told['fileSystemInfo'] = at('0001-01-01T00:00:00Z');
  if (lies.tell('year9999', path, rows) !== undefined) told['fileSystemInfo'] = at('9999-12-31T23:59:59Z');
  return told;
}

/** A listing of everything that lacks the item, although it is there. */
export function isKeptBack({ lies }: World, item: SimulatedItem): boolean {
  if (item.parent === undefined || lies.list().length === 0) return false;
  return lies.tell('missingRows', pathOf(item)) !== undefined;
}

const at = (time: string): ItemJson => ({ createdDateTime: time, lastModifiedDateTime: time });
