/** A client that lives for months in minutes: what log and trash take on disk, its memory, and how soon it starts again. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventLog } from '@tidemark/contracts';
import { createRulesFor, createSnapshotKeeping, stateFromLog } from '@tidemark/daemon';
import { openEventLog } from '@tidemark/event-log';
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
  /** After an orderly end, up to the state at the end of the log. */
  readonly startMs: number;
  /** The same after a kill: all tables are read. */
  readonly startAfterKillMs: number;
  /** Of this process in the start after a kill: other programs make no difference to it. */
  readonly startCpuMs: number;
  /** Events that a start folds behind the snapshot. */
  readonly tail: number;
}

interface Start {
  readonly tail: number;
  readonly ms: number;
  readonly cpuMs: number;
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
    const start = async (): Promise<Start> => {
      const [startedMs, before] = [performance.now(), process.cpuUsage()];
      log = await open();
      const tail = await tailOf(log);
      const { user, system } = process.cpuUsage(before);
      return { tail, ms: performance.now() - startedMs, cpuMs: (user + system) / 1000 };
    };
    await log.close();
    const { ms: startMs, tail } = await start();
    await log.close();
    // Only an orderly end leaves it.
    await rm(join(folder, 'checked'));
    const { ms: startAfterKillMs, cpuMs: startCpuMs } = await start();
    yield {
      ...{ month, events: log.head, tail, startMs, startAfterKillMs, startCpuMs },
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
        ...[at.tail, at.startMs, at.startAfterKillMs, at.startCpuMs],
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
  ...['memory MiB', 'tail', 'start ms', 'after kill ms', 'its CPU ms'],
];

function raise(failure: Error): never {
  throw failure;
}

/** Starts as a run does, up to the state. */
async function tailOf(log: EventLog): Promise<number> {
  if (log.opening.state !== 'intact') throw new Error(`the log is ${JSON.stringify(log.opening)}`);
  const { state, tail } = await stateFromLog(log, createRulesFor());
  if (state.seq !== log.head) throw new Error(`the state is that of event ${state.seq} and not ${log.head}`);
  return tail;
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
