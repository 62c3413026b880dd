import { mkdtemp, rm } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { liveLong, type Month } from './long-log.ts';

const MEBIBYTE = 1_048_576;

test('a life of months keeps what there is room for, in log and trash, and is no longer to start with', async () => {
  const folder = await mkdtemp('/dev/shm/tidemark-long-log-');
  onTestFinished(() => rm(folder, { recursive: true }));
  const months: Month[] = [];
  const options = {
    ...{ months: 2, daysPerMonth: 30, files: 200, eventsPerDay: 300 },
    ...{ retentionDays: 10, sizeBytesMax: 0.75 * MEBIBYTE },
    ...{ trashDays: 20, trashBytesMax: MEBIBYTE, deletedPerHour: 0 },
  };
  for await (const month of liveLong({ ...options, folder })) months.push(month);
  for (const { month, events, sizeBytes, afterEnd, afterKill, trash } of months) {
    expect(events).toBeGreaterThanOrEqual(month * 30 * options.eventsPerDay);
    expect(sizeBytes).toBeLessThan(options.sizeBytesMax);
    // So many changes are worth a snapshot, and an hour of them may have come since.
    expect(afterEnd.tail).toBeLessThan(6000);
    expect(afterKill.tail).toBe(afterEnd.tail);
    expect(trash.sizeBytes).toBeLessThan(options.trashBytesMax);
    // One of each hour of the last day, and one of each day before.
    expect(trash.versions).toBeGreaterThan(24 + 18);
    expect(trash.versions).toBeLessThan(24 + 24);
  }
  // What was archived can be read as before for as long as there is room for it.
  expect(months[0]?.daysKept).toBeGreaterThan(options.retentionDays);
  expect(months[0]?.archives).toBeGreaterThan(0);
  expect(months[1]?.daysKept).toBeLessThan(60);
}, 120_000);
