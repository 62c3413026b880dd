import type { EventOf } from '@tidemark/contracts';
import { plainPolicy, seq } from '@tidemark/contracts';
import { evolve, initialState, noRules } from '@tidemark/engine';
import { createManualClock } from '@tidemark/testkit';
import { expect, onTestFinished, test } from 'vitest';
import type { RunHandle } from '../profile-run.ts';
import { createPauses } from './pauses.ts';

/** A daemon between its runs; `begins` starts one. What a run records is folded by the engine. */
function daemon() {
  const clock = createManualClock();
  const state = initialState();
  const pace = { ...plainPolicy.pace, mode: 'continuous' as const };
  state.started = { policy: { ...plainPolicy, pace } } as EventOf<'Started'>;
  const lines: string[] = [];
  const recorded: string[] = [];
  const left: object[] = [];
  let isOnBattery: boolean | Error = false;
  let isWanted = true;
  let run: RunHandle | null = null;
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const pauses = createPauses({
    clock,
    run: () => run,
    state: () => state,
    conditions: () => {
      const holds = async (): Promise<boolean> => {
        if (typeof isOnBattery === 'object') throw isOnBattery;
        return isOnBattery;
      };
      return isWanted ? [{ why: 'battery', holds }] : [];
    },
    say: (line) => lines.push(line),
    warn: (line) => lines.push(line),
  });
  const handle = {
    state,
    leave: (how: object) => left.push(how),
    async pause(event: EventOf<'Paused'> | EventOf<'Resumed'>) {
      recorded.push(`${event.type} ${event.why}`);
      evolve(state, { seq: seq(state.seq + 1), at: clock.now(), source: 'user', event }, () => noRules);
    },
  } as unknown as RunHandle;
  return {
    ...{ clock, state, lines, recorded, left, pauses },
    async begins() {
      await pauses.prepare();
      run = handle;
      void pauses.follow(handle, ended.signal);
      await clock.advance(0);
    },
    battery(is: boolean | Error) {
      isOnBattery = is;
    },
    /** The setting is read again. */
    isWanted(is: boolean) {
      isWanted = is;
    },
  };
}

test('a pause for a time ends by itself', async () => {
  const { pauses, clock, recorded, begins } = daemon();
  await begins();
  await pauses.begin(clock.now() + 5_000);
  await clock.advance(4_000);
  expect(recorded).toEqual(['Paused user']);
  await clock.advance(2_000);
  expect(recorded).toEqual(['Paused user', 'Resumed user']);
});

test('a pause whose time passed while no daemon ran ends with the next run', async () => {
  const { state, clock, recorded, lines, begins } = daemon();
  state.pauses.set('user', { why: 'user', since: 0, until: clock.now() - 1 });
  await begins();
  expect(recorded).toEqual(['Resumed user']);
  expect(lines).toEqual([]);
});

test('one that still holds is said again when a run begins, and is the same pause', async () => {
  const { state, recorded, begins } = daemon();
  state.pauses.set('user', { why: 'user', since: 7, until: null });
  await begins();
  expect(recorded).toEqual(['Paused user']);
  expect(state.pauses.get('user')).toEqual({ why: 'user', since: 7, until: null });
});

test('what the user asks for between two runs holds from the next one on, and the answer says so', async () => {
  const { pauses, recorded, begins } = daemon();
  expect(await pauses.begin(null)).toEqual([
    "Paused until 'tidemark resume': what changes on either side is seen and waits",
    'No run is on at the moment: the pause begins with the next one',
  ]);
  expect(recorded).toEqual([]);
  await begins();
  expect(recorded).toEqual(['Paused user']);
});

test('on battery it begins paused, and goes on when the mains is back', async () => {
  const { battery, begins, recorded, clock } = daemon();
  battery(true);
  await begins();
  expect(recorded).toEqual(['Paused battery']);
  battery(false);
  await clock.advance(31_000);
  expect(recorded).toEqual(['Paused battery', 'Resumed battery']);
});

test('a user who resumes on battery is obeyed until it runs on battery anew', async () => {
  const { battery, begins, recorded, clock, pauses } = daemon();
  battery(true);
  await begins();
  expect(await pauses.end()).toEqual(['Syncing goes on']);
  await clock.advance(120_000);
  expect(recorded).toEqual(['Paused battery', 'Resumed battery']);
  battery(false);
  await clock.advance(31_000);
  battery(true);
  await clock.advance(31_000);
  expect(recorded).toEqual(['Paused battery', 'Resumed battery', 'Paused battery']);
});

test('a condition that is no longer asked for holds nothing up', async () => {
  const { battery, begins, recorded, clock, isWanted } = daemon();
  battery(true);
  await begins();
  isWanted(false);
  await clock.advance(31_000);
  expect(recorded).toEqual(['Paused battery', 'Resumed battery']);
});

test('a system that cannot tell is named once, and syncing goes on', async () => {
  const { battery, begins, recorded, lines, clock } = daemon();
  battery(new Error('no such folder'));
  await begins();
  await clock.advance(120_000);
  expect(recorded).toEqual([]);
  expect(lines).toEqual([
    'WARNING: Cannot find out whether to pause while the machine runs on battery (pause_on_battery), so syncing goes on: no such folder',
  ]);
});

test('short transfers end; what is still under way after a while is broken off', async () => {
  const { pauses, state, clock, left, begins } = daemon();
  await begins();
  state.inFlight.set(7 as never, {} as never);
  await clock.advance(20_000);
  expect(left).toEqual([]);
  await pauses.begin(null);
  await clock.advance(9_000);
  expect(left).toEqual([]);
  await clock.advance(3_000);
  expect(left).toEqual([{ graceMs: 0, takeDown: false }]);
});

test('to resume what is not paused says so', async () => {
  const { pauses, begins } = daemon();
  await begins();
  expect(await pauses.end()).toEqual(['Nothing was paused']);
});
