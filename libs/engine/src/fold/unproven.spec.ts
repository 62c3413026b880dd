/** What comes back into scope where the drive does not tell of it now: it is compared by what the drive showed before. */
import type { Command, Policy, RemoteRow } from '@tidemark/contracts';
import { driveItemId, plainPolicy } from '@tidemark/contracts';
import type { Rules } from '@tidemark/planner';
import { describe, expect, it } from 'vitest';
import { deserialise, serialise } from '../views/snapshot.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

const rulesFor = ({ filter: { skipDir } }: Policy): Rules => ({
  ignore: ({ path }) =>
    skipDir !== '' && path.split('/').includes(skipDir) ? { plugin: 'settings', detail: skipDir } : null,
  resolve: () => null,
});

const folder = onDrive('F', 'Films', null);
const file = onDrive('A', 'a', 'film', { in: 'F' });
const disk = [onDisk('LF', 'Films', null), onDisk('LA', 'a', 'film', { in: 'LF' })];
const unlistable = { ...folder, eTag: 'F2', oddity: 'the drive does not list what is in it' };

/** `Films/a` was agreed on, was left alone in one run, and is in scope again. The drive is about to be listed anew. */
function backInScope(): SpecRun {
  const run = new SpecRun({}, rulesFor);
  run.start();
  run.driveShows(folder, file);
  run.diskShows(...disk);
  run.policy = { ...plainPolicy, filter: { ...plainPolicy.filter, skipDir: 'Films' } };
  run.start();
  run.driveShows();
  run.diskShows(...disk);
  run.policy = plainPolicy;
  run.state.remote.cursor = null;
  run.start();
  run.diskShows(...disk);
  return run;
}

const changes = (commands: readonly Command[]): string[] =>
  commands.map(({ type, path }) => `${type} ${path}`).filter((words) => !/^(Read|Scan)/.test(words));

/** The drive is listed once more. */
function nextListing(run: SpecRun, ...rows: readonly RemoteRow[]): string[] {
  run.state.remote.cursor = null;
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  const planned = run.driveShows(...rows);
  return changes([...planned, ...(run.state.remote.look.command === null ? [] : run.itemsAre())]);
}

describe.each(['unread', 'unlistable'] as const)('what is %s on the drive as it comes back', (how) => {
  function compared(): SpecRun {
    const run = backInScope();
    if (how === 'unlistable') run.driveShows(unlistable);
    else {
      run.driveShows(folder);
      run.itemsAre({ id: driveItemId('A'), unread: 'the service answered 423' });
    }
    expect(run.state.trees.items.size).toBe(3);
    return run;
  }

  it('found gone later, it goes up again: it may have been gone while it was left alone', () => {
    expect(nextListing(compared(), folder)).toEqual(['UploadFile Films/a']);
  });

  it('the same when the drive tells that it is gone', () => {
    const run = compared();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(...(how === 'unlistable' ? [folder] : []), goneFromDrive('A'));
    expect(run.command('UploadFile').path).toBe('Films/a');
  });

  it('found gone after the drive has shown it once, it goes from the disk', () => {
    const run = compared();
    expect(nextListing(run, folder, file)).toEqual([]);
    expect(nextListing(run, folder)).toEqual(['DeleteLocal Films/a']);
  });

  it('survives a snapshot', async () => {
    const { state } = compared();
    expect(state.unprovenOnDrive.size).toBeGreaterThan(0);
    expect((await deserialise(serialise(state), rulesFor))?.unprovenOnDrive).toEqual(state.unprovenOnDrive);
  });
});
