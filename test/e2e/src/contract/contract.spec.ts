/** The checklist of the contract: no item without a test, and what no other spec shows. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openProfile } from '../profile.ts';
import { checklist, checklistPage } from './checklist.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

it('each item has a test, and each test stands where the list says', () => {
  expect(checklist).toHaveLength(10);
  expect(checklist.filter(({ tests }) => tests.length === 0)).toEqual([]);
  const missing = checklist
    .flatMap(({ tests }) => tests)
    .filter(({ spec, says }) => {
      const path = repository + spec;
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(says);
    });
  expect(missing).toEqual([]);
});

it('is the page of the docs', async () => {
  await expect(checklistPage()).toMatchFileSnapshot('../../docs/checklist.md');
});

it('--display-sync-status answers in the words of the peer, and for both directions in ours', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.bin', content: { sizeBytes: 5000, seed: 1 } }] });
  const answer = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout } = await profile.onedrive(['--display-sync-status', ...args]);
    expect(exitCode, stdout).toBe(0);
    return stdout.slice(stdout.indexOf('Querying'));
  };
  const query = `Querying the change status of Drive ID: ${profile.drive.driveId} .`;
  expect(await answer()).toBe(
    [
      query,
      "The configured local 'sync_dir' directory is out of sync with Microsoft OneDrive",
      'Approximate data to download from Microsoft OneDrive: 5 KB',
      'NOT IN SYNC: 1 changes to the disk, 0 to the drive',
      '',
    ].join('\n'),
  );
  await profile.sync();
  expect(await answer()).toBe(
    [
      query,
      'There are no pending changes from Microsoft OneDrive; your local directory matches the data online.',
      'IN SYNC',
      '',
    ].join('\n'),
  );
});

it('a change that needs --resync ends with exit code 78 where compat_strict_resync asks for it, and changes nothing', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    tidemarkConfig: { compat_strict_resync: 'true' },
  });
  await profile.sync();
  await profile.setConfig({ skip_dir: 'Private' });
  const refused = await profile.onedrive(['--sync']);
  expect([refused.exitCode, refused.requests]).toEqual([78, []]);
  expect(refused.text).toContain(
    'An application configuration change has been detected where a --resync is required',
  );
  await profile.sync('--resync', '--resync-auth');
});
