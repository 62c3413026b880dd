import { expect, test } from 'vitest';
import { createGroupCommit } from './group-commit.ts';
import { memoryStore } from './memory-store.ts';
import type { Store } from './store.ts';
import { beforeFirst } from './tail.ts';
import { sampleBatch } from './testing/sample-events.ts';
import type { Position, Witness } from './witness.ts';

interface Disk {
  /** Thrown by the next write, in the words of LevelDB or of Node. */
  fault: Error | undefined;
  readonly commits: number[];
  readonly witnessed: Position[];
}

function partsOn(disk: Disk): { readonly store: Store; readonly witness: Witness } {
  const store = memoryStore(new Map());
  return {
    store: {
      ...store,
      async commit(pairs) {
        if (disk.fault !== undefined) throw disk.fault;
        disk.commits.push(pairs.length);
        await store.commit(pairs);
      },
    },
    witness: {
      write: async (position) => void disk.witnessed.push(position),
      read: async () => ({ state: 'missing' }),
      close: async () => {},
    },
  };
}

const emptyDisk = (): Disk => ({ fault: undefined, commits: [], witnessed: [] });

test('shares one commit and one witness write among all appends that wait', async () => {
  const disk = emptyDisk();
  const { store, witness } = partsOn(disk);
  const commits = createGroupCommit(store, witness, beforeFirst, 1);
  await Promise.all(Array.from({ length: 100 }, (_, index) => commits.append(sampleBatch(index + 1, 1))));
  // The first goes alone, at once; each batch is one value and one index entry.
  expect(disk.commits).toEqual([2, 198]);
  expect(disk.witnessed.map(({ head, commit }) => ({ head, commit }))).toEqual([
    { head: 1, commit: 1 },
    { head: 100, commit: 2 },
  ]);
});

test.for([
  ['IO error: /x/000003.log: No space left on device', 'diskFull'],
  ['IO error: /x/000003.log: Disk quota exceeded', 'diskFull'],
  ['Unknown system error -122: Unknown system error -122, write', 'diskFull'],
  ['EROFS: read-only file system, write', 'diskReadOnly'],
  ['IO error: /x/000003.log: Input/output error', 'diskFault'],
] as const)(
  'after "%s" it fails with %s and takes nothing more, even when the disk is well again',
  async ([text, code]) => {
    const disk = emptyDisk();
    const { store, witness } = partsOn(disk);
    const commits = createGroupCommit(store, witness, beforeFirst, 1);
    await commits.append(sampleBatch(1, 1));
    disk.fault = new Error(text);
    const results = await Promise.allSettled([2, 3, 4].map((first) => commits.append(sampleBatch(first, 1))));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { code } });
    disk.fault = undefined;
    await expect(commits.append(sampleBatch(5, 1))).rejects.toMatchObject({ code });
    expect(commits.position.head).toBe(1);
    expect(disk.witnessed).toHaveLength(1);
  },
);
