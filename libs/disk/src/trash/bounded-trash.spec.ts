import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PrunedFile } from '@tidemark/contracts';
import { expect, onTestFinished, test } from 'vitest';
import type { PruningOptions } from '../index.ts';
import {
  createTemporaryDisk,
  filesBelow,
  rowAt,
  stagedWith,
  type TemporaryDisk,
} from '../testing/temporary-disk.ts';
import { entryBytes } from './choose.ts';
import { pathKey } from './path-key.ts';

const day = '2026-11-28';
const unbounded = {
  ...{ keepMs: Infinity, sizeMax: Infinity, forSpace: false, stepSize: 500 },
  underWay: () => [],
  record: async () => {},
} as const satisfies PruningOptions;

/** A file as `trashPlace` would have put it there. @returns its path in the trash */
function plant({ state }: TemporaryDisk, number: number, path: string, sizeBytes: number): string {
  const operation = `${day}/${pathKey(path)}${number.toString(16).padStart(16, '0')}`;
  mkdirSync(join(state, 'trash', operation), { recursive: true });
  writeFileSync(join(state, 'trash', operation, 'x'), Buffer.alloc(sizeBytes));
  return `${operation}/x`;
}

const inTrash = ({ state }: TemporaryDisk): string[] =>
  [...filesBelow(join(state, 'trash')).keys()].filter((path) => !path.startsWith('.'));

test('what is deleted or replaced is known in the trash by the path that it had', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  mkdirSync(join(root, 'folder'));
  for (const name of ['deleted', 'replaced']) writeFileSync(join(root, 'folder', name), name);
  const { trash } = await disk.remove('folder/deleted', 'file', await rowAt(disk, 'folder/deleted'));
  expect(trash).toContain(`/${pathKey('folder/deleted')}`);
  const staged = await stagedWith(disk, 'key', 'new');
  const expected = await rowAt(disk, 'folder/replaced');
  await staged.place('folder/replaced', { expected, keepAs: null, modifiedAt: 1 });
  const operations = readdirSync(join(state, 'trash', trash?.slice(0, 10) ?? ''));
  expect(operations.some((name) => name.startsWith(pathKey('folder/replaced')))).toBe(true);
  expect(disk.trashed()).toEqual({ files: 2, sizeBytes: 'deleted'.length + 'replaced'.length });
});

test('bytes that the drive has not stay above the bound and where space is short, known by their path all the same', async () => {
  await using temporary = await createTemporaryDisk({ reservedBytes: Number.MAX_SAFE_INTEGER });
  const { disk, root } = temporary;
  for (const name of ['alone', 'online']) writeFileSync(join(root, name), name);
  const { trash } = await disk.remove('alone', 'file', await rowAt(disk, 'alone'), { isOnlyCopy: true });
  await disk.remove('online', 'file', await rowAt(disk, 'online'));
  await disk.pruneTrash({ ...unbounded, sizeMax: 1, forSpace: true });
  expect(inTrash(temporary)).toEqual([trash]);
  expect([...(await disk.inTrash(['alone'])).values()]).toMatchObject([[{ trash, sizeBytes: 5 }]]);
  for await (const bytes of (await disk.readTrash(trash ?? '')).open(0))
    expect(`${Buffer.from(bytes)}`).toBe('alone');
});

test('what a program goes on writing into the file in the trash stays as well', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  const trash: (string | null)[] = [];
  for (const name of ['written', 'touched']) {
    writeFileSync(join(root, name), name);
    trash.push((await disk.remove(name, 'file', await rowAt(disk, name))).trash);
  }
  const [written, touched] = trash.map((place) => join(state, 'trash', place ?? ''));
  for (const file of [written, touched]) utimesSync(dirname(file ?? ''), 1, 1);
  writeFileSync(written ?? '', ' to since', { flag: 'a' });
  utimesSync(touched ?? '', 1, 1);
  await disk.pruneTrash({ ...unbounded, sizeMax: 1 });
  expect(inTrash(temporary)).toEqual([trash[0]]);
});

