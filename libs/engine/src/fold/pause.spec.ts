import { paceOnce } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { isQuiet } from '../plan/plan.ts';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { statusOf } from '../views/status.ts';
import { deserialise, serialise } from '../views/snapshot.ts';

const pace = { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } as const;
const paused = { type: 'Paused', why: 'user', until: null } as const;
const resumed = { type: 'Resumed', why: 'user', because: 'asked' } as const;

/** Both sides agree on one file. */
function runAtRest(): SpecRun {
  const run = new SpecRun({ pace });
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'));
  run.diskShows(onDisk('LA', 'a', 'one'));
  return run;
}

it('while a run is paused it sees what changes on both sides and changes neither', () => {
  const run = runAtRest();
  run.observe(paused);
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  expect(run.state.remote.look.command?.type).toBe('ReadRemote');
  run.driveShows(onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two'));
  expect(run.state.inFlight.size).toBe(0);
  expect(isQuiet(run.state)).toBe(true);
  expect(statusOf(run.state).notAtRest).toMatchObject([
    { path: 'b', standing: 'waiting', detail: 'wants to download "b" once syncing goes on: it is paused' },
  ]);
  run.observe(resumed);
  expect(run.command('DownloadFile').path).toBe('b');
});

it('a pause outlives the run and the process', async () => {
  const run = runAtRest();
  run.observe(paused);
  const restored = await deserialise([...serialise(run.state)], run.rulesFor);
  if (restored === null) throw new Error('The snapshot is of this format');
  run.state = restored;
  run.start();
  run.driveShows(onDrive('B', 'b', 'two'));
  run.diskShows(onDisk('LA', 'a', 'one'));
  expect(run.state.inFlight.size).toBe(0);
});

it('a run that a user starts by hand is not held up by it, and leaves it in force', () => {
  const run = runAtRest();
  run.observe(paused);
  run.policy = { ...run.policy, pace: paceOnce };
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two'));
  run.diskShows(onDisk('LA', 'a', 'one'));
  expect(run.command('DownloadFile').path).toBe('b');
  expect(run.state.pauses.has('user')).toBe(true);
});

it('it goes on when the last of several pauses is over; the end of one that does not hold is no news', () => {
  const run = runAtRest();
  run.observe(paused, { ...paused, why: 'metered' });
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two'));
  const { seq } = run.state;
  run.observe({ ...resumed, why: 'battery' });
  expect(run.state.seq).toBe(seq);
  run.observe(resumed);
  expect(run.state.inFlight.size).toBe(0);
  run.observe({ ...resumed, why: 'metered', because: 'over' });
  expect(run.command('DownloadFile').path).toBe('b');
});
