/**
 * The start of a daemon that has much of its log to read, as after kill -9 before any snapshot was kept; and with a snapshot, after an
 * orderly end and after a kill.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createRulesFor, stateFromLog } from '@tidemark/daemon';
import { serialise } from '@tidemark/engine';
import { openEventLog } from '@tidemark/event-log';
import { cpuSecondsOf } from '../measure.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { writeHistory } from './history.ts';
import { ended, logOf, prepare, reported, startDaemon } from './log-only-daemon.ts';
import { peakMebibytes } from './process-cost.ts';

export async function start(options: Options, say: (line: string) => void): Promise<void> {
  const { base, dist, events, items } = options;
  const rows: string[][] = [];
  for (const files of items) {
    const folder = await mkdtemp(join(base, 'tidemark-start-'));
    try {
      const logFolder = await prepare(folder);
      const count = await writeHistory({ folder: logFolder, files, events });
      rows.push([files.toLocaleString('en'), count.toLocaleString('en'), ...(await measure(folder, dist))]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const times = [
    ...['log MiB', 'answers after s', 'has read after s', 'MiB at most', 'ends after SIGTERM, s'],
    ...['with a snapshot: after an orderly end, s', 'its CPU s', 'after a kill, s', 'its CPU s'],
  ];
  say('');
  say(markdownTable(['files', 'events', ...times], rows));
}

/** No run begins without a service, and only a run keeps one. */
async function keepSnapshot(folder: string): Promise<void> {
  const log = await openEventLog({ folder, clock: { now: () => 0 } });
  const { state } = await stateFromLog(log, createRulesFor());
  await log.saveSnapshot(state.seq, serialise(state));
  await log.close();
}

async function measure(folder: string, dist: string): Promise<string[]> {
  const logBytes = await sizeOf(join(logOf(folder), 'log'));
  const seconds = (sinceMs: number): string => ((performance.now() - sinceMs) / 1000).toFixed(1);
  const daemon = (): ChildProcess => startDaemon(folder, dist);

  const first = daemon();
  const startedAt = performance.now();
  await reported(folder, first, () => true);
  const answered = seconds(startedAt);
  await reported(folder, first, ({ reading }) => reading === null);
  const read = seconds(startedAt);
  const peak = peakMebibytes(first.pid ?? 0).toFixed(0);
  await ended(first, 'SIGKILL');

  const second = daemon();
  await reported(folder, second, ({ reading }) => (reading?.of ?? null) !== null);
  const stoppedAt = performance.now();
  await ended(second, 'SIGTERM');
  const stopped = seconds(stoppedAt);

  const untilRead = async (signal: NodeJS.Signals): Promise<readonly [wall: string, cpu: string]> => {
    const begunAt = performance.now();
    const child = daemon();
    await reported(folder, child, ({ reading }) => reading === null);
    const cost = [seconds(begunAt), cpuSecondsOf(child.pid ?? 0).toFixed(1)] as const;
    await ended(child, signal);
    return cost;
  };
  await keepSnapshot(logOf(folder));
  // It checks the files once, so that the next start need not.
  await untilRead('SIGTERM');
  const afterEnd = await untilRead('SIGKILL');
  const afterKill = await untilRead('SIGKILL');
  return [(logBytes / 2 ** 20).toFixed(0), answered, read, peak, stopped, ...afterEnd, ...afterKill];
}

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder)) sum += (await stat(join(folder, name))).size;
  return sum;
}
