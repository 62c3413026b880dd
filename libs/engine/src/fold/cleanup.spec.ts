/** What a cleanup leaves on disk because of the folder that it is in. */
import type { LocalRow, Policy } from '@tidemark/contracts';
import { driveItemId, plainPolicy } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { textsOnly } from '../testing/texts-only.ts';
import { statusOf } from '../views/status.ts';
import { heldPlan } from './gate.ts';

const cleaning: Policy = { ...plainPolicy, direction: 'download', cleanupLocal: true, massDeleteMax: 3 };

const a = onDrive('Ra', 'a.txt', 'one');

function started(...disk: readonly LocalRow[]): SpecRun {
  const run = new SpecRun(cleaning, textsOnly);
  run.start();
  run.driveShows(a);
  run.diskShows(...disk);
  return run;
}

function diskShowsMore(run: SpecRun, ...rows: readonly LocalRow[]): string[] {
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  return run.diskShows(...rows).map(({ type, path }) => `${type} ${path}`);
}

it('stays, is not counted with what goes, and status says why', () => {
  const inside = ['1.txt', '2.txt', '3.txt'].map((name) => onDisk(`L${name}`, name, name, { in: 'LD' }));
  const run = started(onDisk('La', 'a.txt', 'one'), onDisk('LD', 'd', null), ...inside);
  expect([...run.state.inFlight.values()]).toEqual([]);
  expect(heldPlan(run.state)).toBeNull();
  const { notAtRest } = statusOf(run.state);
  const why = 'settings: stays although it is not online, in a folder that is left out (no rule includes it)';
  expect(notAtRest.map(({ path, detail, retained }) => [path, detail, retained])).toEqual([
    ['d', 'settings: no rule includes it', undefined],
    ['d/1.txt', why, 'file'],
    ['d/2.txt', why, 'file'],
    ['d/3.txt', why, 'file'],
  ]);
});

it('goes once that folder has a name that is in', () => {
  const run = started(onDisk('La', 'a.txt', 'one'));
  const changed = onDisk('La', 'a.txt', 'two', { in: 'LD' });
  diskShowsMore(run, onDisk('LD', 'd', null), changed);
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  expect(run.driveShows({ id: driveItemId('Ra'), deleted: true }, onDrive('Rb', 'b.txt', 'b'))).toMatchObject(
    [{ type: 'DownloadFile', path: 'b.txt' }],
  );
  const { id: command } = run.command('DownloadFile');
  const b = onDisk('Lb', 'b.txt', 'b');
  expect(run.observe({ type: 'CommandSucceeded', command, local: b })).toEqual([]);
  expect(diskShowsMore(run, onDisk('LD', 'd.txt', null), changed, b)).toEqual(['DeleteLocal d.txt/a.txt']);
});

it('waits for no confirmation any more once that folder has a name that is out', () => {
  const inside = ['1.txt', '2.txt', '3.txt'].map((name) => onDisk(`L${name}`, name, name, { in: 'LD' }));
  const alike = [onDisk('La', 'a.txt', 'one'), ...inside];
  const run = started(onDisk('LD', 'd.txt', null), ...alike);
  expect(heldPlan(run.state)).toMatchObject({ deletionsOnDisk: 4 });
  expect(diskShowsMore(run, onDisk('LD', 'd', null), ...alike)).toEqual([]);
  expect(heldPlan(run.state)).toBeNull();
});

it('is not counted where it was changed here and deleted online, either, whatever the run before counted', () => {
  const names = ['1', '2', '3', '4'];
  const run = new SpecRun({ ...cleaning, cleanupLocal: false }, textsOnly);
  run.start();
  run.driveShows(a, ...names.map((name) => onDrive(`R${name}`, `${name}.txt`, 'one')));
  const kept = onDisk('La', 'a.txt', 'one');
  run.diskShows(kept, ...names.map((name) => onDisk(`L${name}`, `${name}.txt`, 'one')));
  const changed = names.map((name) => onDisk(`L${name}`, `${name}.txt`, 'two', { in: 'LD' }));
  diskShowsMore(run, kept, onDisk('LD', 'd', null), ...changed);
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(...names.map((name) => ({ id: driveItemId(`R${name}`), deleted: true as const })));
  expect(heldPlan(run.state)).toBeNull();
  run.policy = cleaning;
  run.start();
  run.driveShows();
  run.diskShows(kept, onDisk('LD', 'd', null), ...changed);
  expect([...run.state.inFlight.values()]).toEqual([]);
  expect(heldPlan(run.state)).toBeNull();
});
