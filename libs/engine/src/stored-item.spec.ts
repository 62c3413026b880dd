import fc from 'fast-check';
import { driveItemId, itemId, localId, seq } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { agree } from '@tidemark/trees';
import { expect, it } from 'vitest';
import { restoredItem, storedItem } from './stored-item.ts';

const few = { parent: fc.constantFrom(itemId(0), itemId(7)), name: fc.constantFrom('a', 'ä b', 'A') };
const hash = fc.constantFrom(null, 'hash 1', 'hash 2');
const place = { ...few, seq: fc.nat(9).map(seq), sizeBytes: fc.constantFrom(0, 5), modifiedAt: fc.nat(2) };
const remote = fc.record({
  ...place,
  ...{ id: fc.constant(driveItemId('R')), kind: fc.constantFrom('file', 'folder', 'opaque'), hash },
  ...{ eTag: fc.constantFrom('e1', 'e2'), cTag: fc.constantFrom(null, 'c1') },
});
const local = fc.record({
  ...place,
  ...{ id: fc.constant(localId('L')), kind: fc.constantFrom('file', 'folder'), hash },
  stamp: fc.constantFrom('', 's1'),
});
const synced = fc.record({
  ...place,
  ...{ kind: fc.constantFrom('file', 'folder'), hash, remoteHash: hash },
  ...{ remoteTag: fc.constantFrom('e1', 'c1'), stamp: fc.constantFrom('', 's1') },
});

const items = fc.record({
  id: fc.constant(itemId(3)),
  remote: fc.option(remote),
  local: fc.option(local),
  synced: fc.option(synced),
});

it('any item comes back as it was', () => {
  fc.assert(
    fc.property(items, fc.boolean(), (item: Item, isAgreed) => {
      if (isAgreed) agree(item, seq(9));
      const text = JSON.stringify(storedItem(item));
      expect(restoredItem(JSON.parse(text))).toEqual(item);
    }),
    { numRuns: 2000 },
  );
});

it('an item at rest is little more than its remote entry', () => {
  const shown = {
    parent: itemId(1),
    name: 'a',
    kind: 'file',
    sizeBytes: 5,
    hash: 'h',
    modifiedAt: 2,
  } as const;
  const item: Item = {
    id: itemId(3),
    remote: { ...shown, id: driveItemId('R'), eTag: 'e', cTag: 'c', seq: seq(4) },
    local: { ...shown, id: localId('L'), stamp: 's', seq: seq(5) },
    synced: null,
  };
  agree(item, seq(6));
  expect(storedItem(item)).toEqual([3, ['R', 1, 'a', 'file', 5, 'h', 2, 'e', 'c', 4], ['L', 's', 5, 0], [6]]);
});
