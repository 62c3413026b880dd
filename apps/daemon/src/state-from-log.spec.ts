import type { Event, EventLog, RecordedEvent, Started, StartedPlugin } from '@tidemark/contracts';
import { driveItemId, localId, plainPolicy, seq } from '@tidemark/contracts';
import { initialState, serialise } from '@tidemark/engine';
import { createMemoryLog } from '@tidemark/event-log';
import { describe, expect, it, test } from 'vitest';
import { createRulesFor } from './rules-for.ts';
import { stateFromLog } from './state-from-log.ts';

const hint = (at: number): RecordedEvent => ({
  ...{ seq: seq(at), at, source: 'engine', items: [] },
  event: { type: 'HintReceived', side: 'local', source: 'a test' },
});

/** Ten batches of three events. */
async function logOfThirty(): Promise<EventLog> {
  const log = createMemoryLog();
  for (let first = 1; first <= 28; first += 3)
    await log.append([hint(first), hint(first + 1), hint(first + 2)]);
  return log;
}

test('tells after each batch how far it is, counted from the snapshot', async () => {
  const log = await logOfThirty();
  await log.saveSnapshot(seq(24), serialise({ ...initialState(), seq: seq(24) }));
  const told: (readonly [number, number])[] = [];
  const { state, tail } = await stateFromLog(log, createRulesFor(), {
    onRead: (events, of) => void told.push([events, of]),
  });
  expect({ seq: state.seq, tail }).toEqual({ seq: 30, tail: 6 });
  expect(told).toEqual([
    [0, 6],
    [3, 6],
    [6, 6],
  ]);
});

test('ends between two batches when it is told to', async () => {
  const stopping = new AbortController();
  let read = 0;
  const reading = stateFromLog(await logOfThirty(), createRulesFor(), {
    signal: stopping.signal,
    onRead(events) {
      read = events;
      if (events === 6) stopping.abort(new Error('stopped'));
    },
  });
  await expect(reading).rejects.toThrow('stopped');
  expect(read).toBe(6);
});

test('ends between two parts of the snapshot as well', async () => {
  const log = await logOfThirty();
  await log.saveSnapshot(seq(30), serialise({ ...initialState(), seq: seq(30) }));
  const reading = stateFromLog(log, createRulesFor(), { signal: AbortSignal.abort(new Error('stopped')) });
  await expect(reading).rejects.toThrow('stopped');
});

const allButLittle = { olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax: 1 };

/** Whose newest snapshot is of no use, and whose first events were removed. */
async function prunedLog(older: Iterable<string>): Promise<EventLog> {
  const log = await logOfThirty();
  await log.saveSnapshot(seq(24), older);
  await log.retain(allButLittle);
  await log.saveSnapshot(seq(30), ['{"format":0}']);
  expect(log.first).toBeGreaterThan(1);
  return log;
}

test('goes back to the snapshot before when the newest one cannot be used', async () => {
  const log = await prunedLog(serialise({ ...initialState(), seq: seq(24) }));
  expect(await stateFromLog(log, createRulesFor())).toMatchObject({ state: { seq: 30 }, tail: 6 });
});

test('says that the log is damaged when no snapshot can be used and events were removed', async () => {
  const log = await prunedLog(['{"format":0}']);
  await expect(stateFromLog(log, createRulesFor())).rejects.toMatchObject({
    code: 'logDamaged',
    message: expect.stringContaining('events 1 to 24 were removed'),
  });
});

describe('rules that are not here', () => {
  const skip = { name: 'skip', version: '1', rules: true } as const;
  const started = (plugins: Started['plugins'], forget: string | null = null): Event => ({
    ...{ type: 'Started', version: '0', policy: plainPolicy, root: { id: localId('1'), marker: null } },
    ...{ drive: { id: 'd', kind: 'personal', rootId: driveItemId('r') }, plugins, forget },
  });
  const unheardIn = async (...events: Event[]) => {
    const log = createMemoryLog();
    await log.append(
      events.map((event, index) => ({ seq: seq(index + 1), at: 0, source: '', event, items: [] })),
    );
    const hears = ({ version }: StartedPlugin): boolean => version === '2';
    return (await stateFromLog(log, createRulesFor(), { hears })).unheard;
  };

  it('are named, until everything is forgotten', async () => {
    expect(await unheardIn(started([]), started([skip]), started([]))).toEqual(['skip']);
    expect(await unheardIn(started([skip]), started([], 'because of it'))).toEqual([]);
    expect(
      await unheardIn(
        started([
          { ...skip, version: '2' },
          { name: 'other', version: '1' },
        ]),
      ),
    ).toEqual([]);
  });
});
