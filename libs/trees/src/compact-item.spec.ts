import fc from 'fast-check';
import { driveItemId, itemId, localId, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { agree, setBase } from './base.ts';
import { storedEntries } from './compact-item.ts';
import type { Item, ItemEntries } from './item.ts';
import { addItem, createTrees } from './trees.ts';

const few = { parent: fc.constantFrom(itemId(0), itemId(7)), name: fc.constantFrom('a', 'ä b', 'A') };
const hash = fc.constantFrom(null, 'hash 1', 'hash 2');
const place = { ...few, seq: fc.nat(9).map(seq), sizeBytes: fc.constantFrom(0, 5), modifiedAt: fc.nat(2) };
const remote = fc.record(
  {
    ...place,
    ...{ id: fc.constant(driveItemId('R')), kind: fc.constantFrom('file', 'folder', 'opaque'), hash },
    ...{ eTag: fc.constantFrom('e1', 'e2'), cTag: fc.constantFrom(null, 'c1') },
    oddity: fc.constant('no version'),
  },
  {
    requiredKeys: ['id', 'parent', 'name', 'seq', 'sizeBytes', 'modifiedAt', 'kind', 'hash', 'eTag', 'cTag'],
  },
);
const local = fc.record({
  ...place,
  ...{ id: fc.constant(localId('L')), kind: fc.constantFrom('file', 'folder'), hash },
  stamp: fc.constantFrom('', 's1'),
});
const synced = fc.record({
  ...place,
  ...{ kind: fc.constantFrom('file', 'folder'), hash, remoteHash: hash },
  ...{ remoteTag: fc.constantFrom('e1', 'c1'), stamp: fc.constantFrom('', 's1') },
  localModifiedAt: fc.nat(2),
});

const items = fc.record({
  id: fc.constant(itemId(3)),
  remote: fc.option(remote),
  local: fc.option(local),
  synced: fc.option(synced),
});

const last = fc.record({
  remote: fc.option(fc.record({ id: fc.constantFrom(driveItemId('R1'), driveItemId('R2')) })),
  local: fc.option(local),
});

it('any item comes back as it was', () => {
  fc.assert(
    fc.property(items, last, fc.boolean(), (entries: ItemEntries, shownLast, isAgreed) => {
      const item = itemWith(entries);
      if (isAgreed) agree(item, seq(9));
      const text = JSON.stringify(item.stored(shownLast));
      const expected = item.isResting ? entriesOf(item) : { ...entriesOf(item), last: shownLast };
      expect(storedEntries(JSON.parse(text))).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

describe('an item in its small form', () => {
  it('shows what it showed before, whatever that was', () => {
    fc.assert(
      fc.property(items, (entries: ItemEntries) => {
        const item = itemWith(entries);
        item.rest();
        expect(entriesOf(item)).toEqual(entries);
      }),
      { numRuns: 2000 },
    );
    const item = agreedItem();
    expect(item.isResting).toBe(true);
    expect(entriesOf(item)).toMatchObject({ synced: { seq: 6, stamp: 's' }, local: { hash: 'h' } });
  });

  it('keeps the two others when one entry is set', () => {
    const item = agreedItem();
    const before = entriesOf(item);
    item.local = null;
    expect(item.isResting).toBe(false);
    expect(entriesOf(item)).toEqual({ ...before, local: null });
  });

  it('tells of a document that the service stored with other bytes', () => {
    const item = agreedItem();
    const { remote } = item;
    if (remote === null) throw new Error('The item lacks an entry');
    item.remote = { ...remote, hash: 'rewritten', sizeBytes: 6 };
    setBase(item, item.synced === null ? null : { ...item.synced, remoteHash: 'rewritten' });
    const before = entriesOf(item);
    item.rest();
    expect(item.isResting).toBe(true);
    expect(entriesOf(item)).toEqual(before);
  });
});

it('an item at rest is stored as little more than its remote entry', () => {
  const stored = agreedItem().stored({ remote: null, local: null });
  expect(stored).toEqual([3, 'R', 'L', 'a', '[1,0,5,2,"h",1,"e","c","s",[4,5,6]]']);
});

function itemWith({ id, remote, local, synced }: ItemEntries): Item {
  const item = addItem(createTrees(), id);
  item.remote = remote;
  item.local = local;
  setBase(item, synced);
  return item;
}

const entriesOf = ({ id, remote, local, synced }: Item): ItemEntries => ({ id, remote, local, synced });

function agreedItem(): Item {
  const shown = {
    parent: itemId(1),
    name: 'a',
    kind: 'file',
    sizeBytes: 5,
    hash: 'h',
    modifiedAt: 2,
  } as const;
  const item = itemWith({
    id: itemId(3),
    remote: { ...shown, id: driveItemId('R'), eTag: 'e', cTag: 'c', seq: seq(4) },
    local: { ...shown, id: localId('L'), stamp: 's', seq: seq(5) },
    synced: null,
  });
  agree(item, seq(6));
  return item;
}
