/**
 * A run that goes on with many items and nothing to do: processor, memory and requests over some minutes. Before that both
 * sides are equal, or the disk is empty and everything is brought to it while it is watched.
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '@tidemark/graph-simulator';
import { cpuSecondsOf } from '../measure.ts';
import { median } from '../median.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { startLive } from './live-run.ts';
import { peakMebibytes, residentMebibytes } from './process-cost.ts';

const lookEveryMs = 1_000;
const modifiedAt = '2024-05-06T07:08:09Z';
/** The shortest that can be set. */
const pollSeconds = 300;

export async function idle(options: Options, say: (line: string) => void): Promise<void> {
  const { flavour, dist, base, profileFolder, minutes, empty } = options;
  const rows: string[][] = [];
  for (const items of options.items) {
    const folders = Math.max(1, Math.floor(items / 100));
    const paths = Array.from(
      { length: items - folders },
      (_, index) => `folder ${index % folders}/file ${index}.txt`,
    );
    const startedAt = performance.now();
    const run = await startLive({
      ...{ channel: options.channels[0] ?? 'webhook', dist, base, profileFolder },
      config: { monitor_interval: String(pollSeconds) },
      service: {
        flavour,
        tree: paths.map((path) => ({ path: `/${path}`, content: '', modifiedAt })),
      },
      prepare: (syncFolder) => {
        if (empty) return;
        for (let index = 0; index < folders; index += 1) mkdirSync(join(syncFolder, `folder ${index}`));
        for (const path of paths) {
          writeFileSync(join(syncFolder, path), '');
          utimesSync(join(syncFolder, path), new Date(modifiedAt), new Date(modifiedAt));
        }
      },
    });
    try {
      const { simulator, pid } = run;
      say(
        `${items.toLocaleString('en')} items, ${empty ? 'brought to an empty disk' : 'equal on both sides'}: ready after ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ` +
          `${cpuSecondsOf(pid).toFixed(1)} s of processor and ${peakMebibytes(pid).toFixed(0)} MiB at most; requests: ${requests(simulator)}`,
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
      rows.push([
        items.toLocaleString('en'),
        (seconds / 60).toFixed(1),
        cpu.toFixed(2),
        `${((cpu / seconds) * 100).toFixed(2)} %`,
        ...[resident[0] ?? 0, median(resident), Math.max(...resident), resident.at(-1) ?? 0].map(
          (mebibytes) => mebibytes.toFixed(0),
        ),
        requests(simulator),
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

const requests = (simulator: Simulator): string =>
  Object.entries(simulator.counters().byKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
