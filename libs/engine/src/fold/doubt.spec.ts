import type { Event } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';

let run: SpecRun;
/** What the log got since the last call. */
let logged: () => Event[];

beforeEach(() => {
  let from = 0;
  logged = () => {
    const events = run.log.slice(from).map(({ event }) => event);
    from = run.log.length;
    return events.filter(({ type }) => type !== 'Planned');
  };
});

const look = (side: 'remote' | 'local'): void =>
  void run.observe({ type: 'HintReceived', side, source: 'spec' });

function listEverything(): void {
  look('remote');
  const command = run.state.remote.look.command?.id;
  if (command === undefined) throw new Error('no look at the drive is under way');
  const failure = { code: 'resyncRequired', detail: 'spec' } as const;
  run.observe({ type: 'CommandFailed', command, failure });
}

describe('a listing that lacks most of the drive', () => {
  const many = Array.from({ length: 30 }, (_, index) => `f${index}`);
  const driveHas = (names: readonly string[]) => names.map((name) => onDrive(`R${name}`, name, name));
  const diskHas = (names: readonly string[]) => names.map((name) => onDisk(`L${name}`, name, name));

  function settleMany(mode: 'once' | 'continuous'): void {
    run = new SpecRun({ pace: { ...paceOnce, mode, pollIntervalMs: 300_000, scanIntervalMs: 1e9 } });
    run.start();
    run.driveShows(...driveHas(many));
    run.diskShows(...diskHas(many));
    logged();
  }

  it.each([
    ['everything', 0],
    ['more than half', 14],
  ])('suspends that side and says what it lacks: %s', (_share, left) => {
    settleMany('continuous');
    listEverything();
    run.driveShows(...driveHas(many.slice(0, left)));
    expect(run.state.remote).toMatchObject({ look: { state: 'suspended' }, cursor: null });
    expect(run.state.remote.look.failure?.detail).toContain(`lacks ${30 - left} of 30 items`);
    expect(run.state.inFlight.size).toBe(0);
    // The same again is one short event.
    logged();
    run.at += 600_000;
    run.record([{ type: 'Woke' }]);
    run.driveShows(...driveHas(many.slice(0, left)));
    expect(logged().map(({ type }) => type)).toEqual(['Woke', 'CommandFailed']);
    expect(run.state.remote.look.state).toBe('suspended');
    // The drive has them again: nothing has happened to anything.
    run.at += 600_000;
    run.record([{ type: 'Woke' }]);
    run.driveShows(...driveHas(many));
    expect(run.state.remote.look.state).toBe('current');
    expect(run.state.inFlight.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(31);
  });

  it('keeps what changed on disk meanwhile from going anywhere', () => {
    settleMany('continuous');
    listEverything();
    run.driveShows();
    look('local');
    run.scan([...diskHas(many), onDisk('LX', 'x', 'new')]);
    expect(run.state.inFlight.size).toBe(0);
    run.at += 600_000;
    run.record([{ type: 'Woke' }]);
    run.driveShows(...driveHas(many));
    expect(run.command('UploadFile').path).toBe('x');
  });

  it('ends a run that ends by itself', () => {
    settleMany('once');
    listEverything();
    run.driveShows();
    expect(run.state.halted?.code).toBe('driveSuspended');
    // The next run lists everything once more.
    expect(run.state.remote.cursor).toBeNull();
  });

  it('is believed by the first round of a run that was confirmed at its start, and by no later one', () => {
    settleMany('continuous');
    run.policy = { ...run.policy, massDeleteConfirmed: true };
    run.start();
    listEverything();
    run.driveShows(...driveHas(many.slice(0, 14)));
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemoteItems' });
    run.itemsAre(...driveHas(many));
    expect(run.state.remote.look.state).toBe('current');
    listEverything();
    run.driveShows(...driveHas(many.slice(0, 14)));
    expect(run.state.remote.look.state).toBe('suspended');
  });

  it('of less than half is a matter of single items', () => {
    settleMany('continuous');
    listEverything();
    run.driveShows(...driveHas(many.slice(0, 20)));
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemoteItems' });
    run.itemsAre(...driveHas(many));
    expect(run.state.inFlight.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(31);
  });
});
