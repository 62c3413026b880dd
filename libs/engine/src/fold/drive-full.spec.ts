import type { CommandOf, Policy } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { isQuiet, nextDueAt } from '../plan/plan.ts';
import { statusOf } from '../views/status.ts';

const ten = 'x'.repeat(10);

/** New on disk: files of ten bytes, and `small` of two. `old` has ten bytes and is on both sides. */
function withNew(names: readonly string[], policy: Partial<Policy> = {}): SpecRun {
  const run = new SpecRun(policy);
  run.start();
  look(run, names);
  return run;
}

function look(run: SpecRun, names: readonly string[]): void {
  run.driveShows(onDrive('OLD', 'old', ten));
  run.diskShows(
    onDisk('LOLD', 'old', ten),
    ...names.map((name) => onDisk(`L${name}`, name, name === 'small' ? 'xx' : ten)),
  );
}

const underWay = ({ state }: SpecRun): string[] =>
  [...state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

const upload = (run: SpecRun, path: string): CommandOf<'UploadFile'> => {
  const command = [...run.state.inFlight.values()].find((one) => one.path === path);
  if (command?.type !== 'UploadFile') throw new Error(`${path} is not being uploaded`);
  return command;
};

const failure = { code: 'quotaReached', detail: 'Insufficient Space Available' } as const;
const refuse = (run: SpecRun, ...paths: readonly string[]): void =>
  void run.observe(
    ...paths.map((path) => ({ type: 'CommandFailed' as const, command: upload(run, path).id, failure })),
  );

function take(run: SpecRun, path: string): void {
  const { id, sizeBytes } = upload(run, path);
  const text = 'x'.repeat(sizeBytes);
  const local = onDisk(`L${path}`, path, text);
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive(`R${path}`, path, text), local });
}

/** Returns how many seconds it waited. */
function wake(run: SpecRun): number {
  const dueAt = nextDueAt(run.state) ?? run.at;
  const waited = Math.round((dueAt - run.at) / 1000) + 1;
  run.at = dueAt;
  run.record([{ type: 'Woke' }]);
  return waited;
}

describe('a full drive', () => {
  it('is asked once: what is as large waits, what is much smaller goes on', () => {
    const run = withNew(['a', 'b', 'small'], { commandsInFlightMax: 1 });
    expect(underWay(run)).toEqual(['UploadFile a']);
    refuse(run, 'a');
    expect(underWay(run)).toEqual(['UploadFile small']);
    take(run, 'small');
    run.driveShows();
    expect(underWay(run)).toEqual([]);
    expect(isQuiet(run.state)).toBe(true);
    expect(statusOf(run.state).notAtRest).toMatchObject(
      ['a', 'b'].map((path) => ({
        ...{ path, standing: 'waiting', failure: { code: 'quotaReached' } },
        detail: 'waits for space on the drive, which refused 10 bytes',
      })),
    );
  });

  it('is tried with one file after a while, and no more in this run', () => {
    const run = withNew(['a', 'b', 'c']);
    // They were under way together: that is one attempt.
    refuse(run, 'a', 'b', 'c');
    expect(wake(run)).toBe(5);
    expect(underWay(run)).toEqual(['UploadFile a']);
    refuse(run, 'a');
    expect(nextDueAt(run.state)).toBeNull();
    expect(isQuiet(run.state)).toBe(true);
  });

  it('is tried again with the next look of a run that goes on', () => {
    const pace = {
      ...paceOnce,
      mode: 'continuous',
      pollIntervalMs: 60_000,
      scanIntervalMs: 600_000,
    } as const;
    const run = withNew(['a', 'b', 'c'], { pace });
    refuse(run, 'a', 'b', 'c');
    wake(run);
    refuse(run, 'a');
    expect(underWay(run)).toEqual([]);
    wake(run);
    run.driveShows();
    expect(underWay(run)).toEqual(['UploadFile a']);
  });

  it('takes more and more at once when it takes files again', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const run = withNew(names, { commandsInFlightMax: 8 });
    refuse(run, ...names);
    wake(run);
    expect(underWay(run)).toEqual(['UploadFile a']);
    take(run, 'a');
    expect(underWay(run)).toEqual(['UploadFile b', 'UploadFile c', 'UploadFile d', 'UploadFile e']);
    take(run, 'b');
    expect(run.state.remote.full).toBeNull();
    expect(underWay(run)).toHaveLength(6);
  });

  it('is tried at once when as much was deleted there as it had refused', () => {
    const run = withNew(['a', 'b']);
    refuse(run, 'a', 'b');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('OLD', 'old', 'xxxxxx', { eTag: 'smaller' }));
    expect(underWay(run)).toEqual(['DownloadFile old']);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('OLD'));
    expect(underWay(run)).toEqual(['DownloadFile old', 'UploadFile a']);
  });

  it('is tried at once when a deletion of ours has made space', () => {
    const run = withNew(['a', 'b']);
    refuse(run, 'a', 'b');
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(onDisk('La', 'a', ten), onDisk('Lb', 'b', ten));
    const { id, driveItemId } = run.command('DeleteRemote');
    run.observe({ type: 'CommandSucceeded', command: id, remote: { id: driveItemId, deleted: true } });
    expect(underWay(run)).toEqual(['UploadFile a']);
  });

  it('is tried with one file in the next run, and with all of them after --resync', () => {
    const run = withNew(['a', 'b', 'c']);
    refuse(run, 'a', 'b', 'c');
    run.start();
    look(run, ['a', 'b', 'c']);
    expect(underWay(run)).toEqual(['UploadFile a']);
    run.start('--resync');
    look(run, ['a', 'b', 'c']);
    expect(underWay(run)).toHaveLength(3);
  });
});
