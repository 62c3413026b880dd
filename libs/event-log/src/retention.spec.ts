import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventLog, LogLimits } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';
import { readArchived } from './anchor.ts';
import { archivesInMemory } from './archive-files.ts';
import { anchorKey } from './keys.ts';
import { openLevelStore } from './level-store.ts';
import { readLogInPlace } from './log-in-place.ts';
import { logOnStore } from './log-on-store.ts';
import { createMemoryLogFiles, type MemoryLogFiles, openMemoryLog } from './memory-log.ts';
import { memoryStore } from './memory-store.ts';
import { beforeFirst, inspectTail } from './tail.ts';
import { sampleBatch } from './testing/sample-events.ts';
import { allEvents, collect, fillLog, openFor, scratchFolder } from './testing/sample-log.ts';
import { upcaster } from './upcast.ts';

const allIsOld: LogLimits = { olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax: 1 << 30 };
/** Room for some archives, so that the oldest are removed and others stay. */
const littleRoom: LogLimits = { ...allIsOld, sizeBytesMax: 9_000 };

/** Twelve batches, with a snapshot of the last event. */
async function filled(log: EventLog): Promise<void> {
  for (let batch = 0; batch < 12; batch += 1) await log.append(sampleBatch(log.head + 1, 5));
  await log.saveSnapshot(log.head, ['the state']);
}

/** A step that fails, before or after it reached the disk. `dies`: all that follow fail too. */
interface Fault {
  readonly step: number;
  readonly reached: boolean;
  readonly dies: boolean;
}

async function failingAt(files: MemoryLogFiles, { step, reached, dies }: Fault): Promise<EventLog> {
  let steps = 0;
  const mortal =
    <Arguments extends unknown[]>(write: (...given: Arguments) => Promise<void>) =>
    async (...given: Arguments): Promise<void> => {
      const fails = steps === step;
      const isDead = dies && steps > step;
      steps += 1;
      if (!isDead && (!fails || reached)) await write(...given);
      if (fails || isDead) throw new Error('IO error: No space left on device');
    };
  const store = memoryStore(files.kept);
  const archives = archivesInMemory(files.archives);
  return logOnStore({
    store: { ...store, commit: mortal(store.commit), remove: mortal(store.remove) },
    files: { ...archives, write: mortal(archives.write), remove: mortal(archives.remove) },
    archived: await readArchived(store),
    position: await inspectTail(store, files.witness, 'oneCommit'),
    witness: {
      read: async () => files.witness,
      async write(position) {
        files.witness = { state: 'found', position };
      },
      close: async () => {},
    },
    opening: { state: 'intact' },
    upcaster,
    onDamage: async () => expect.fail('nothing is damaged'),
    onClose: async () => {},
  });
}

test.for([
  ['before it reached the disk', false],
  ['after it reached the disk', true],
] as const)('a process that dies at any step of it, %s, leaves a log that is whole', async ([, reached]) => {
  let isDone = false;
  let steps = 0;
  for (; !isDone; steps += 1) {
    const files = createMemoryLogFiles();
    const before = await openMemoryLog(files);
    await filled(before);
    const written = await allEvents(before);
    await before.close();
    const dying = await failingAt(files, { step: steps, reached, dies: true });
    isDone = await dying.retain(littleRoom).then(
      () => true,
      () => false,
    );
    const after = await openMemoryLog(files);
    expect(after.opening, `step ${steps}`).toEqual({ state: 'intact' });
    expect(await after.verify(), `step ${steps}`).toMatchObject({ ok: true, head: 60 });
    expect(await allEvents(after)).toEqual(written.slice(after.first - 1));
    const snapshot = await after.latestSnapshot();
    expect(snapshot === null ? [] : await collect(snapshot.chunks)).toEqual(['the state']);
    await after.retain(littleRoom);
    expect(await after.verify()).toMatchObject({ ok: true, head: 60 });
    // What the dead process left behind is gone.
    const { archives } = await readArchived(memoryStore(files.kept));
    expect([...files.archives.keys()]).toEqual(
      archives.map(({ first, last }) => `events-${first}-${last}.archive`),
    );
    await after.close();
  }
  expect(steps).toBeGreaterThan(10);
});

