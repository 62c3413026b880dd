/** What leaves the disk is deleted on the drive a moment later, and only if it is still gone then. */
import type { LocalRow, Pace } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { isQuiet, nextDueAt } from '../plan/plan.ts';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { heldPlan } from './gate.ts';
import { noRules } from './state.ts';

const delayMs = 60_000;
const pace: Pace = {
  ...paceOnce,
  ...{ mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9, deletionDelayMs: delayMs },
};
const a = onDisk('LA', 'a', 'one');
const b = onDisk('LB', 'b', 'two');

/** Both sides agree on these files. */
function atRest(...files: readonly LocalRow[]): SpecRun {
  const massDeleteMax = files.length < 100 ? 3 : 1000;
  const run = new SpecRun({ pace, massDeleteMax });
  run.start();
  run.driveShows(
    ...files.map((row) => onDrive(row.id.slice(1), row.name, row.hash, { in: driveFolder(row) })),
  );
  run.diskShows(...files);
  expect(isQuiet(run.state)).toBe(true);
  return run;
}

const driveFolder = ({ parentId }: LocalRow): string => (parentId === 'root' ? 'root' : parentId.slice(1));

/** A hint, and what the looks that follow it meet. */
function shows(run: SpecRun, ...disk: readonly LocalRow[]): void {
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(...disk);
}

function passes(run: SpecRun): void {
  run.at = nextDueAt(run.state) ?? Number.NaN;
  run.record([{ type: 'Woke' }]);
}

const planned = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('a file that is gone from the disk', () => {
  it('is looked for once more where it was when the delay is over, and deleted on the drive then', () => {
    const run = atRest(a, b);
    shows(run, b);
    const goneAt = run.at - 1000;
    expect(planned(run)).toEqual([]);
    expect(isQuiet(run.state)).toBe(false);
    expect(nextDueAt(run.state)).toBe(goneAt + delayMs);
    passes(run);
    expect(run.state.local.look.command).toMatchObject({ folders: [''], reason: { rule: 'still-gone' } });
    expect(planned(run)).toEqual([]);
    run.scan([b]);
    expect(planned(run)).toEqual(['DeleteRemote a']);
  });

  it('and is saved anew in the delay is uploaded as its next version', () => {
    const run = atRest(a, b);
    shows(run, b);
    shows(run, onDisk('LN', 'a', 'new'), b);
    expect(run.command('UploadFile')).toMatchObject({ path: 'a', target: { as: 'version', id: 'A' } });
  });

  it('and comes back without a hint is met by the look that ends the delay', () => {
    const run = atRest(a, b);
    shows(run, b);
    passes(run);
    run.scan([onDisk('LN', 'a', 'new'), b]);
    expect(run.command('UploadFile')).toMatchObject({ path: 'a', target: { as: 'version', id: 'A' } });
    expect(run.state.inFlight.size).toBe(1);
  });

  it('and comes back as it was is no change at all', () => {
    const run = atRest(a, b);
    shows(run, b);
    shows(run, a, b);
    expect(planned(run)).toEqual([]);
    passes(run);
    expect([planned(run), isQuiet(run.state)]).toEqual([[], true]);
  });

  it('is not brought back in the delay because its version on the drive changed', () => {
    const run = atRest(a, b);
    shows(run, b);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'changed'));
    expect(planned(run)).toEqual([]);
    passes(run);
    run.scan([b]);
    expect(planned(run)).toEqual(['DownloadFile a']);
  });

  it('holds up nothing else: other files are uploaded in the delay, and each deletion waits for its own', () => {
    const run = atRest(a, b);
    shows(run, b);
    shows(run, onDisk('LC', 'c', 'three'));
    expect(planned(run)).toEqual(['UploadFile c']);
    passes(run);
    expect(nextDueAt(run.state)).toBeGreaterThan(run.at);
    run.scan([onDisk('LC', 'c', 'three')]);
    expect(planned(run)).toEqual(['UploadFile c', 'DeleteRemote a']);
  });

  it('is deleted in bounded time although something is deleted all the while', () => {
    const files = Array.from({ length: 100 }, (_, index) => onDisk(`L${index}`, `${index}`, `${index}`));
    const run = atRest(...files);
    const goneAt = new Map<string, number>();
    for (let left = files; left.length > 0;) {
      goneAt.set(left[0]?.name ?? '', run.at);
      left = left.slice(1);
      run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
      while (run.state.local.look.command !== null) run.scan(left);
      if ((nextDueAt(run.state) ?? Infinity) <= run.at) run.record([{ type: 'Woke' }]);
      while (run.state.local.look.command !== null) run.scan(left);
      for (const { type, path, id } of [...run.state.inFlight.values()]) {
        expect(type).toBe('DeleteRemote');
        expect(run.at - (goneAt.get(path) ?? 0)).toBeLessThan(delayMs + 20_000);
        const { remote } =
          [...run.state.trees.items.values()].find((item) => item.remote?.name === path) ?? {};
        if (remote == null) throw new Error('no such item');
        run.observe({ type: 'CommandSucceeded', command: id, remote: { id: remote.id, deleted: true } });
        goneAt.delete(path);
      }
      if (run.state.remote.look.command !== null) run.driveShows();
    }
    expect(goneAt.size).toBeLessThan(30);
  });

  it('waits together with its folder, which goes in one call', () => {
    const inside = onDisk('LX', 'x', 'three', { in: 'LD' });
    const run = atRest(onDisk('LD', 'd', null), inside, b);
    shows(run, b);
    passes(run);
    expect(run.state.local.look.command).toMatchObject({ folders: [''] });
    run.scan([b]);
    expect(planned(run)).toEqual(['DeleteRemote d']);
  });

  it('keeps a folder that it was moved out of, and that went before it, until its own delay is over', () => {
    const d = onDisk('LD', 'd', null);
    const run = atRest(d, onDisk('LX', 'x', 'three', { in: 'LD' }), b);
    shows(run, onDisk('LX', 'x', 'three'), b);
    run.observe({
      ...{ type: 'CommandFailed', command: run.command('MoveRemote').id },
      failure: { code: 'offline', detail: 'spec', afterMs: 10 * delayMs },
    });
    shows(run, b);
    passes(run);
    run.scan([b]);
    expect(planned(run)).toEqual([]);
    passes(run);
    run.scan([b]);
    expect(planned(run)).toEqual(['DeleteRemote d']);
  });

  it('counts at the gate from the first moment', () => {
    const files = ['1', '2', '3'].map((name) => onDisk(`L${name}`, name, name));
    const run = atRest(...files, b);
    shows(run, b);
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDrive: 3 });
    shows(run, ...files, b);
    expect(heldPlan(run.state)).toBeNull();
  });

  it('waits no longer once another run has looked everywhere, and a run that ends by itself never does', () => {
    const run = atRest(a, b);
    shows(run, b);
    run.policy = { ...run.policy, pace: paceOnce };
    run.start();
    run.driveShows();
    expect(planned(run)).toEqual([]);
    run.diskShows(b);
    expect(planned(run)).toEqual(['DeleteRemote a']);
  });

  it('has its delay in a snapshot', async () => {
    const run = atRest(a, b);
    shows(run, b);
    const restored = await deserialise(serialise(run.state), () => noRules);
    expect(restored && nextDueAt(restored)).toBe(nextDueAt(run.state));
  });
});
