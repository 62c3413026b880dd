import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { evolve, initialState } from '@tidemark/engine';
import { createMemoryLog } from '@tidemark/event-log';
import { expect, test } from 'vitest';
import { createRulesFor } from './rules-for.ts';
import { createSnapshotKeeping } from './snapshot-keeping.ts';
import { stateFromLog } from './state-from-log.ts';

/** A run that goes on: `work` records so many events; `betweenParts` is called while a snapshot is written. */
function begin(log: EventLog = createMemoryLog(), betweenParts: () => void = () => {}) {
  const state = initialState();
  const failures: Failure[] = [];
  const keeping = createSnapshotKeeping({
    state,
    log: {
      ...log,
      get head() {
        return log.head;
      },
      saveSnapshot: (at, chunks) => log.saveSnapshot(at, interrupted(chunks, betweenParts)),
    },
    onFailure: (failure) => failures.push(failure),
  });
  const work = async (events: number): Promise<void> => {
    const recorded = Array.from({ length: events }, () => hint(state));
    await log.append(recorded);
    keeping.recorded(recorded);
  };
  const keptAt = async (): Promise<number | undefined> => (await log.latestSnapshot())?.seq;
  return { log, state, keeping, work, keptAt, failures };
}

function* interrupted(chunks: Iterable<string>, between: () => void): Iterable<string> {
  for (const chunk of chunks) {
    yield chunk;
    between();
  }
}

function hint(state: State): RecordedEvent {
  const event = { type: 'HintReceived', side: 'local', source: 'user' } as const;
  const recorded = { seq: seq(state.seq + 1), at: 0, source: 'user', event };
  return { ...recorded, items: evolve(state, recorded, createRulesFor()) };
}

test('a snapshot is kept at rest once a start would have much to fold, and not at each rest', async () => {
  const { keeping, work, keptAt } = begin();
  await work(5000);
  await keeping.atRest();
  expect(await keptAt()).toBeUndefined();
  await work(1);
  await keeping.atRest();
  expect(await keptAt()).toBe(5001);
  await work(5000);
  await keeping.atRest();
  expect(await keptAt()).toBe(5001);
  await work(1);
  await keeping.atRest();
  expect(await keptAt()).toBe(10_002);
});

test('what a run before has left without a snapshot counts', async () => {
  const before = begin();
  await before.work(5100);
  const { log, keeping, state, keptAt } = begin(before.log);
  Object.assign(state, (await stateFromLog(log, createRulesFor())).state);
  await keeping.atRest();
  expect(await keptAt()).toBe(5100);
});

test('a snapshot that this version cannot read is replaced at the first rest', async () => {
  const { log, keeping, state, work } = begin();
  await work(20);
  await log.saveSnapshot(seq(20), ['{"format":0}']);
  expect(keeping.isUsable).toBe(false);
  await keeping.atRest();
  expect(keeping.isUsable).toBe(true);
  expect(await stateFromLog(log, createRulesFor())).toMatchObject({ state: { seq: state.seq }, tail: 0 });
  await work(5000);
  await keeping.atRest();
  expect((await log.latestSnapshot())?.seq).toBe(20);
});

test('a run that ends keeps what is worth it', async () => {
  const { keeping, work, keptAt } = begin();
  await work(501);
  await keeping.atEnd();
  expect(await keptAt()).toBe(501);
});

test('a snapshot of a state that moves on while it is written is given up, and kept at the next rest', async () => {
  let moves = true;
  const run = begin(createMemoryLog(), () => {
    if (moves) hint(run.state);
  });
  await run.work(5001);
  await run.keeping.atRest();
  expect(await run.keptAt()).toBeUndefined();
  moves = false;
  await run.log.append(
    Array.from({ length: run.state.seq - run.log.head }, (_, index) => missed(run.log, index)),
  );
  await run.keeping.atRest();
  expect(await run.keptAt()).toBe(run.state.seq);
  expect(run.failures).toEqual([]);
});

test('a state that never stays the same for as long as that is written in one go', async () => {
  const log = createMemoryLog();
  const run = begin(log, () => {
    hint(run.state);
  });
  await run.work(5001);
  for (let rest = 0; rest < 10; rest += 1) {
    await run.keeping.atRest();
    await log.append(Array.from({ length: run.state.seq - log.head }, (_, index) => missed(log, index)));
  }
  expect(await run.keptAt()).toBeUndefined();
  const at = run.state.seq;
  await run.keeping.atRest();
  expect(await run.keptAt()).toBe(at);
});

test('a snapshot that cannot be kept ends nothing, at rest and at the end, and is told once', async () => {
  const full = new Failure({ code: 'diskFull', detail: 'Cannot keep a snapshot of the state' });
  const log = createMemoryLog();
  log.saveSnapshot = () => Promise.reject(full);
  const { keeping, work, failures } = begin(log);
  await work(5001);
  await keeping.atRest();
  await keeping.atRest();
  await keeping.atEnd();
  expect(failures).toEqual([full]);
});

test('a state that holds looks back from the log is kept at a rest when the log has it', async () => {
  const { keeping, work, keptAt, state } = begin();
  await work(5001);
  hint(state);
  await keeping.atRest();
  expect(await keptAt()).toBeUndefined();
});

/** An event that was folded and is not durable yet. */
const missed = (log: EventLog, index: number): RecordedEvent => ({
  ...{ seq: seq(log.head + 1 + index), at: 0, source: 'user', items: [] },
  event: { type: 'HintReceived', side: 'local', source: 'user' },
});