test.for([
  ['did not reach the disk', false],
  ['reached the disk all the same', true],
] as const)(
  'a step of it that the disk refuses and that %s is no end: the next time goes on',
  async ([, reached]) => {
    let isDone = false;
    for (let step = 0; !isDone; step += 1) {
      const files = createMemoryLogFiles();
      const before = await openMemoryLog(files);
      await filled(before);
      const written = await allEvents(before);
      await before.close();
      const log = await failingAt(files, { step, reached, dies: false });
      isDone = await log.retain(littleRoom).then(
        () => true,
        () => false,
      );
      expect(await log.verify(), `step ${step}`).toMatchObject({ ok: true, head: 60 });
      expect(await allEvents(log)).toEqual(written.slice(log.first - 1));
      if (isDone) break;
      await log.append(sampleBatch(61, 1));
      await log.retain(littleRoom);
      expect(await log.verify()).toMatchObject({ ok: true, head: 61 });
      await log.close();
    }
  },
);

/** A log on disk, most of it in archives. */
async function archivedLog(limits = allIsOld): Promise<string> {
  const folder = join(await scratchFolder(), 'log');
  const log = await openFor(folder);
  await filled(log);
  await log.retain(limits);
  await log.close();
  return folder;
}

const archivesOf = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(folder, 'archive'))).map((name) => join(folder, 'archive', name));

test('an archive is a small part of what its events took', async () => {
  const folder = join(await scratchFolder(), 'log');
  const log = await openFor(folder);
  for (let batch = 0; batch < 40; batch += 1) {
    const events = sampleBatch(log.head + 1, 50);
    await log.append(events.map((event) => ({ ...event, event: { type: 'Woke' as const } })));
  }
  await log.saveSnapshot(log.head, ['the state']);
  await log.retain(allIsOld);
  const [archive = ''] = await archivesOf(folder);
  expect((await stat(archive)).size).toBeLessThan(JSON.stringify(await allEvents(log)).length / 10);
});

test('a flipped byte in an archive is no hindrance for a start, and whoever reads or verifies it is told which', async () => {
  const folder = await archivedLog();
  const [archive = ''] = await archivesOf(folder);
  const file = await open(archive, 'r+');
  await file.write(Buffer.of(0xff, 0xfe), 0, 2, 500);
  await file.close();
  const log = await openFor(folder);
  expect(log.opening).toEqual({ state: 'intact' });
  const reader = await readLogInPlace(folder);
  const says = expect.stringContaining('events-1-55.archive has other bytes than were written');
  expect(await reader.verify()).toEqual({ ok: false, at: 1, detail: says });
  await expect(allEvents(reader)).rejects.toMatchObject({ code: 'logDamaged', message: says });
  expect(await collect(reader.read({ from: seq(56) }))).toHaveLength(1);
  await reader.close();
});

test('a reader begins behind archives that were taken away, and misses one in the middle', async () => {
  const folder = await archivedLog({ ...allIsOld, sizeBytesMax: 200_000 });
  const archives = (await archivesOf(folder)).toSorted(
    (one, other) => Number(/-(\d+)\.archive$/.exec(one)?.[1]) - Number(/-(\d+)\.archive$/.exec(other)?.[1]),
  );
  expect(archives.length).toBeGreaterThan(2);
  await rm(archives[0] ?? '');
  const later = await readLogInPlace(folder);
  expect(later.first).toBeGreaterThan(1);
  expect((await allEvents(later))[0]?.seq).toBe(later.first);
  expect(await later.verify()).toMatchObject({ ok: true, head: 60 });
  await later.close();
  await rm(archives[2] ?? '');
  const broken = await readLogInPlace(folder);
  await expect(allEvents(broken)).rejects.toThrow('.archive is missing');
  await broken.close();
});