test('[20,000 entries] the bound holds after each look, whatever came meanwhile, and what goes was recorded', async () => {
  const memory = mkdtempSync('/dev/shm/tidemark-trash-');
  onTestFinished(() => rmSync(memory, { recursive: true }));
  await using temporary = await createTemporaryDisk({
    ...{ root: join(memory, 'root'), stateFolder: join(memory, 'state') },
  });
  const { disk } = temporary;
  const kept = 500;
  const sizeMax = kept * (10 + entryBytes);
  const planted: string[] = [];
  const recorded: PrunedFile[] = [];
  const comesIn = (count: number): void => {
    for (let more = 0; more < count; more++)
      planted.push(plant(temporary, planted.length, `file ${planted.length}`, 10));
  };
  let came = 0;
  for (const count of [10_000, 5000, 2500, 1000, 500]) {
    comesIn(count);
    came = 0;
    await disk.pruneTrash({
      ...unbounded,
      sizeMax,
      async record(files) {
        recorded.push(...files);
        // So much comes while it works.
        if (planted.length < 20_000) {
          comesIn(50);
          came += 50;
        }
      },
    });
    expect(inTrash(temporary).length).toBeLessThanOrEqual(kept + came);
  }
  comesIn(20_000 - planted.length);
  expect(
    (await disk.pruneTrash({ ...unbounded, sizeMax, record: async (files) => void recorded.push(...files) }))
      .left,
  ).toBe(kept);
  const left = new Set(inTrash(temporary));
  expect(left.size).toBe(kept);
  expect(planted.filter((path) => !left.has(path)).toSorted()).toEqual(
    recorded.map(({ trash }) => trash).toSorted(),
  );
  expect(new Set(recorded.map(({ why }) => why))).toEqual(new Set(['full']));
});

test('everything else goes on while it works', async () => {
  await using temporary = await createTemporaryDisk();
  for (let number = 0; number < 1000; number++) plant(temporary, number, `${number}`, 1);
  let isOver = false;
  let turns = 0;
  const pruning = temporary.disk.pruneTrash({ ...unbounded, sizeMax: 1 }).finally(() => (isOver = true));
  while (!isOver) {
    await setImmediate();
    turns += 1;
  }
  await pruning;
  expect(inTrash(temporary)).toEqual([]);
  // It pauses after so many that it looked at, and that it removed.
  expect(turns).toBeGreaterThanOrEqual(1000 / 200 + 1000 / 10);
});

test('what was put away for an operation that is under way stays, also when it begins while others are recorded', async () => {
  await using temporary = await createTemporaryDisk();
  const [under, one, other] = ['under way', 'one', 'other'].map((path, number) =>
    plant(temporary, number, path, 1),
  );
  const underWay = ['under way'];
  await temporary.disk.pruneTrash({
    ...unbounded,
    ...{ sizeMax: 1, stepSize: 1, underWay: () => underWay },
    record: async ([file]) => void underWay.push(file?.trash === one ? 'other' : 'one'),
  });
  expect(inTrash(temporary)).toHaveLength(2);
  expect(inTrash(temporary)).toContain(under);
  expect([one, other].filter((path) => inTrash(temporary).includes(path ?? ''))).toHaveLength(1);
  await temporary.disk.pruneTrash({ ...unbounded, sizeMax: 1 });
  expect(inTrash(temporary)).toEqual([]);
});

test('a file that is written to, or gone, after it was recorded is left alone', async () => {
  await using temporary = await createTemporaryDisk();
  const path = plant(temporary, 0, 'x', 1);
  const before = statSync(join(temporary.state, 'trash', path)).ctimeMs;
  const record = async (): Promise<void> => {
    const file = join(temporary.state, 'trash', path);
    while (Math.floor(statSync(file).ctimeMs) === Math.floor(before)) writeFileSync(file, 'saved');
  };
  expect((await temporary.disk.pruneTrash({ ...unbounded, sizeMax: 1, record })).files).toBe(0);
  expect(inTrash(temporary)).toEqual([path]);
});

