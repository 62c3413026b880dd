/** What one side alone has goes from there where the other side is the truth, counted as deletions are. */
import type { LocalOddity, Pace, Policy } from '@tidemark/contracts';
import { localId, paceOnce, plainPolicy } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { byFolder, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { statusOf } from '../views/status.ts';
import { heldPlan } from './gate.ts';

const mirroring: Policy = { ...plainPolicy, localFirst: true, mirrorLocal: true, massDeleteMax: 3 };
const cleaning: Policy = { ...plainPolicy, direction: 'download', cleanupLocal: true, massDeleteMax: 3 };
const there = (...names: readonly string[]) => names.map((name) => onDrive(`R${name}`, name, name));
const here = (...names: readonly string[]) => names.map((name) => onDisk(`L${name}`, name, name));

function looked(
  policy: Policy,
  drive: ReturnType<typeof there>,
  disk: ReturnType<typeof here>,
  run = new SpecRun(policy),
): SpecRun {
  run.policy = policy;
  run.start();
  run.driveShows(...drive);
  run.diskShows(...disk);
  return run;
}

/** One complete scan, which meets `a` and these. */
function scans(run: SpecRun, oddities: readonly LocalOddity[]): void {
  const id = run.state.local.look.command?.id;
  if (id === undefined) throw new Error('No scan is under way');
  run.observe(
    { type: 'LocalListing', command: id, part: 0, folders: byFolder(here('a')) },
    { type: 'CommandSucceeded', command: id, look: { parts: 1, unreadable: [], oddities } },
  );
}

const planned = ({ state }: SpecRun): string[] =>
  [...state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('mirror_local_state', () => {
  it('deletes on the drive what was never on disk', () => {
    expect(planned(looked(mirroring, there('a', 'b'), here('a')))).toEqual(['DeleteRemote b']);
  });

  it('holds many of them for a confirmation', () => {
    const run = looked(mirroring, there('a', 'b', 'c', 'd'), here('a'));
    expect(planned(run)).toEqual([]);
    const held = heldPlan(run.state);
    expect(held).toMatchObject({ deletionsOnDrive: 3, deletionsOnDisk: 0 });
    run.record([{ type: 'DeletionsConfirmed', hash: held?.hash ?? '' }]);
    expect(planned(run)).toEqual(['DeleteRemote b', 'DeleteRemote c', 'DeleteRemote d']);
  });

  it('holds a single one while the disk shows nothing at all', () => {
    const run = looked(mirroring, there('a'), []);
    expect(planned(run)).toEqual([]);
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDrive: 1 });
  });

  it('spares what the disk holds in a form that no scan can tell, until that is gone', () => {
    const run = new SpecRun(mirroring);
    run.start();
    run.driveShows(...there('a', 'b'));
    scans(run, [{ path: 'b', code: 'unreadable', detail: 'denied' }]);
    expect(planned(run)).toEqual([]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    scans(run, []);
    expect(planned(run)).toEqual(['DeleteRemote b']);
  });

  it('set anew counts what was left alone before, and switched off counts it no more', () => {
    const uploading: Policy = { ...plainPolicy, direction: 'upload', massDeleteMax: 3 };
    const drive = there('a', 'b', 'c', 'd');
    const run = looked(uploading, drive, here('a'));
    looked(mirroring, [], here('a'), run);
    expect(planned(run)).toEqual([]);
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDrive: 3 });
    looked(uploading, [], here('a'), run);
    expect(heldPlan(run.state)).toBeNull();
  });
});

describe('cleanup_local_files', () => {
  it('removes from the disk what was never on the drive', () => {
    expect(planned(looked(cleaning, there('a'), here('a', 'b')))).toEqual(['DeleteLocal b']);
  });

  it('holds many of them for a confirmation, and a single one while the drive shows nothing at all', () => {
    expect(heldPlan(looked(cleaning, there('a'), here('a', 'b', 'c', 'd')).state)).toMatchObject({
      deletionsOnDisk: 3,
    });
    expect(heldPlan(looked(cleaning, [], here('a')).state)).toMatchObject({ deletionsOnDisk: 1 });
  });

  it('set anew counts what was left alone before', () => {
    const downloading: Policy = { ...cleaning, cleanupLocal: false };
    const run = looked(downloading, there('a'), here('a', 'b', 'c', 'd'));
    looked(cleaning, [], here('a', 'b', 'c', 'd'), run);
    expect(planned(run)).toEqual([]);
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDisk: 3 });
  });

  it('counts no file that is out of scope, and leaves the folder that it is in', () => {
    const run = new SpecRun(cleaning, {
      ignore: ({ name }) => (name.endsWith('.tmp') ? { plugin: 'settings', detail: '.tmp' } : null),
      resolve: () => null,
    });
    const inside = (name: string) => onDisk(`L${name}`, name, name, { in: 'LD' });
    const folder = onDisk('LD', 'd', null);
    looked(
      cleaning,
      there('a'),
      [...here('a'), folder, inside('1.tmp'), inside('2.tmp'), inside('3.tmp')],
      run,
    );
    expect(heldPlan(run.state)).toBeNull();
    expect(planned(run)).toEqual([]);
    const { notAtRest } = statusOf(run.state);
    expect(notAtRest.map(({ path, standing }) => `${standing} ${path}`)).toEqual([
      'ignored d',
      'ignored d/1.tmp',
      'ignored d/2.tmp',
      'ignored d/3.tmp',
    ]);
    expect(run.state.trees.byLocalId.has(localId('LD'))).toBe(true);
  });
});

describe('cleanup_local_files, while monitoring', () => {
  const everyMs = 60_000;

  /** Both sides agree on `a`; then `b` is saved on disk. */
  function saved(cleanupAfter: 'any' | 'due' | 'full'): SpecRun {
    const often = { pollIntervalMs: everyMs, scanIntervalMs: 1e9, fullRoundEvery: 1 };
    const pace: Pace = { ...paceOnce, ...often, mode: 'continuous', cleanupAfter };
    const run = looked({ ...cleaning, pace }, there('a'), here('a'));
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(...here('a', 'b'));
    expect(planned(run)).toEqual([]);
    return run;
  }

  function notified(run: SpecRun): SpecRun {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows();
    return run;
  }

  function polled(run: SpecRun, ...rows: ReturnType<typeof there>): SpecRun {
    run.at += everyMs;
    run.record([{ type: 'Woke' }]);
    run.driveShows(...rows);
    return run;
  }

  it('leaves a file alone that was saved since the last look at the drive, until the next one has ended', () => {
    expect(planned(notified(saved('any')))).toEqual(['DeleteLocal b']);
    expect(planned(polled(saved('any')))).toEqual(['DeleteLocal b']);
  });

  it('monitor_interval: not after a look that a notification caused', () => {
    const run = notified(saved('due'));
    expect(planned(run)).toEqual([]);
    expect(planned(polled(run, ...there('a')))).toEqual(['DeleteLocal b']);
  });

  it('monitor_fullscan_frequency: only after a look that lists everything', () => {
    const run = saved('full');
    expect(planned(notified(run))).toEqual([]);
    expect(run.state.remote.looksSinceFull).toBeGreaterThan(0);
    expect(planned(polled(run, ...there('a')))).toEqual(['DeleteLocal b']);
  });

  it('a snapshot knows it', async () => {
    const run = saved('any');
    const restored = await deserialise(serialise(run.state), run.rulesFor);
    expect(restored?.remote.listedAt).toBe(run.state.remote.listedAt);
    expect(restored?.remote.listedAt).toBeGreaterThan(0);
  });
});
