/** A client that lives for months in minutes: what log and trash take on disk, its memory, and how soon it starts again. */
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventLog } from '@tidemark/contracts';
import { createSnapshotKeeping } from '@tidemark/daemon';
import { openEventLog } from '@tidemark/event-log';
import { type ColdStart, coldStart } from './cold-start.ts';
import { createHistory, keep } from './live/history.ts';
import { residentMebibytes } from './live/process-cost.ts';
import { openLongTrash, type TrashSize } from './long-trash.ts';
import type { Options } from './options.ts';
import { markdownTable } from './table.ts';

export interface LongLogOptions {
  /** For log and trash; made when missing. */
  readonly folder: string;
  /** On the drive. */
  readonly files: number;
  readonly months: number;
  readonly daysPerMonth: number;
  readonly eventsPerDay: number;
  readonly retentionDays: number;
  readonly sizeBytesMax: number;
  readonly trashDays: number;
  readonly trashBytesMax: number;
  readonly deletedPerHour: number;
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
  readonly trash: TrashSize;
  /** Of this process after a collection, which holds the state and the open log. */
  readonly residentMebibytes: number;
  readonly afterEnd: ColdStart;
  /** All tables are read. */
  readonly afterKill: ColdStart;
}

const MEBIBYTE = 1_048_576;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const begin = Date.UTC(2026, 0, 1);

export async function* liveLong(options: LongLogOptions): AsyncIterable<Month> {
  const { months, daysPerMonth, eventsPerDay, retentionDays, sizeBytesMax } = options;
  const folder = join(options.folder, 'log');
  let now = begin;
  const { state, next } = createHistory(options.files, () => now);
  const trash = await openLongTrash({ ...options, folder: join(options.folder, 'disk'), now: () => now });
  const open = (): Promise<EventLog> => openEventLog({ folder, clock: { now: () => now } });
  let log = await open();
  await keep(log, next());
  const firstDay = log.head;
  for (let month = 1; month <= months; month += 1) {
    const snapshots = createSnapshotKeeping({ log, state, onFailure: raise });
    for (let hour = 1; hour <= daysPerMonth * 24; hour += 1) {
      await log.retain({ olderThan: now - retentionDays * dayMs, sizeBytesMax });
      const until = firstDay + ((now + hourMs - begin) / dayMs) * eventsPerDay;
      while (log.head < until) {
        const events = next();
        await keep(log, events);
        snapshots.recorded(events);
        await snapshots.atRest();
      }
      await trash.hour();
      now += hourMs;
      if (hour % 24 === 0) await trash.prune();
    }
    await log.close();
    const killed = join(options.folder, 'killed');
    await cp(folder, killed, { recursive: true });
    // Only an orderly end leaves it. The write-ahead file is to be taken in after both.
    await rm(join(killed, 'checked'));
    const afterKill = await coldStart(killed);
    await rm(killed, { recursive: true });
    const afterEnd = await coldStart(folder);
    log = await open();
    yield {
      ...{ month, events: log.head, afterEnd, afterKill },
      sizeBytes: await sizeOf(folder),
      archives: (await readdir(join(folder, 'archive')).catch(() => [])).length,
      daysKept: Math.round((now - (await timeOfFirst(log))) / dayMs),
      trash: trash.measure(),
      residentMebibytes: residentAfterCollection(),
    };
  }
  await trash.close();
  const verdict = await log.verify();
  await log.close();
  if (!verdict.ok) throw new Error(`the log is damaged: ${verdict.detail}`);
}

/** `bench log`. */
export async function longLog(options: Options, say: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(options.base, 'tidemark-long-log-'));
  const [files = 0] = options.items;
  const sizeMiB = options.logMebibytes;
  const facts = {
    ...{ months: options.months, daysPerMonth: options.days, eventsPerDay: options.events, files },
    ...{ retentionDays: 30, sizeBytesMax: sizeMiB * MEBIBYTE },
    ...{ trashDays: 30, trashBytesMax: 4 * MEBIBYTE, deletedPerHour: 1 },
  };
  try {
    const rows: string[][] = [];
    for await (const at of liveLong({ folder, ...facts })) {
      const row = [
        ...[at.month, at.events, at.sizeBytes / MEBIBYTE, at.archives, at.daysKept],
        ...[at.trash.files, at.trash.sizeBytes / MEBIBYTE, at.trash.versions, at.residentMebibytes],
        ...[at.afterEnd.tail, at.afterEnd.ms, at.afterEnd.cpuMs, at.afterKill.ms, at.afterKill.cpuMs],
      ].map((value) => Math.round(value).toLocaleString('en'));
      say(`month ${row.join(' ')}`);
      rows.push(row);
    }
    say(
      `\n${options.events.toLocaleString('en')} events a day, ${files.toLocaleString('en')} files on the drive`,
    );
    say(`log_retention_days 30, log_max_size ${sizeMiB} MiB, trash_days 30, trash_size 4 MiB\n`);
    say(markdownTable(columns, rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const columns = [
  ...['month', 'events', 'log MiB', 'archives', 'days kept', 'trash files', 'trash MiB', 'versions'],
  ...['memory MiB', 'tail', 'start ms', 'its CPU ms', 'after kill ms', 'its CPU ms'],
];

function raise(failure: Error): never {
  throw failure;
}

async function timeOfFirst(log: EventLog): Promise<number> {
  for await (const [event] of log.read()) if (event !== undefined) return event.at;
  return begin;
}

function residentAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('nothing can be collected');
  collect();
  return residentMebibytes(process.pid);
}

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  return sum;
}
