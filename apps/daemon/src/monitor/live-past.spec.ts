import {
  type Command,
  commandId,
  type Event,
  type EventLog,
  itemId,
  type RecordedEvent,
  seq,
} from '@tidemark/contracts';
import { initialState } from '@tidemark/engine';
import { createMemoryLog } from '@tidemark/event-log';
import { expect, test } from 'vitest';
import { createLivePast } from './live-past.ts';

const id = commandId(seq(1), 0);
const command = { id, item: itemId(1), type: 'CreateLocalFolder', path: 'a' } as unknown as Command;
const planned: Event = { type: 'Planned', commands: [command] };
const done: Event = { type: 'CommandSucceeded', command: id };
const hint: Event = { type: 'HintReceived', side: 'local', source: 'test' };

async function append(log: EventLog, ...events: readonly Event[]): Promise<readonly RecordedEvent[]> {
  const recorded = events.map((event, index) => {
    const at = log.head + index + 1;
    return { ...{ seq: seq(at), at: at * 1000, source: 'test', items: [] }, event };
  });
  await log.append(recorded);
  return recorded;
}

test('the time of the last change is that of the last command that changed a side', async () => {
  const log = createMemoryLog();
  await append(log, planned, done, hint);
  const past = createLivePast(() => log);
  expect(past.facts(initialState())).toEqual({ lastChangeAt: null, conflicts: null });
  await past.opened();
  expect(past.facts(initialState())).toEqual({ lastChangeAt: 2_000, conflicts: 0 });
  past.appended(await append(log, planned, done));
  expect(past.facts(initialState()).lastChangeAt).toBe(5_000);
});

test('what is appended while the log is read is not missed', async () => {
  const log = createMemoryLog();
  for (let count = 0; count < 20; count += 1) await append(log, hint);
  const past = createLivePast(() => log);
  const reading = past.opened();
  past.appended(await append(log, planned, done));
  await reading;
  expect(past.facts(initialState())).toEqual({ lastChangeAt: 22_000, conflicts: 0 });
});
