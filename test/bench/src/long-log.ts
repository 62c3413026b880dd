/** An event log that lives for months in minutes: what it takes on disk, and how soon it is open again. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { driveItemId, itemId, seq } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import type { Options } from './options.ts';
import { markdownTable } from './table.ts';

export interface LongLogOptions {
  readonly folder: string;
  readonly months: number;
  readonly eventsPerDay: number;
  readonly retentionDays: number;
  readonly sizeBytesMax: number;
  /** Of each snapshot. */
  readonly snapshotBytes: number;
}

/** At the end of a month. */
export interface Month {
  readonly month: number;
  /** So far. */
  readonly events: number;
  readonly sizeBytes: number;
  readonly archives: number;
  /** Age of the oldest event that can be read. */
  readonly daysKept: number;
  /** After an orderly end, up to the last part of the snapshot. */
  readonly openMs: number;
  /** The same after a kill: all tables are read. */
  readonly openAfterKillMs: number;
  /** Events that a start folds behind the snapshot. */
  readonly tail: number;
}

const MEBIBYTE = 1_048_576;
const dayMs = 86_400_000;
const monthDays = 30;
/** A snapshot every other day: a start has a day to fold. */
const snapshotDays = 2;
const batchEvents = 200;
const begin = Date.UTC(2026, 0, 1);

export async function* liveLong(options: LongLogOptions): AsyncIterable<Month> {
  const { folder, months, eventsPerDay, retentionDays, sizeBytesMax, snapshotBytes } = options;
  let now = begin;
  const open = (): Promise<EventLog> => openEventLog({ folder, clock: { now: () => now } });
  let log = await open();
  for (let month = 1; month <= months; month += 1) {
    for (let day = 0; day < monthDays; day += 1) {
      const until = log.head + eventsPerDay;
      while (log.head < until)
        await log.append(events(log.head + 1, Math.min(batchEvents, until - log.head), now));
      now += dayMs;
      if (day % snapshotDays === 0) await log.saveSnapshot(log.head, snapshotOf(log.head, snapshotBytes));
      await log.retain({ olderThan: now - retentionDays * dayMs, sizeBytesMax });
    }
    await log.close();
    const openMs = await elapsedMs(async () => {
      log = await open();
      await begun(log);
    });
    await log.close();
    // Only an orderly end leaves it.
    await rm(join(folder, 'checked'));
    const openAfterKillMs = await elapsedMs(async () => {
      log = await open();
      await begun(log);
    });
    yield {
      ...{ month, openMs, openAfterKillMs, tail: log.head - ((await log.latestSnapshot())?.seq ?? 0) },
      events: log.head,
      sizeBytes: await sizeOf(folder),
      archives: (await readdir(join(folder, 'archive')).catch(() => [])).length,
      daysKept: Math.round((now - (await timeOfFirst(log))) / dayMs),
    };
  }
  const verdict = await log.verify();
  await log.close();
  if (!verdict.ok) throw new Error(`the log is damaged: ${verdict.detail}`);
}

/** `bench log`. */
export async function longLog({ base, events: eventsPerDay, months }: Options, say: (line: string) => void) {
  const folder = await mkdtemp(join(base, 'tidemark-long-log-'));
  const sizeBytesMax = 1024 * MEBIBYTE;
  const facts = { months, eventsPerDay, retentionDays: 30, sizeBytesMax, snapshotBytes: 18 * MEBIBYTE };
  try {
    const rows: string[][] = [];
    for await (const at of liveLong({ folder: join(folder, 'log'), ...facts }))
      rows.push([
        ...[at.month, at.events, Math.round(at.sizeBytes / MEBIBYTE), at.archives, at.daysKept].map(grouped),
        ...[at.tail, Math.round(at.openMs), Math.round(at.openAfterKillMs)].map(grouped),
      ]);
    say(`\n${grouped(eventsPerDay)} events a day, log_retention_days 30, log_max_size 1024 MiB\n`);
    const times = ['start ms', 'start after kill ms'];
    say(markdownTable(['month', 'events', 'MiB', 'archives', 'days kept', 'tail', ...times], rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const grouped = (value: number): string => value.toLocaleString('en');

/** About 350 bytes of JSON each. */
function events(first: number, count: number, at: number): readonly RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const row = {
      id: driveItemId(`01${((number * 2_654_435_761) % 1e12).toString(36).toUpperCase().padStart(32, 'K')}`),
      parentId: driveItemId(`01${(number >> 7).toString(36).toUpperCase().padStart(32, 'P')}`),
      name: `Report ${number} of ${number % 97}.docx`,
      kind: 'file' as const,
      sizeBytes: (number * 7919) % 10_000_000,
      hash: Buffer.from(`${number * 48_271}`.padEnd(20, 'h')).toString('base64'),
      modifiedAt: 1_790_000_000 + number,
      eTag: `"{${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000},2"`,
      cTag: null,
    };
    return {
      ...{ seq: seq(number), at: at + index, source: 'delta', items: [itemId(number % 10_000)] },
      event: { type: 'RemoteSeen', rows: [row] },
    };
  });
}

/** As large as one, in parts of its size, and compressed about as well. */
function* snapshotOf(head: number, sizeBytes: number): Iterable<string> {
  const part = JSON.stringify(events(head + 1, 100, begin));
  for (let written = 0; written < sizeBytes; written += part.length) yield part;
}

/** What a start reads before it folds. */
async function begun(log: EventLog): Promise<void> {
  if (log.opening.state !== 'intact') throw new Error(`the log is ${JSON.stringify(log.opening)}`);
  const snapshot = await log.latestSnapshot();
  if (snapshot === null) throw new Error('there is no snapshot');
  for await (const chunk of snapshot.chunks) JSON.parse(chunk);
  for await (const batch of log.read({ from: seq(snapshot.seq + 1) })) if (batch.length === 0) return;
}

async function timeOfFirst(log: EventLog): Promise<number> {
  for await (const [event] of log.read()) if (event !== undefined) return event.at;
  return begin;
}

async function elapsedMs(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  return sum;
}
