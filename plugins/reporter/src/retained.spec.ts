import type { ItemVerdict } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { command, createSpecPrinter, planned, started, succeeded } from './spec-events.ts';

const cleaning = { direction: 'download', cleanupLocal: true };
const filter = { syncList: 'proj\n' };

const skipped = (path: string, kind: 'path' | 'file'): ItemVerdict => ({
  path,
  standing: 'ignored',
  detail: `settings: Skipping ${kind} - excluded by sync_list config: ./${path}`,
});
const retained = (path: string, kind: 'file' | 'folder'): ItemVerdict => ({
  path,
  standing: 'ignored',
  detail: `settings: stays although it is not online, in a folder that is left out (Skipping path - excluded by sync_list config: ./new)`,
  retained: kind,
});
const inFolder = [
  skipped('new', 'path'),
  skipped('new/other.txt', 'file'),
  retained('new/proj', 'folder'),
  retained('new/proj/one.txt', 'file'),
  retained('new/proj/two.txt', 'file'),
];

it('names what a cleanup leaves, and the folders that stay with it', () => {
  const { append, printer, lines } = createSpecPrinter({ verbosity: 1 });
  append(started(cleaning, filter));
  lines.length = 0;
  printer.verdicts(inFolder);
  expect(lines).toEqual([
    'Skipping path - excluded by sync_list config: ./new',
    "Local parent directory should be retained due to 'sync_list' inclusion: ./new",
    "Path retained due to 'sync_list' inclusion: ./new",
    "Local directory should be retained due to 'sync_list' inclusion: ./new/proj",
    "Path retained due to 'sync_list' inclusion: ./new/proj",
    'Path already marked for retention - retaining path: ./new',
    'Path already marked for retention - retaining path: ./new/proj',
    "Local file should be retained due to 'sync_list' inclusion: ./new/proj/one.txt",
    "Path retained due to 'sync_list' inclusion: ./new/proj/one.txt",
    'Path already marked for retention - retaining path: ./new',
    'Path already marked for retention - retaining path: ./new/proj',
    "Local file should be retained due to 'sync_list' inclusion: ./new/proj/two.txt",
    "Path retained due to 'sync_list' inclusion: ./new/proj/two.txt",
  ]);
});

it('names no folder that is online: it stays anyway', () => {
  const { append, printer, lines } = createSpecPrinter({ verbosity: 1 });
  append(started(cleaning, filter));
  lines.length = 0;
  printer.verdicts([retained('a/proj/one.txt', 'file')]);
  expect(lines).toEqual([
    "Local file should be retained due to 'sync_list' inclusion: ./a/proj/one.txt",
    "Path retained due to 'sync_list' inclusion: ./a/proj/one.txt",
  ]);
});

it('without --verbose it is one line for all', () => {
  const { append, printer, lines } = createSpecPrinter();
  append(started(cleaning, filter));
  printer.verdicts([retained('a/proj/one.txt', 'file'), retained('a/proj/two.txt', 'file')]);
  append({ type: 'Stopped', cause: 'finished' });
  expect(lines).toContain(
    'Skipped 2 items - not online, in a folder that sync_list leaves out: ./a/proj/one.txt, ./a/proj/two.txt',
  );
});

it('is not said to be for sync_list where a plugin leaves the folder out', () => {
  const { append, printer, lines } = createSpecPrinter({ verbosity: 1 });
  append(started(cleaning));
  lines.length = 0;
  printer.verdicts([{ ...retained('d/a', 'file'), detail: 'mine: stays although it is not online' }]);
  expect(lines).toEqual(['Skipping item - mine: stays although it is not online: ./d/a']);
});

it('names a folder that goes after something was taken out of it', () => {
  const { append, lines } = createSpecPrinter({ verbosity: 1 });
  append(
    started(cleaning),
    planned(command('DeleteLocal', 1, { path: 'd/e/a', kind: 'file' })),
    succeeded(1),
  );
  lines.length = 0;
  append(planned(command('DeleteLocal', 2, { path: 'd/e', kind: 'folder' })));
  expect(lines).toEqual([
    'Removing parental local directory: d/e',
    'Removing local directory: d/e',
    'Attempting removal of local directory: d/e',
  ]);
  append(planned(command('DeleteLocal', 3, { path: 'empty', kind: 'folder' })));
  expect(lines).not.toContain('Removing parental local directory: empty');
});
