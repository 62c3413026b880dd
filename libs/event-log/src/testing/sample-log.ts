/** Logs to try things on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { openEventLog } from '../open-event-log.ts';
import { sampleBatch } from './sample-events.ts';

export const clock = { now: () => Date.UTC(2026, 0, 31, 12) };

/** A folder of its own, removed when the test ends. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Opens, and closes when the test ends. */
export async function openFor(folder: string): Promise<EventLog> {
  const log = await openEventLog({ folder, clock });
  onTestFinished(() => log.close());
  return log;
}

/** Writes `batches` batches of five events and closes. */
export async function fillLog(folder: string, batches: number): Promise<readonly RecordedEvent[]> {
  const log = await openEventLog({ folder, clock });
  for (let batch = 0; batch < batches; batch += 1) await log.append(sampleBatch(log.head + 1, 5));
  const events = await allEvents(log);
  await log.close();
  return events;
}

export async function allEvents(log: EventLog): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.read()) events.push(...batch);
  return events;
}

export async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}
