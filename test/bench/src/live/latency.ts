/**
 * How soon a change on one side is on the other: one change at a time, each seen through to the last byte before the next.
 * Both ends are in this process, so nothing is asked for: the drive says when it holds a version, the kernel when a file
 * has its name.
 */
import { readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Options } from '../options.ts';
import { median, percentile } from '../median.ts';
import { markdownTable } from '../table.ts';
import { startLive, type Channel, type LiveRun } from './live-run.ts';

/** Whether the change feed tells where to fetch the content; without it the client asks for the address. */
type Address = 'in the feed' | 'asked for';

/** The client is at rest again before the next change: what follows a transfer is not part of it. Milliseconds. */
const restMs = 60;
const warmUps = 10;
const fileBytes = 4096;
const name = (index: number): string => `file ${index % 20}.bin`;

export async function latency(options: Options, say: (line: string) => void): Promise<void> {
  const rows: string[][] = [];
  for (const latencyMs of options.latenciesMs)
    for (const channel of options.channels)
      for (const address of ['in the feed', 'asked for'] as const)
        rows.push(...(await measured(options, channel, latencyMs, address)));
  say('');
  say(
    markdownTable(
      ['latency ms', 'channel', 'download URL', 'from → to', 'median ms', '95 % ms', 'requests'],
      rows,
      4,
    ),
  );
}

async function measured(
  options: Options,
  channel: Channel,
  latencyMs: number,
  address: Address,
): Promise<string[][]> {
  const { flavour, dist, base, profileFolder } = options;
  const run = await startLive({
    ...{ channel, dist, base, profileFolder },
    service: {
      flavour,
      settings: {
        ...{ latencyMs, notificationDelayMs: 0 },
        downloadUrlSelect: address === 'in the feed' ? 'both' : 'neither',
      },
      tree: Array.from({ length: 20 }, (_, index) => ({ path: `/${name(index)}`, content: 'first' })),
    },
  });
  try {
    const row = (what: string, times: readonly number[], requests: string): string[] => [
      ...[String(latencyMs), channel, address, what],
      ...[median(times).toFixed(1), percentile(times, 95).toFixed(1), requests],
    ];
    const down = await remoteChanges(run, options.changes);
    const rows = [
      row('remote change → bytes on disk', down.fromChange, down.requests),
      row('notification → bytes on disk', down.fromNotification, down.requests),
    ];
    if (address === 'asked for') return rows;
    const inPlace = await localSaves(run, options.changes, 'in place');
    const renamed = await localSaves(run, options.changes, 'renamed over');
    return [
      ...rows,
      row('save in place → version on the drive', inPlace.times, inPlace.requests),
      row('save by rename → version on the drive', renamed.times, renamed.requests),
    ];
  } finally {
    await run.stop();
  }
}

const contentOf = (round: number): string => `${round} `.padEnd(fileBytes, '.');

export async function remoteChanges(
  { simulator, syncFolder }: LiveRun,
  changes: number,
): Promise<{ fromChange: number[]; fromNotification: number[]; requests: string }> {
  const drive = simulator.drive();
  const fromChange: number[] = [];
  const fromNotification: number[] = [];
  for (let round = 0; round < changes + warmUps; round += 1) {
    if (round === warmUps) simulator.resetCounters();
    await delay(restMs);
    const content = contentOf(round);
    const arrived = contentIn(syncFolder, name(round), content);
    let notifiedAt = Number.NaN;
    simulator.onNotification(() => {
      if (Number.isNaN(notifiedAt)) notifiedAt = performance.now();
    });
    const changedAt = performance.now();
    drive.modify(`/${name(round)}`, content);
    const seenAt = await arrived;
    if (round < warmUps) continue;
    fromChange.push(seenAt - changedAt);
    fromNotification.push(seenAt - notifiedAt);
  }
  await delay(restMs);
  return { fromChange, fromNotification, requests: requestsOf(simulator, changes) };
}

/** When the file has exactly this content under its name. */
function contentIn(folder: string, file: string, content: string): Promise<number> {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_, changed) => {
      if (changed !== file || readFileSync(join(folder, file), 'utf8') !== content) return;
      resolve(performance.now());
      watcher.close();
    });
  });
}

export async function localSaves(
  { simulator, syncFolder }: LiveRun,
  changes: number,
  way: 'in place' | 'renamed over',
): Promise<{ times: number[]; requests: string }> {
  const { model } = simulator.drive();
  const inform = model.onChange;
  const times: number[] = [];
  for (let round = 0; round < changes + warmUps; round += 1) {
    if (round === warmUps) simulator.resetCounters();
    await delay(restMs + simulator.settings().latencyMs * 4);
    const content = `${way} ${contentOf(round)}`;
    const committed = new Promise<number>((resolve) => {
      model.onChange = (item) => {
        inform(item);
        if (item.name === name(round) && item.sizeBytes === content.length) resolve(performance.now());
      };
    });
    const path = join(syncFolder, name(round));
    const savedAt = performance.now();
    if (way === 'in place') writeFileSync(path, content);
    else {
      writeFileSync(`${path}~`, content);
      renameSync(`${path}~`, path);
    }
    const seenAt = await committed;
    if (round >= warmUps) times.push(seenAt - savedAt);
  }
  model.onChange = inform;
  await delay(restMs);
  return { times, requests: requestsOf(simulator, changes) };
}

/** By kind, for one change. */
function requestsOf(simulator: LiveRun['simulator'], changes: number): string {
  return Object.entries(simulator.counters().byKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${(count / changes).toFixed(2)}`)
    .join(', ');
}
