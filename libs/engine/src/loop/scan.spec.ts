import type { ItemId } from '@tidemark/contracts';
import { driveItemId, itemId, localId, seq } from '@tidemark/contracts';
import { createItem, setLocal, setRoots } from '@tidemark/trees';
import { expect, test } from 'vitest';
import type { State } from '../fold/state.ts';
import { initialState } from '../fold/state.ts';
import { unseenInFolders } from './scan.ts';

/** A look found `a` inside `b`, and has not come to where `b` is by now. */
function inEachOther(): { state: State; a: ItemId; b: ItemId } {
  const state = initialState();
  const { trees } = state;
  const items = [createItem(trees), createItem(trees)] as const;
  for (const [index, item] of items.entries())
    setLocal(trees, item, {
      ...{ id: localId(`${index + 7}~`), parent: itemId(items[1 - index]?.id ?? 0), name: 'folder' },
      ...{ kind: 'folder', sizeBytes: 0, hash: null, modifiedAt: 0, stamp: '', seq: seq(1) },
    });
  return { state, a: items[0].id, b: items[1].id };
}

test('of two folders in each other each is missed once', () => {
  const { state } = inEachOther();
  const unseen = unseenInFolders(state, new Set([localId('7~')]), new Set(), new Set());
  expect(unseen.sort()).toEqual([localId('7~'), localId('8~')]);
});

test('two folders in each other both lose their numbers when the root has one of them now', () => {
  const { state, a, b } = inEachOther();
  setRoots(state.trees, driveItemId('root'), localId('7~'), seq(2));
  expect([a, b].map((id) => state.trees.items.get(id)?.local?.id)).toEqual([`7~?${a}`, `8~?${b}`]);
});
