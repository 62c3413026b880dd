import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { EventLog } from '@tidemark/contracts';
import { createMemoryLogFiles, type MemoryLogFiles, openEventLog, openMemoryLog } from '@tidemark/event-log';
import { eventLogConformance, type EventLogHarness } from './event-log.ts';
import { eventLogRetention } from './event-log-retention.ts';

const clock = { now: () => 0 };
const parent = await mkdtemp(join(tmpdir(), 'tidemark-log-'));
afterAll(() => rm(parent, { recursive: true }));

const folders = new Map<EventLog, string>();
async function openAt(folder: string): Promise<EventLog> {
  const log = await openEventLog({ folder, clock });
  folders.set(log, folder);
  return log;
}

const onDisk: EventLogHarness = {
  name: 'LevelDB',
  create: async () => openAt(await mkdtemp(join(parent, 'log-'))),
  async reopen(log) {
    await log.close();
    return openAt(folders.get(log) ?? '');
  },
};

const kept = new Map<EventLog, MemoryLogFiles>();
async function openOn(files: MemoryLogFiles): Promise<EventLog> {
  const log = await openMemoryLog(files);
  kept.set(log, files);
  return log;
}

const inMemory: EventLogHarness = {
  name: 'memory',
  create: () => openOn(createMemoryLogFiles()),
  async reopen(log) {
    await log.close();
    return openOn(kept.get(log) ?? createMemoryLogFiles());
  },
};

for (const harness of [onDisk, inMemory]) {
  eventLogConformance(harness);
  eventLogRetention(harness);
}
