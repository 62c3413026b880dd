import type { Command, LocalOddity, Observation, RecordedEvent } from '@tidemark/contracts';
import { paceOnce, plainPolicy } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { initialState, noRules } from '../fold/state.ts';
import { createSpecClock } from '../testing/spec-clock.ts';
import { byFolder, onDisk, onDrive, startedWith } from '../testing/spec-run.ts';
import { serialise } from '../views/snapshot.ts';
import { createInbox } from './inbox.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';

const minute = 60_000;
const pace = {
  ...paceOnce,
  mode: 'continuous',
  pollIntervalMs: minute,
  scanIntervalMs: 10 * minute,
} as const;

/** A run that goes on, over a drive and a disk that show one file. */
async function atRest() {
  const clock = createSpecClock();
  const inbox = createInbox(clock);
  const state = initialState();
  const batches: (readonly RecordedEvent[])[] = [];
  const published: RecordedEvent[] = [];
  const dispatched: Command[] = [];
  const drive = [onDrive('A', 'a', 'one')];
  const disk = [onDisk('LA', 'a', 'one')];
  const oddities: LocalOddity[] = [];
  let stop = false;
  let isSilent = false;

  const answer = (command: Command): readonly Observation[] => {
    const { id } = command;
    if (command.type === 'ScanLocal')
      return [
        { type: 'LocalListing', command: id, part: 0, folders: byFolder(disk) },
        {
          type: 'CommandSucceeded',
          command: id,
          look: { parts: 1, unreadable: [], oddities: [...oddities] },
        },
      ];
    if (command.type === 'ReadRemote')
      return [
        { type: 'RemotePage', command: id, page: 0, rows: drive },
        { type: 'CommandSucceeded', command: id, look: { parts: 1, cursor: `after ${id}` } },
      ];
    if (command.type === 'UploadFile') {
      // The drive is full, and by now another file has the name there.
      drive.push(onDrive('B', 'NEW', 'two'));
      disk.push(onDisk('LB', 'NEW', 'two'));
      return [
        { type: 'CommandFailed', command: id, failure: { code: 'quotaReached', detail: 'It is full' } },
        { type: 'HintReceived', side: 'local', source: 'spec' },
        { type: 'HintReceived', side: 'remote', source: 'spec' },
      ];
    }
    return [];
  };
  const ended = run({
    ...{ state, clock, inbox, rulesFor: () => noRules, windDown: async () => {} },
    opening: [startedWith({ ...plainPolicy, pace })],
    log: { append: async (events) => void (events.length > 0 && batches.push(events)) },
    dispatch(command) {
      dispatched.push(command);
      if (!isSilent) void inbox.put('spec', answer(command));
    },
    publish: (events) => void published.push(...events),
    causeOfEnd: () => (stop ? 'interrupted' : null),
  });
  await turns();
  return {
    ...{ state, batches, published, dispatched, drive, disk, oddities },
    types: () => batches.map((batch) => batch.map(({ event }) => event.type).join(' ')),
    async wait(ms: number) {
      clock.advance(ms);
      await turns();
    },
    async hint() {
      void inbox.put('spec', [{ type: 'HintReceived', side: 'local', source: 'spec' }]);
      await turns();
    },
    silence: () => void (isSilent = true),
    async end() {
      stop = true;
      inbox.nudge();
      await ended;
      return replay({ batches: stream(batches), rulesFor: () => noRules });
    },
  };
}

describe('a look that meets nothing new', () => {
  it('is published, and leaves nothing in the log', async () => {
    const { batches, published, dispatched, state, wait } = await atRest();
    const [written, told, sent, folded] = [batches.length, published.length, dispatched.length, state.seq];
    for (let looks = 0; looks < 20; looks++) await wait(minute);
    expect(batches.length).toBe(written);
    expect(dispatched.length).toBeGreaterThanOrEqual(sent + 20);
    expect(published.length).toBeGreaterThan(told + 60);
    expect(state.seq).toBe(folded + 1);
  });

  it('is summed up before the next news, and a replay comes to the same state and the same plans', async () => {
    const { types, batches, drive, state, wait, end } = await atRest();
    const before = types().length;
    for (let looks = 0; looks < 12; looks++) await wait(minute);
    drive[0] = onDrive('A', 'b', 'one');
    await wait(minute);
    expect(types().slice(before)).toEqual([
      'NothingNew',
      'Woke Planned',
      'RemoteSeen RemoteRoundCompleted Planned',
    ]);
    const report = await end();
    expect(report.divergences).toEqual([]);
    expect([...serialise(report.state)]).toEqual([...serialise(state)]);
    const numbers = batches.flat().map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('gives no command the name of another one', async () => {
    const { dispatched, drive, wait } = await atRest();
    for (let looks = 0; looks < 12; looks++) {
      if (looks % 4 === 3) drive[0] = onDrive('A', 'a', 'one', { modifiedAt: 100 + looks });
      await wait(minute);
    }
    const ids = dispatched.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(12);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is written as it was when the run ends before it does', async () => {
    const { types, silence, wait, end } = await atRest();
    const before = types().length;
    await wait(minute);
    silence();
    await wait(minute);
    const report = await end();
    expect(types().slice(before)).toEqual(['NothingNew', 'Woke Planned', 'Stopped']);
    expect(report.divergences).toEqual([]);
  });

  it('is written when the time came meanwhile to try a full drive again', async () => {
    const { disk, state, wait, hint, end } = await atRest();
    disk.push(onDisk('LN', 'new', 'two'));
    await wait(10 * minute);
    expect(state.remote.full?.activity.state).toBe('waiting');
    for (let looks = 0; looks < 12; looks++) await wait(minute);
    expect(state.remote.full?.activity.state).toBe('ready');
    disk.splice(-2, 1);
    disk.push(onDisk('LN', 'other', 'two'));
    await hint();
    const report = await end();
    expect(report.divergences).toEqual([]);
    expect([...serialise(report.state)]).toEqual([...serialise(state)]);
  });

  it('is written once a day, so that the delta link does not grow old', async () => {
    const { types, wait } = await atRest();
    const before = types().length;
    for (let looks = 0; looks < 2 * 24 * 6; looks++) await wait(10 * minute);
    expect(types().slice(before)).toEqual(['NothingNew', 'NothingNew']);
  });
});

it('what cannot be synced is told by the first scan of a run, and then when it changes', async () => {
  const { oddities, published, wait } = await atRest();
  const told = () =>
    published.flatMap(({ event }) =>
      event.type === 'LocalScanCompleted' ? [event.oddities?.map(({ path }) => path)] : [],
    );
  await wait(10 * minute);
  oddities.push({ path: 'pipe', code: 'special', detail: 'it is not synced' });
  await wait(10 * minute);
  await wait(10 * minute);
  oddities.pop();
  await wait(10 * minute);
  expect(told()).toEqual([[], undefined, ['pipe'], undefined, []]);
});

it('what cannot be synced is in the log as soon as a scan tells it', async () => {
  const { oddities, batches, wait } = await atRest();
  const written = batches.length;
  await wait(10 * minute);
  oddities.push({ path: 'pipe', code: 'special', detail: 'it is not synced' });
  await wait(10 * minute);
  const scans = batches
    .slice(written)
    .flatMap((batch) => batch.filter(({ event }) => event.type === 'LocalScanCompleted'));
  expect(scans).toMatchObject([{ event: { oddities: [{ path: 'pipe' }] } }]);
});

async function* stream(batches: readonly (readonly RecordedEvent[])[]) {
  yield* batches;
}

/** Lets everything run that is ready. */
async function turns(count = 60): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
