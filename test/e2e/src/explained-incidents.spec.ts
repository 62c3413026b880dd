/**
 * Planted incidents: in each of them `explain` names the true cause. The page of the engine lists them; a test below compares it
 * with this table.
 */
import { readFile, rename, rm, utimes } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile, type ProfileOptions, type TestProfile } from './profile.ts';

interface Incident {
  /** What truly happened, as the page has it. */
  readonly title: string;
  readonly options?: ProfileOptions;
  /** After a first sync. */
  readonly happens: (profile: TestProfile) => Promise<unknown>;
  /** Asked about. */
  readonly path: string;
  /** What `explain` says, without numbers of events and commands. */
  readonly says: readonly string[];
}

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/b.txt', content: 'b' },
  { path: '/Folder/in.txt', content: 'in' },
  { path: '/Folder/beside.txt', content: 'beside' },
];
const personal = { flavour: 'personal', tree } as const;

const incidents: readonly Incident[] = [
  {
    title: 'Deletion 1: a person deleted it on disk',
    happens: async ({ at, sync }) => (await rm(at('a.txt')), sync()),
    path: 'a.txt',
    says: [
      'A second look at the disk did not find it either (the first is event N): it is gone',
      'Decided to delete "a.txt" from the drive: it was deleted on disk and had not changed on the drive since the last agreement',
    ],
  },
  {
    title: 'Deletion 2: a person deleted it online',
    happens: async ({ drive, sync }) => (drive.remove('/a.txt'), sync()),
    path: 'a.txt',
    says: [
      'The drive reported that it was deleted',
      'Decided to delete "a.txt" on disk: it was deleted on the drive and had not changed on disk since the last agreement',
    ],
  },
  {
    title: 'Deletion 3: a person deleted its folder online',
    happens: async ({ drive, sync }) => (drive.remove('/Folder'), sync()),
    path: 'Folder/in.txt',
    says: ['The drive reported that it was deleted, and the folder that it was in as well'],
  },
  {
    title: 'Deletion 4: a person deleted its folder on disk',
    happens: async ({ at, sync }) => (await rm(at('Folder'), { recursive: true }), sync()),
    path: 'Folder/in.txt',
    says: [
      'A second look at the disk did not find it either (the first is event N): it is gone',
      'It is gone from the drive, by the command N to delete "Folder" from the drive, 3 items in all',
    ],
  },
  {
    title: 'Deletion 5: another file was moved to its name on disk',
    happens: async ({ at, sync }) => (await rename(at('b.txt'), at('a.txt')), sync()),
    path: 'a.txt',
    says: [
      'The disk showed it as another item in its place, touched or rewritten, with the size it had',
      'Decided to upload "a.txt" as a new version: its content changed on disk and not on the drive',
    ],
  },
  {
    title: 'Deletion 6: an undo removed it',
    options: personal,
    happens: async ({ write, sync, tidemark }) => {
      await write('new.txt', 'new');
      await sync();
      return tidemark(['undo', '--run', 'last', '--yes']);
    },
    path: 'new.txt',
    says: [
      'You asked for the undo of run N, and so it was made: remove "new.txt": it goes to the trash and, on the drive, to the recycle bin',
    ],
  },
  {
    title: 'Deletion 7: it was deleted online, and left the trash for good since the trash was full',
    options: {
      tree: [{ path: '/a.txt', content: 'x'.repeat(1_200_000) }],
      tidemarkConfig: { trash_size: '1' },
    },
    happens: async ({ drive, sync }) => {
      drive.remove('/a.txt');
      await sync();
      return sync();
    },
    path: 'a.txt',
    says: [
      'The drive reported that it was deleted',
      'because the trash held more than trash_size',
      'It left the trash for good.',
    ],
  },
  {
    title: 'Deletion 8: it went in a mass deletion that somebody confirmed',
    options: { tree, config: { classify_as_big_delete: '2' } },
    happens: async ({ at, onedrive, tidemark }) => {
      await rm(at('Folder'), { recursive: true });
      await rm(at('b.txt'));
      const { text } = await onedrive(['--sync']);
      return tidemark(['apply', /tidemark apply ([0-9a-f]{16})/.exec(text)?.[1] ?? '']);
    },
    path: 'b.txt',
    says: [
      'A second look at the disk did not find it either (the first is event N): it is gone',
      'You confirmed the plan N, which it was part of',
    ],
  },
  {
    title: 'Deletion 9: it was deleted online while the change feed was lost',
    happens: async ({ drive, simulator, sync }) => {
      drive.remove('/a.txt');
      simulator.expireDeltaTokens();
      return sync();
    },
    path: 'a.txt',
    says: [
      'Read by its id, the drive does not have it any more, after the listing of event N had not shown it: it is gone',
    ],
  },
  {
    title: 'Left alone: it was moved online into a folder that skip_dir names',
    options: { tree: [...tree, { path: '/Archive' }], config: { skip_dir: 'Archive' } },
    happens: async ({ drive, sync }) => (drive.move('/a.txt', '/Archive/a.txt'), sync()),
    path: 'a.txt',
    says: ['ignored, settings: moved on the drive into "Archive", which is out of scope'],
  },
  {
    title: 'Left alone: a filter was changed, and what was synced before is no more',
    happens: async ({ setConfig, sync }) => {
      await setConfig({ skip_dir: 'Folder' });
      return sync();
    },
    path: 'Folder/in.txt',
    says: [
      '"Folder/in.txt" is not synced, because skip_dir has the pattern "Folder"',
      'It left the scope of the sync (settings: Skipping file - file path is excluded by skip_dir config: ./Folder/in.txt), which ended the agreement: what happens to it on one side is not repeated on the other',
    ],
  },
  {
    title: 'Exclusion: a pattern of skip_file',
    happens: async ({ write, sync }) => (await write('draft.tmp', 'x'), sync()),
    path: 'draft.tmp',
    says: [
      '"draft.tmp" is not synced, because skip_file has the pattern "*.tmp" (the default, since no file sets skip_file)',
    ],
  },
  {
    title: 'Conflict: both sides changed it',
    happens: async ({ write, drive, sync }) => {
      await write('a.txt', 'changed here');
      drive.modify('/a.txt', 'changed online', '2001-01-01T00:00:00Z');
      return sync();
    },
    path: 'a.txt',
    says: [
      'both sides changed: the local version keeps the name, the version of the drive is kept beside it; the version on disk has the later modification time',
      'are the two versions of a conflict: tidemark conflicts show "a.txt" compares them',
    ],
  },
  {
    title: 'Wrong clock: the older version won, since a clock in the future dated it',
    happens: async ({ write, at, drive, sync }) => {
      await write('a.txt', 'changed here, long ago');
      await utimes(at('a.txt'), 4e9, 4e9);
      drive.modify('/a.txt', 'changed online');
      return sync();
    },
    path: 'a.txt',
    says: [
      'Its modification time is N days ahead of the clock of this machine: that clock is wrong, or the one that set it',
      'the version on disk has the later modification time',
    ],
  },
];

