/**
 * A folder that changed during a look is listed twice in it. An editor that writes beside the file and renames that over it may do
 * so between the two: the first listing meets the old file, and the second one the new file under its name.
 */
import type { Command, LocalListing, LocalRow } from '@tidemark/contracts';
import { localId, paceOnce } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const root = localId('root');
const old = onDisk('LA', 'a', 'old');
const saved = { ...onDisk('LN', 'a', 'saved'), hash: null };
const beside = { ...saved, name: 'a~' };

let run: SpecRun;
beforeEach(() => {
  run = new SpecRun({ pace: { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } });
  run.start();
  run.driveShows(onDrive('A', 'a', 'old'));
  run.diskShows(old);
});

const words = (commands: readonly Command[]): string[] => commands.map(({ type, path }) => `${type} ${path}`);

/** Answers the look under way with these listings of the root, one after the other. */
function lists(unreadable: readonly 'root'[], ...listings: readonly (readonly LocalRow[])[]): string[] {
  const id = run.state.local.look.command?.id ?? '';
  const folders: LocalListing['folders'] = listings.map((rows) => ({ id: root, rows: [...rows] }));
  const end = { parts: 1, unreadable: unreadable.map(localId), oddities: [] };
  return words(
    run.observe(
      { type: 'LocalListing', command: id as Command['id'], part: 0, folders },
      { type: 'CommandSucceeded', command: id as Command['id'], look: end },
    ),
  );
}

const hint = (folders?: readonly string[]): void =>
  void run.observe({ type: 'HintReceived', side: 'local', source: 'spec', ...(folders && { folders }) });

describe.each([
  ['a look into the folder', [''], []],
  ['a look at everything', undefined, []],
  ['a look that found the folder changing up to its end', [''], ['root']],
] as const)('%s', (_which, folders, unreadable) => {
  it('takes the file that was renamed over another one for its next version', () => {
    hint(folders);
    expect(lists(unreadable, [old, beside], [saved])).toEqual(['ScanLocal ']);
    expect(lists([], [saved])).toEqual(['UploadFile a']);
    expect(run.command('UploadFile').target).toMatchObject({ as: 'version', id: 'A' });
  });

  it('follows the old file where it has another name by now', () => {
    hint(folders);
    const backup = { ...old, name: 'a.bak' };
    expect(lists(unreadable, [old, beside], [saved, backup])).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(MoveRemote a|UploadFile a)/)]),
    );
  });
});
