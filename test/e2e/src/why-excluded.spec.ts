import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';

/** What the command says of the path; both commands say the same. */
async function why(profile: TestProfile, path: string): Promise<string> {
  const asked = await profile.tidemark(['why-excluded', path]);
  expect(asked.exitCode, asked.text).toBe(0);
  expect(asked.counters.total, 'the answer is in the settings').toBe(0);
  const explained = await profile.tidemark(['explain', path]);
  expect(explained.exitCode, explained.text).toBe(0);
  expect(explained.stdout.startsWith(asked.stdout), explained.stdout).toBe(true);
  expect(explained.stdout.trimEnd().split('\n').length, explained.stdout).toBeLessThanOrEqual(24);
  return asked.stdout;
}

it('names rule, file and line of whatever keeps a path out, before the first run, after it, and of what is nowhere', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/only online.secret', content: 'x' },
      { path: '/Archive/old.txt', content: 'x' },
      { path: '/kept.txt', content: 'x' },
    ],
    config: { skip_file: '~*|*.secret', skip_dotfiles: 'true', skip_symlinks: 'true', check_nosync: 'true' },
  });
  const config = join(profile.configFolder, 'config');
  const syncList = join(profile.configFolder, 'sync_list');
  await writeFile(syncList, '# not the archive\n!/Archive\n/Archive\n/*.*\n/Work\n');
  await profile.write('here.secret', 'x');
  await profile.write('Work/.hidden/a.txt', 'x');
  await profile.write('Work/apart/.nosync', '');
  await profile.write('Work/apart/a.txt', 'x');
  await profile.write('Work/CON/a.txt', 'x');
  await symlink('/etc/hostname', profile.at('Work/link'));
  const expectAll = async (): Promise<void> => {
    const ends = (remedy: string): string => `  To sync it: ${remedy}. The next run takes it in then\n`;
    for (const path of ['here.secret', 'only online.secret', 'nowhere.secret'])
      expect(await why(profile, path)).toBe(
        `"${path}" is not synced, because skip_file has the pattern "*.secret" (${config}, line 2)\n` +
          ends('take "*.secret" out of skip_file'),
      );
    expect(await why(profile, 'Work/.hidden/a.txt')).toContain(
      `because skip_dotfiles is "true", and the name of "Work/.hidden" begins with a dot (${config}, line 3)`,
    );
    expect(await why(profile, 'Archive/old.txt')).toContain(
      `because sync_list has the line "!/Archive" (${syncList}, line 2)`,
    );
    expect(await why(profile, 'Elsewhere/new.txt')).toContain(
      ends(`add the line "/Elsewhere/new.txt" to ${syncList}`),
    );
    expect(await why(profile, 'Work/apart/a.txt')).toContain('there is "Work/apart/.nosync"');
    expect(await why(profile, 'Work/CON/a.txt')).toContain('does not take the name of "Work/CON"');
    expect(await why(profile, 'Work/link')).toContain('"Work/link" is a symbolic link');
  };
  await expectAll();
  await profile.onedrive(['--sync']);
  await expectAll();
  const json = await profile.tidemark(['why-excluded', 'here.secret', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    isExcluded: true,
    excluded: {
      since: 'now',
      exclusions: [{ rule: 'skip_file', detail: '*.secret', at: [{ file: config, line: 2 }] }],
    },
  });
  const within = await profile.tidemark(['why-excluded', profile.at('kept.txt')]);
  expect(within.exitCode).toBe(1);
  expect(within.stdout).toBe('Nothing excludes "kept.txt". It is in sync, the same on both sides\n');
});

it('tells what the command line of the last run left out, and what the next run will leave alone', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/a.log', content: 'x' },
      { path: '/Work/b.txt', content: 'x' },
      { path: '/c.txt', content: 'x' },
    ],
  });
  await profile.sync('--single-directory', 'Work');
  expect(await why(profile, 'c.txt')).toMatch(
    /^"c\.txt" was not synced by the last run, because the run was restricted to the directory "Work" \(its command line: --single-directory\)\n {2}The settings let it in by now/,
  );
  await profile.sync('--skip-file', '~*|*.log');
  expect(await why(profile, 'a.log')).toMatch(
    /because skip_file has the pattern "\*\.log" \(the command line of that run: --skip-file; or the file has been changed since\)/,
  );
  await profile.setConfig({ skip_dir: 'Work' });
  expect(await why(profile, 'Work/b.txt')).toMatch(
    /^"Work\/b\.txt" is left alone by the next run, because skip_dir has the pattern "Work" \(.*config, line 2\)/,
  );
  expect(await why(profile, 'Elsewhere/Work')).toMatch(
    /^A folder "Elsewhere\/Work" is left alone by the next run/,
  );
});

it('names the plugin whose rule it is, and the direction of the sync', async () => {
  const profile = await openProfile({
    config: { download_only: 'true' },
    tidemarkConfig: { plugins: './drafts.mjs' },
  });
  await writeFile(
    join(profile.configFolder, 'drafts.mjs'),
    `export default { name: 'drafts', rules: { ignore: ({ name }) => (name.startsWith('draft') ? 'a draft' : undefined) } };`,
  );
  await profile.write('mine.txt', 'x');
  await profile.sync();
  expect(await why(profile, 'draft.txt')).toMatch(
    /because the plugin "drafts" says of "draft\.txt": a draft \(.*tidemark\.conf, line 4\)/,
  );
  expect(await why(profile, 'mine.txt')).toMatch(
    /because download_only is "true", and it is on disk only \(.*config, line 2\)/,
  );
});
