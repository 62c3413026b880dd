import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Event, seq } from '@tidemark/contracts';
import { initialState } from '@tidemark/engine';
import { lockEventLog, type LogLock } from '@tidemark/event-log';
import { expect, onTestFinished, test } from 'vitest';
import type { LockedLog } from '../open-run.ts';
import { createKeptLog } from './kept-log.ts';

async function keptLog() {
  const folder = mkdtempSync(join(tmpdir(), 'kept-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const counts = { locked: 0, read: 0 };
  const lock = (): Promise<LogLock> => {
    counts.locked += 1;
    return lockEventLog({ folder, clock: { now: () => 0 } });
  };
  const read = async (held: LogLock): Promise<LockedLog> => {
    counts.read += 1;
    return { log: await held.open(), state: initialState(), forget: null, notices: [] };
  };
  const kept = createKeptLog(await lock(), { lock, read });
  onTestFinished(() => kept.close());
  return { counts, kept };
}

const first = {
  ...{ seq: seq(1), at: 0, source: 'test', items: [] },
  event: { type: 'HintReceived', side: 'local', source: 'test' } satisfies Event,
};

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
  await expect(log.append([first])).rejects.toThrow('Cannot append');

  await kept.renew();
  await (await kept.opened()).log.append([first]);
  expect(counts).toEqual({ locked: 2, read: 2 });
});
