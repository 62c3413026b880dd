/**
 * What it costs that our plugins run in processes of their own: latency of one change and throughput of many, beside the client in
 * one process, in turns on the same machine.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../median.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { localSaves, remoteChanges } from './latency.ts';
import { startLive, type LiveRun } from './live-run.ts';
import { allPlugins } from './plugin-line.ts';

const forms = ['one process', 'eight processes'] as const;
type Form = (typeof forms)[number];

const figures = ['remote change → disk, ms', 'save → drive, ms', 'files down, 1/s', 'files up, 1/s'] as const;
type Figure = (typeof figures)[number];

const names = Array.from({ length: 20 }, (_, index) => `/file ${index}.bin`);

export async function processes(options: Options, say: (line: string) => void): Promise<void> {
  const found = new Map<string, number[]>();
  const add = (form: Form, figure: Figure, value: number): void => {
    const key = `${form} ${figure}`;
    found.set(key, [...(found.get(key) ?? []), value]);
  };
  for (let round = 0; round < options.runs; round += 1)
    for (const form of forms)
      for (const [figure, value] of Object.entries(await measured(options, form)))
        add(form, figure as Figure, value);
  const of = (form: Form, figure: Figure): number => median(found.get(`${form} ${figure}`) ?? []);
  say('');
  say(
    markdownTable(
      ['', ...forms, 'difference', 'ratio'],
      figures.map((figure) => {
        const [one, eight] = [of('one process', figure), of('eight processes', figure)];
        return [
          figure,
          ...[one, eight, eight - one].map((value) => value.toFixed(1)),
          (eight / one).toFixed(2),
        ];
      }),
      1,
    ),
  );
}

async function measured(options: Options, form: Form): Promise<Readonly<Record<Figure, number>>> {
  const { flavour, dist, base, profileFolder, changes, files } = options;
  const run = await startLive({
    ...{ channel: 'webhook', dist, base, profileFolder },
    service: {
      flavour,
      settings: { latencyMs: options.latenciesMs[0] ?? 0, notificationDelayMs: 0, downloadUrlSelect: 'both' },
      tree: names.map((path) => ({ path, content: 'first' })),
    },
    ...(form === 'eight processes' && { processes: allPlugins }),
  });
  try {
    const down = await remoteChanges(run, changes);
    // A file that was downloaded a moment ago excuses one event of the watcher.
    await delay(excusedMs);
    const up = await localSaves(run, changes, 'renamed over');
    return {
      'remote change → disk, ms': median(down.fromChange),
      'save → drive, ms': median(up.times),
      'files down, 1/s': files / (await allDown(run, files)),
      'files up, 1/s': files / (await allUp(run, files)),
    };
  } finally {
    await run.stop();
  }
}

const bytes = Buffer.alloc(4096, 'x');
const restMs = 1_000;
const excusedMs = 6_000;

/** Seconds until as many new files of the drive are on disk. */
async function allDown({ simulator, syncFolder }: LiveRun, count: number): Promise<number> {
  await delay(restMs);
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1)
    simulator.drive().create(`/down ${index % 20}/${index}.bin`, `${index} ${bytes.toString()}`);
  for (;;) {
    const found = readdirSync(syncFolder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && /\/down \d+$/.test(entry.parentPath),
    ).length;
    if (found >= count) return (performance.now() - startedAt) / 1000;
    await delay(100);
  }
}

/** Seconds until as many new files of the disk are on the drive. */
async function allUp({ simulator, syncFolder }: LiveRun, count: number): Promise<number> {
  await delay(restMs);
  const { model } = simulator.drive();
  const inform = model.onChange;
  let arrived = 0;
  const all = Promise.withResolvers<void>();
  model.onChange = (item) => {
    inform(item);
    if (/^up \d+\.bin$/.test(item.name) && ++arrived === count) all.resolve();
  };
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const folder = join(syncFolder, `up ${index % 20}`);
    if (index < 20) mkdirSync(folder);
    writeFileSync(join(folder, `up ${index}.bin`), Buffer.concat([Buffer.from(`${index} `), bytes]));
  }
  await all.promise;
  model.onChange = inform;
  return (performance.now() - startedAt) / 1000;
}
