/** An answer that was under way while looks told more of the disk: what it says of the disk is what was true before them. */
import type { LocalRow } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const sent = onDisk('LA', 'a', 'sent');
const b = onDisk('LB', 'b', 'other');

/** The upload of `a` is answered when the disk has shown this in its place. Returns what is looked into again. */
function answered(...shown: readonly LocalRow[]): SpecRun {
  const pace = { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } as const;
  const run = new SpecRun({ pace });
  run.start();
  run.driveShows(onDrive('B', 'b', 'other'));
  run.diskShows(b, sent);
  const { id } = run.command('UploadFile');
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
  run.diskShows(b, ...shown);
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', 'a', 'sent'), local: sent });
  return run;
}

it('renamed since: the disk is looked at once more, and the drive follows', () => {
  const renamed = { ...sent, name: 'c' };
  const run = answered(renamed);
  expect(run.state.local.look.command).toMatchObject({ type: 'ScanLocal', folders: [''] });
  run.diskShows(b, renamed);
  expect(run.command('MoveRemote')).toMatchObject({ driveItemId: 'A', toName: 'c' });
});

it('saved again since: the next version goes up', () => {
  const saved = { ...onDisk('LA', 'a', 'saved'), hash: null };
  const run = answered(saved);
  run.diskShows(b, saved);
  expect(run.command('UploadFile')).toMatchObject({ path: 'a', target: { as: 'version', id: 'A' } });
});

it('deleted since: it goes from the drive', () => {
  const run = answered();
  run.diskShows(b);
  expect(run.command('DeleteRemote')).toMatchObject({ driveItemId: 'A' });
});

it('shown as it was: no look is worth it', () => {
  expect(answered(sent).state.local.look.command).toBeNull();
});
