/** A run that goes on with many items and nothing to do: processor, memory and requests over some minutes. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from '../measure.ts';
import { median } from '../median.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { startLive } from './live-run.ts';
import { peakMebibytes, residentMebibytes } from './process-cost.ts';

const lookEveryMs = 1_000;
/** The shortest that can be set. */
const pollSeconds = 300;

export async function idle(options: Options, say: (line: string) => void): Promise<void> {
  const { flavour, dist, base, profileFolder, minutes } = options;
  const rows: string[][] = [];
  for (const items of options.items) {
    const folders = Math.max(1, Math.floor(items / 100));
    const startedAt = performance.now();
    const run = await startLive({
      ...{ channel: options.channels[0] ?? 'webhook', dist, base, profileFolder },
      config: { monitor_interval: String(pollSeconds) },
      service: {
        flavour,
        tree: Array.from({ length: items - folders }, (_, index) => ({
          path: `/folder ${index % folders}/file ${index}.txt`,
          content: '',
          modifiedAt: '2024-05-06T07:08:09Z',
        })),
      },
    });
    try {
      const { simulator, pid } = run;
      say(
        `${items.toLocaleString('en')} items: the first sync took ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ` +
          `${cpuSecondsOf(pid).toFixed(1)} s of processor and ${peakMebibytes(pid).toFixed(0)} MiB at most`,
      );
      // What follows a first sync is not idling yet.
      await delay(30_000);
      simulator.resetCounters();
      const [cpuBefore, begunAt] = [cpuSecondsOf(pid), performance.now()];
      const resident: number[] = [];
      while (performance.now() - begunAt < minutes * 60_000) {
        await delay(lookEveryMs);
        resident.push(residentMebibytes(pid));
      }
      const seconds = (performance.now() - begunAt) / 1000;
      const cpu = cpuSecondsOf(pid) - cpuBefore;
      const { byKind } = simulator.counters();
      rows.push([
        items.toLocaleString('en'),
        (seconds / 60).toFixed(1),
        cpu.toFixed(2),
        `${((cpu / seconds) * 100).toFixed(2)} %`,
        ...[resident[0] ?? 0, median(resident), Math.max(...resident), resident.at(-1) ?? 0].map(
          (mebibytes) => mebibytes.toFixed(0),
        ),
        Object.entries(byKind)
          .filter(([, count]) => count > 0)
          .map(([kind, count]) => `${kind} ${count}`)
          .join(', '),
      ]);
      for (const { at, kind } of simulator.requestLog()) say(`${at.slice(11, 19)} ${kind}`);
    } finally {
      await run.stop();
    }
  }
  say('');
  say(
    markdownTable(
      [
        ...['items', 'minutes', 'CPU s', 'of a core', 'MiB at first', 'median', 'highest', 'at last'],
        `requests, polling every ${pollSeconds} s`,
      ],
      rows,
    ),
  );
}
