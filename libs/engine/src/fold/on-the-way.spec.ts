/** Folders that rules let in only for what is in them, while a run goes on. */
import type { RemoteRow } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';
import { textsOnly } from '../testing/texts-only.ts';
import { statusOf } from '../views/status.ts';

const folders = [onDrive('D', 'd', null), onDrive('E', 'e', null, { in: 'D' })];

function started(): SpecRun {
  const run = new SpecRun({}, textsOnly);
  run.start();
  expect(run.driveShows(...folders)).toEqual([]);
  expect(run.diskShows()).toEqual([]);
  return run;
}

/** What it wants when the drive tells something more. */
function toldMore(run: SpecRun, ...rows: readonly RemoteRow[]): string[] {
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  return run.driveShows(...rows).map(({ type, path }) => `${type} ${path}`);
}

it('are left where they are, and status says why', () => {
  const { notAtRest } = statusOf(started().state);
  expect(notAtRest.map(({ path, standing, detail }) => [path, standing, detail])).toEqual([
    ['d', 'ignored', 'settings: no rule includes it'],
    ['d/e', 'ignored', 'settings: no rule includes it'],
  ]);
});

it('are made, from the outermost on, when a file comes that is in', () => {
  const run = started();
  expect(toldMore(run, onDrive('B', 'b.jpg', 'film', { in: 'E' }))).toEqual([]);
  expect(toldMore(run, onDrive('A', 'a.txt', 'text', { in: 'E' }))).toEqual(['CreateLocalFolder d']);
  const { id: command } = run.command('CreateLocalFolder');
  const next = run.observe({ type: 'CommandSucceeded', command, local: onDisk('LD', 'd', null) });
  expect(next.map(({ type, path }) => `${type} ${path}`)).toEqual(['CreateLocalFolder d/e']);
});

it('are made for what comes into them while a command is at work for it', () => {
  const run = new SpecRun({}, textsOnly);
  run.start();
  run.diskShows();
  run.driveShows(...folders, onDrive('A', 'a.txt', 'text'));
  expect(run.command('DownloadFile').path).toBe('a.txt');
  expect(toldMore(run, onDrive('A', 'a.txt', 'text', { in: 'D' }))).toEqual(['CreateLocalFolder d']);
});

it('are made when one of them gets a name that is in', () => {
  expect(toldMore(started(), onDrive('E', 'e.txt', null, { in: 'D' }))).toEqual(['CreateLocalFolder d']);
});