test.for([
  ['is no record', 'nonsense'],
  ['names no event', '{"head":"1"}'],
  ['names another event', undefined],
] as const)('an anchor that %s is damage, told at the opening', async ([, value]) => {
  const folder = await archivedLog();
  const store = await openLevelStore(join(folder, 'log'), false);
  const stored = (await store.get(anchorKey))?.toString() ?? '';
  const altered = value ?? stored.replace('"head":55', '"head":50');
  expect(altered).not.toBe(stored);
  await store.commit([{ key: anchorKey, value: Buffer.from(altered) }]);
  await store.close();
  const log = await openFor(folder);
  expect(log.opening).toMatchObject({ state: 'damaged' });
  const keptAt = log.opening.state === 'damaged' ? log.opening.keptAt : '';
  // The archives belong to what was put aside.
  expect((await readdir(keptAt)).sort()).toEqual(['archive', 'checked', 'head', 'log']);
});

test('a log whose batches do not follow the chain of the anchor is damaged', async () => {
  const folder = await archivedLog();
  const store = await openLevelStore(join(folder, 'log'), false);
  const stored = (await store.get(anchorKey))?.toString() ?? '';
  const other = stored.replace(/"chain":"[0-9a-f]{64}"/, `"chain":"${'0'.repeat(64)}"`);
  await store.commit([{ key: anchorKey, value: Buffer.from(other) }]);
  await store.close();
  expect((await openFor(folder)).opening.state).toBe('damaged');
});

test('readers in place read all of it, each time whole, while batches move and archives go', async () => {
  const folder = join(await scratchFolder(), 'log');
  const log = await openFor(folder);
  let writing = true;
  const writer = (async () => {
    while (writing) {
      for (let batch = 0; batch < 10; batch += 1) await log.append(sampleBatch(log.head + 1, 50));
      await log.saveSnapshot(log.head, ['x'.repeat(20_000)]);
      await log.retain({ ...allIsOld, sizeBytesMax: 1 << 22 });
    }
  })();
  try {
    for (let round = 0; round < 5 || log.first === 1; round += 1) {
      const reader = await readLogInPlace(folder);
      expect(reader.opening.state).toMatch(/^(new|intact)$/);
      const read = await allEvents(reader);
      const first = read[0]?.seq ?? 1;
      // The oldest archives may go between opening and reading.
      expect(first).toBeGreaterThanOrEqual(reader.first);
      expect(read.length).toBe(reader.head - first + 1);
      expect(await reader.verify()).toMatchObject({ ok: true, head: reader.head });
      await reader.close();
    }
  } finally {
    writing = false;
    await writer;
  }
});

test('a start finds an event in an archive and one in the store by the same index', async () => {
  const folder = join(await scratchFolder(), 'log');
  const events = await fillLog(folder, 20);
  const log = await openFor(folder);
  await log.saveSnapshot(seq(60), ['the state after event 60']);
  await log.retain(allIsOld);
  expect(await collect(log.history(itemId(3)))).toEqual(
    events.filter(({ items }) => items.includes(itemId(3))),
  );
});

test('events that are removed while a reader waits for its turn are gone as wanted, which is no damage', async () => {
  const files = createMemoryLogFiles();
  files.witness = { state: 'found', position: beforeFirst };
  const log = await openMemoryLog(files);
  await filled(log);
  const waiting = log.read({ from: seq(1) });
  await log.retain(littleRoom);
  expect(log.first).toBeGreaterThan(1);
  await expect(collect(waiting)).rejects.toMatchObject({
    code: 'changedMeanwhile',
    message: expect.stringContaining('they were removed from the log meanwhile'),
  });
  expect(files.damaged).toBeUndefined();
  // Who asks for them now asks for what the log has not had for long.
  await expect(collect(log.read({ from: seq(1) }))).rejects.toThrow('Cannot trust the event log');
});
