import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordedEvent, seq } from '@tidemark/contracts';
import { lockEventLog, type LogLock, openEventLog } from '@tidemark/event-log';
import { expect, onTestFinished, test } from 'vitest';
import type { LockedLog } from '../open-run.ts';
import { createRulesFor } from '../rules-for.ts';
import { stateFromLog } from '../state-from-log.ts';
import { createKeptLog } from './kept-log.ts';

/** `notices`: what a log of so many events has to say. */
async function keptLog({ events = 0, notices = [] }: { events?: number; notices?: readonly string[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kept-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const counts = { locked: 0, read: 0 };
  const clock = { now: () => 0 };
  const before = await openEventLog({ folder, clock });
  if (events > 0) await before.append(Array.from({ length: events }, (_, index) => hint(index + 1)));
  await before.close();
  const lock = (): Promise<LogLock> => {
    counts.locked += 1;
    return lockEventLog({ folder, clock });
  };
  const read = async (held: LogLock): Promise<LockedLog> => {
    counts.read += 1;
    const log = await held.open();
    const { state } = await stateFromLog(log, createRulesFor());
    return { log, state, forget: null, unfinished: null, notices };
  };
  const kept = createKeptLog(await lock(), { lock, read });
  onTestFinished(() => kept.close());
  return { counts, kept };
}

const hint = (at: number): RecordedEvent => ({
  ...{ seq: seq(at), at: 0, source: 'test', items: [] },
  event: { type: 'HintReceived', side: 'local', source: 'test' },
});

test('a log that takes events is read once, however often a run could not begin', async () => {
  const { counts, kept } = await keptLog();
  for (let run = 0; run < 3; run += 1) {
    kept.keep(await kept.opened());
    await kept.renew();
  }
  expect(counts).toEqual({ locked: 1, read: 1 });
});

test('a log that has refused a batch is opened anew, and takes the next one', async () => {
  const { counts, kept } = await keptLog();
  const { log } = await kept.opened();
  // From here on it refuses everything, as after a batch that did not get onto the disk.
  await log.close();
  await expect(log.append([hint(1)])).rejects.toThrow('Cannot append');

  await kept.renew();
  await (await kept.opened()).log.append([hint(1)]);
  expect(counts).toEqual({ locked: 2, read: 2 });
});

test('a drive that cannot be reached keeps no start from being short: a snapshot needs no run', async () => {
  const { kept } = await keptLog({ events: 600 });
  const { log } = await kept.opened();
  expect(await log.latestSnapshot()).toBeNull();
  await kept.keepSnapshot(({ message }) => expect.fail(message));
  expect(await log.latestSnapshot()).toMatchObject({ seq: 600 });
  expect((await stateFromLog(log, createRulesFor())).tail).toBe(0);
});

test('a snapshot that saves little is not kept, nor one that would hide what the log has to say', async () => {
  for (const saysLittle of [
    { events: 100 },
    { events: 600, notices: ['NOTE: The undo ended in the middle'] },
  ]) {
    const { kept } = await keptLog(saysLittle);
    const { log } = await kept.opened();
    await kept.keepSnapshot(({ message }) => expect.fail(message));
    expect(await log.latestSnapshot()).toBeNull();
  }
});
