import { cp, open, readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFiles } from './check-files.ts';
import { takeCheckedTables } from './checked-tables.ts';
import { lockEventLog, openEventLog } from './open-event-log.ts';
import { allEvents, clock, fillLog, scratchFolder } from './testing/sample-log.ts';

const none: ReadonlySet<string> = new Set();

/** A log in tables, closed in order. */
async function closedLog(): Promise<string> {
  const folder = join(await scratchFolder(), 'log');
  await fillLog(folder, 40);
  // The first opening turns the write-ahead file into a table, the second one checks it.
  await (await openEventLog({ folder, clock })).close();
  await setTimes(folder);
  await (await openEventLog({ folder, clock })).close();
  return folder;
}

const tablesOf = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(folder, 'log'))).filter((name) => name.endsWith('.ldb'));

/** Always the same ones. */
async function setTimes(folder: string): Promise<void> {
  for (const name of await tablesOf(folder))
    await utimes(join(folder, 'log', name), 1_700_000_000, 1_700_000_000);
}

/** Flips a byte of each table. */
async function damageTables(folder: string): Promise<void> {
  for (const name of await tablesOf(folder)) {
    const file = await open(join(folder, 'log', name), 'r+');
    await file.write(Buffer.of(0xff, 0xfe, 0xfd), 0, 3, 100);
    await file.close();
  }
}

const identitiesOf = async (folder: string): Promise<ReadonlySet<string>> =>
  new Set((await checkFiles(folder, true, none)).tables);

test('a log that was closed in order remembers each table that was checked, and the next opening takes the list', async () => {
  const folder = await closedLog();
  const tables = await tablesOf(folder);
  expect(tables).not.toEqual([]);
  const known = await identitiesOf(folder);
  const log = await openEventLog({ folder, clock });
  // A process that is killed from here on leaves no list behind.
  expect(await readdir(folder)).not.toContain('checked');
  await log.close();
  expect(await takeCheckedTables(folder)).toEqual(new Set([...known, '']));
  expect(await takeCheckedTables(folder)).toEqual(none);
});

test('a table that was checked is not read again, and any other one is', async () => {
  const folder = await closedLog();
  await damageTables(folder);
  const damaged = new Set<string>();
  for (const name of await tablesOf(folder)) {
    const { size, mtimeNs, ctimeNs, ino } = await stat(join(folder, 'log', name), { bigint: true });
    damaged.add(`${name} ${size} ${mtimeNs} ${ctimeNs} ${ino}`);
  }
  // Nothing but the list says that these bytes are right.
  expect((await checkFiles(folder, true, damaged)).tables).toEqual([...damaged]);
  await expect(checkFiles(folder, true, none)).rejects.toThrow('is damaged');
});

test.for([
  ['was written to', damageTables],
  [
    'was written to, and got its times back',
    async (folder: string) => {
      await damageTables(folder);
      await setTimes(folder);
    },
  ],
] as const)('a table that %s is read again', async ([, alter]) => {
  const folder = await closedLog();
  await alter(folder);
  const log = await openEventLog({ folder, clock });
  expect(log.opening).toMatchObject({ state: 'damaged', detail: expect.stringContaining('.ldb is damaged') });
  await log.close();
});

test('a log that was copied is read as a whole, since its tables are other files', async () => {
  const folder = await closedLog();
  const copy = join(await scratchFolder(), 'log');
  await cp(folder, copy, { recursive: true });
  await damageTables(copy);
  const log = await openEventLog({ folder: copy, clock });
  expect(log.opening.state).toBe('damaged');
  await log.close();
});

test('a list of no sense costs nothing but a reading', async () => {
  const folder = await closedLog();
  const file = await open(join(folder, 'checked'), 'w');
  await file.write('000005.ldb 12\n\0\0\0');
  await file.close();
  const log = await openEventLog({ folder, clock });
  expect(log.opening).toEqual({ state: 'intact' });
  expect(await allEvents(log)).toHaveLength(200);
  await log.close();
});

test('an opening that is told to stop ends between two tables, and the next one is as if it had not been', async () => {
  const folder = await closedLog();
  await damageTables(folder);
  const lock = await lockEventLog({ folder, clock });
  await expect(lock.open(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  const log = await lock.open();
  expect(log.opening).toMatchObject({ state: 'damaged' });
  await log.close();
});
