import { driveItemId, type ItemId, type LocalRow, localId, type RemoteRow, seq } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { observeLocal } from './observe-local.ts';
import { observeRemote } from './observe-remote.ts';
import { restoreItem } from './restore-item.ts';
import { setRoots } from './roots.ts';
import { createTrees, pathOf, type Trees } from './trees.ts';

const shown = { sizeBytes: 3, hash: 'h', modifiedAt: 1 };

it('every index finds the items of a snapshot, those at rest and the others', () => {
  const trees = createTrees();
  setRoots(trees, driveItemId('root'), localId('root'), seq(1));
  const folder = { name: 'Photos', kind: 'folder', ...shown, sizeBytes: 0, hash: null } as const;
  see(trees, { ...folder, id: 'folder', parentId: 'root' });
  see(trees, { ...shown, id: 'file', parentId: 'folder', name: 'Ä b.jpg', kind: 'file' });
  observeRemote(
    trees,
    remoteRow({ ...shown, id: 'new', parentId: 'folder', name: 'new', kind: 'file' }),
    seq(3),
  );

  const restored = createTrees();
  for (const item of trees.items.values())
    restoreItem(restored, JSON.parse(JSON.stringify(item.stored({ remote: null, local: null }))));

  expect([...restored.items.values()].filter(({ isResting }) => isResting)).toHaveLength(2);
  expect(factsOf(restored)).toEqual(factsOf(trees));
});

type Shown = Pick<RemoteRow, 'name' | 'sizeBytes' | 'hash' | 'modifiedAt'> &
  Pick<LocalRow, 'kind'> & { readonly id: string; readonly parentId: string };

const remoteRow = ({ id, parentId, ...row }: Shown): RemoteRow => ({
  ...{ ...row, id: driveItemId(id), parentId: driveItemId(parentId), eTag: `e-${id}`, cTag: null },
});

/** The same on both sides. */
function see(trees: Trees, row: Shown): void {
  observeRemote(trees, remoteRow(row), seq(2));
  const place = { id: localId(row.id), parentId: localId(row.parentId) };
  observeLocal(trees, { ...row, ...place, stamp: row.kind === 'folder' ? '' : 's' }, seq(2));
}

function factsOf(trees: Trees) {
  const { items, byRemoteId, byLocalId, names } = trees;
  const held = (id: ItemId) => [[...names.remote.children(id)], [...names.local.children(id)]];
  return {
    ...{ byRemoteId, byLocalId, held: [...items.keys()].map(held) },
    entries: [...items.values()].map(({ id, remote, local, synced }) => ({ id, remote, local, synced })),
    paths: [...items.values()].map((item) => [pathOf(trees, item, 'remote'), pathOf(trees, item, 'local')]),
  };
}