test('a file that has another name elsewhere frees nothing, so it does not go for space', async () => {
  await using temporary = await createTemporaryDisk({ reservedBytes: Number.MAX_SAFE_INTEGER });
  const linked = plant(temporary, 0, 'linked', 1000);
  linkSync(join(temporary.state, 'trash', linked), join(temporary.parent, 'elsewhere'));
  plant(temporary, 1, 'alone', 1000);
  const recorded: PrunedFile[] = [];
  expect(temporary.disk.isSpaceShort()).toBe(true);
  await temporary.disk.pruneTrash(unbounded);
  expect(inTrash(temporary)).toHaveLength(2);
  const record = async (files: readonly PrunedFile[]): Promise<void> => void recorded.push(...files);
  await temporary.disk.pruneTrash({ ...unbounded, forSpace: true, record });
  expect(inTrash(temporary)).toEqual([linked]);
  expect(recorded).toMatchObject([{ sizeBytes: 1000, pathKey: pathKey('alone'), why: 'space' }]);
});

test('what is mounted into the trash stays, although it looks like ours', async () => {
  await using temporary = await createTemporaryDisk();
  const foreign = join(temporary.parent, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'precious'), 'precious');
  const operation = join(temporary.state, 'trash', day, '0123456789abcdef');
  mkdirSync(operation, { recursive: true });
  execFileSync('mount', ['--bind', foreign, operation]);
  try {
    const ours = plant(temporary, 0, 'ours', 1);
    await temporary.disk.pruneTrash({ ...unbounded, sizeMax: 1 });
    expect(inTrash(temporary)).not.toContain(ours);
    expect(readdirSync(foreign)).toEqual(['precious']);
  } finally {
    execFileSync('umount', [operation]);
  }
});

/** A file system of 4 MiB that holds everything of the disk. */
async function diskOnSmallFileSystem(reservedBytes = 0) {
  const folder = mkdtempSync('/dev/shm/tidemark-small-');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    execFileSync('rmdir', [folder]);
  });
  const places = { root: join(folder, 'root'), stateFolder: join(folder, 'state') };
  return { folder, temporary: await createTemporaryDisk({ ...places, reservedBytes }) };
}

test('a download that found too little space has the oldest of the trash make room for it', async () => {
  const { temporary } = await diskOnSmallFileSystem(500_000);
  await using here = temporary;
  const { disk } = here;
  for (let number = 0; number < 10; number += 1) plant(here, number, `file ${number}`, 200_000);
  const forSpace = { ...unbounded, forSpace: true };
  expect(disk.isSpaceShort()).toBe(false);
  await expect(disk.stage('download', 2_500_000)).rejects.toMatchObject({ details: { code: 'diskFull' } });
  expect([disk.isSpaceShort(), disk.wantedBytes()]).toEqual([true, 2_500_000]);
  await disk.pruneTrash(forSpace);
  // 4 MiB hold the download, the reserve, and five of the ten.
  expect(inTrash(here)).toHaveLength(5);
  await (await disk.stage('download', 2_500_000)).discard();
  expect([disk.isSpaceShort(), disk.wantedBytes()]).toEqual([false, 0]);

  await expect(disk.stage('too large for ever', 5_000_000)).rejects.toMatchObject({
    details: { code: 'diskFull' },
  });
  await disk.pruneTrash(forSpace);
  expect(inTrash(here)).toHaveLength(5);
});

test('on a full disk nothing counts as overdue, and the bound holds all the same', async () => {
  const { folder, temporary: opened } = await diskOnSmallFileSystem();
  await using temporary = opened;
  const first = plant(temporary, 0, 'first', 100_000);
  await temporary.disk.pruneTrash(unbounded);
  // Times of the file system come in ticks, and files of one tick, or of one millisecond, are equally old.
  const tick = join(folder, 'tick');
  const changedAt = Math.floor(statSync(join(temporary.state, 'trash', first)).ctimeMs);
  do writeFileSync(tick, '');
  while (Math.floor(statSync(tick).ctimeMs) <= changedAt);
  const second = plant(temporary, 1, 'second', 100_000);
  expect(() => writeFileSync(join(folder, 'filler'), Buffer.alloc(8 << 20))).toThrow('ENOSPC');
  await temporary.disk.pruneTrash({ ...unbounded, keepMs: 0 });
  expect(inTrash(temporary).toSorted()).toEqual([first, second].toSorted());
  await temporary.disk.pruneTrash({ ...unbounded, sizeMax: 110_000 });
  expect(inTrash(temporary)).toEqual([second]);
});