it.each(incidents)('$title', async ({ options, happens, path, says }) => {
  const profile = await openProfile({ tree, ...options });
  await profile.sync();
  await happens(profile);
  const { stdout, exitCode } = await profile.tidemark(['explain', path]);
  expect(exitCode).toBe(0);
  for (const sentence of says) expect(plain(stdout)).toContain(sentence);
  expect(stdout.trimEnd().split('\n').length, stdout).toBeLessThanOrEqual(24);
});

it('the page lists these incidents with these sentences', async () => {
  const page = await readFile(new URL('../../../libs/engine/docs/incidents.md', import.meta.url), 'utf8');
  const section = page.split('\n## ').find((one) => one.startsWith('With the built command\n')) ?? '';
  const rows = section.split('\n').filter((line) => /^\| (?!-|What happened)/.test(line));
  expect(
    rows.map((row) => row.split('|').map((cell) => cell.trim())).map(([, title, says]) => [title, says]),
  ).toEqual(incidents.map(({ title, says }) => [title, says.join('; ')]));
});

/** Without what is another one in each run. */
const plain = (text: string): string =>
  text
    .replace(/ \(requests? [^)]*\)/g, '')
    .replace(/ \(command \d+\/\d+\)/g, '')
    .replace(/command \d+\/\d+/g, 'command N')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z /g, '')
    .replace(/#\d+ /g, '')
    .replace(/\b(event|plan|run) [0-9a-f]+\b/g, '$1 N')
    .replace(/\b\d+ days\b/g, 'N days');
