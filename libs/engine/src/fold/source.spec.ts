/** What was uploaded and removed from the disk is missed by no later run, however the one before ended. */
import type { Policy } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';

const source: Policy = { ...plainPolicy, direction: 'upload', removeSource: 'files' };
const a = onDisk('LA', 'a', 'one');
const there = onDrive('A', 'a', 'one');

/** Both sides agree on the file. */
function agreed(policy: Policy): SpecRun {
  const run = new SpecRun(policy);
  run.start();
  run.driveShows(there);
  run.diskShows(a);
  return run;
}

function nextRun(run: SpecRun, policy: Policy): string[] {
  run.policy = policy;
  run.start();
  run.driveShows();
  run.diskShows();
  return planned(run);
}

const planned = ({ state }: SpecRun): string[] =>
  [...state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('a file that was uploaded', () => {
  it('leaves the disk, and the drive keeps it', () => {
    const run = agreed(source);
    const { id } = run.command('DeleteLocal');
    run.observe({ type: 'CommandSucceeded', command: id, local: { id: a.id, gone: true, trash: '1/a' } });
    expect(planned(run)).toEqual([]);
    expect(nextRun(run, source)).toEqual([]);
    // Synced both ways it is new there, and comes back.
    expect(nextRun(run, plainPolicy)).toEqual(['DownloadFile a']);
  });

  it('was removed by a run that was killed before it knew: nothing is deleted on the drive', () => {
    const run = agreed(source);
    run.command('DeleteLocal');
    expect(nextRun(run, plainPolicy)).toEqual(['DownloadFile a']);
  });

  it('is deleted by its user before it was removed: that says nothing either', () => {
    const run = agreed(plainPolicy);
    expect(nextRun(run, source)).toEqual([]);
    expect(nextRun(run, plainPolicy)).toEqual(['DownloadFile a']);
  });

  it('is removed as well when the setting is new, and after a snapshot', async () => {
    const run = agreed(plainPolicy);
    run.policy = source;
    run.start();
    const state = await deserialise(serialise(run.state), run.rulesFor);
    if (state === null) throw new Error('there is a snapshot');
    run.state = state;
    run.driveShows();
    run.diskShows(a);
    expect(planned(run)).toEqual(['DeleteLocal a']);
  });
});
