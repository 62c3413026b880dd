import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { liveLong, type Month } from './long-log.ts';

const MEBIBYTE = 1_048_576;

test('a log of months keeps what there is room for, stays below its bound, and is no longer to start with', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-long-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const months: Month[] = [];
  const options = { months: 2, eventsPerDay: 1500, retentionDays: 10, sizeBytesMax: 3 * MEBIBYTE };
  for await (const month of liveLong({ ...options, folder: join(folder, 'log'), snapshotBytes: 50_000 }))
    months.push(month);
  expect(months.map(({ events }) => events)).toEqual([45_000, 90_000]);
  for (const { sizeBytes, tail } of months) {
    expect(sizeBytes).toBeLessThan(options.sizeBytesMax);
    expect(tail).toBe(1500);
  }
  // What was archived can be read as before for as long as there is room for it.
  expect(months[0]?.daysKept).toBe(30);
  expect(months[0]?.archives).toBeGreaterThan(0);
  expect(months[1]?.daysKept).toBeLessThan(60);
});
