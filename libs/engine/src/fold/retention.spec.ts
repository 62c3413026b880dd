import { describe, expect, it } from 'vitest';
import type { FailureCode } from '@tidemark/contracts';
import { driveItemId } from '@tidemark/contracts';
import { statusOf } from '../views/status.ts';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';

/** The folder `d` with `a` and the folder `e`, in which is `b`, was agreed on and is deleted on disk. */
function deleted(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(
    ...[onDrive('D', 'd', null), onDrive('A', 'a', 'a', { in: 'D' }), onDrive('E', 'e', null, { in: 'D' })],
    ...[onDrive('B', 'b', 'b', { in: 'E' }), onDrive('X', 'x', 'x')],
  );
  run.diskShows(
    ...[onDisk('LD', 'd', null), onDisk('LA', 'a', 'a', { in: 'LD' }), onDisk('LE', 'e', null, { in: 'LD' })],
    ...[onDisk('LB', 'b', 'b', { in: 'LE' }), onDisk('LX', 'x', 'x')],
  );
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(onDisk('LX', 'x', 'x'));
  return run;
}

const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`).toSorted();

function answer(run: SpecRun, path: string, code?: FailureCode): void {
  const command = [...run.state.inFlight.values()].find((one) => one.path === path);
  if (command?.type !== 'DeleteRemote') throw new Error(`Nothing deletes ${path}`);
  const remote = { id: driveItemId(command.driveItemId), deleted: true } as const;
  run.observe(
    code === undefined
      ? { type: 'CommandSucceeded', command: command.id, remote }
      : { type: 'CommandFailed', command: command.id, failure: { code, detail: `on hold: ${path}` } },
  );
}

describe('a folder that the drive refuses to delete with what is in it', () => {
  it('goes once what is in it is gone, leaves first', () => {
    const run = deleted();
    expect(underWay(run)).toEqual(['DeleteRemote d']);
    answer(run, 'd', 'accessDenied');
    expect(underWay(run)).toEqual(['DeleteRemote d/a', 'DeleteRemote d/e']);
    answer(run, 'd/e', 'accessDenied');
    answer(run, 'd/a');
    expect(underWay(run)).toEqual(['DeleteRemote d/e/b']);
    answer(run, 'd/e/b');
    expect(underWay(run)).toEqual(['DeleteRemote d/e']);
    answer(run, 'd/e');
    expect(underWay(run)).toEqual(['DeleteRemote d']);
    answer(run, 'd');
    expect(run.state.activities.size).toBe(0);
  });

  it('stays with what is refused itself, which is asked for once', () => {
    const run = deleted();
    for (const path of ['d', 'd/a', 'd/e']) answer(run, path, 'accessDenied');
    answer(run, 'd/e/b');
    answer(run, 'd/e');
    expect(underWay(run)).toEqual([]);
    expect([...run.state.activities.values()].map(({ failure }) => failure?.detail)).toEqual([
      'on hold: d',
      'on hold: d/a',
    ]);
  });

  it('is a problem of the run that met it first, and of a later one when it shows something new', () => {
    const run = deleted();
    const refuseAll = (): void => {
      for (let path = next(run); path !== undefined; path = next(run))
        answer(run, path, path === 'd/e/b' || path === 'd/e' ? undefined : 'accessDenied');
    };
    const again = (): void => {
      run.start();
      run.driveShows();
      run.diskShows(onDisk('LX', 'x', 'x'));
      refuseAll();
    };
    refuseAll();
    expect(standings(run)).toEqual(['d problem', 'd/a problem']);
    again();
    expect(standings(run)).toEqual(['d blocked', 'd/a blocked']);
    again();
    expect(standings(run)).toEqual(['d blocked', 'd/a blocked']);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'a', { in: 'D', eTag: 'another' }));
    refuseAll();
    expect(standings(run)).toContain('d/a problem');
  });
});

const next = (run: SpecRun): string | undefined => [...run.state.inFlight.values()][0]?.path;

const standings = ({ state }: SpecRun): string[] =>
  statusOf(state).notAtRest.map(({ path, standing }) => `${path} ${standing}`);
