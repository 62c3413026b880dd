import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete, startDaemon, statusOf } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/** Five folders with 60 files in each, and one beside them. */
const folders = ['one', 'two', 'three', 'four', 'five'];
const tree = [
  { path: '/stays.txt', content: 'stays' },
  ...folders.flatMap((folder) =>
    Array.from({ length: 60 }, (_, index) => ({
      path: `/${folder}/${index}.txt`,
      content: `${folder} ${index}`,
    })),
  ),
];
const config = { classify_as_big_delete: '200' };
const tidemarkConfig = { mass_delete_fraction: '100' };
const hashIn = (text: string): string => /tidemark apply ([0-9a-f]{16})/.exec(text)?.[1] ?? '';
/** In one go: on a busy machine the daemon may look in the middle of `rm -r`, and let go what is below the limit then. */
const remove = (profile: TestProfile, folder: string): Promise<void> =>
  rename(profile.at(folder), `${profile.syncFolder}-${folder}`);

describe('deletions in small batches', () => {
  it('are held in a monitor as the same number at once is, and go on by the hash of the plan, without a restart', async () => {
    const profile = await openProfile({ tree, config, tidemarkConfig });
    const daemon = await startDaemon(profile);
    for (const folder of ['one', 'two', 'three']) {
      await remove(profile, folder);
      await daemon.says(`Deleting item from Microsoft OneDrive: ${folder}`);
    }
    await remove(profile, 'four');
    await daemon.says('ERROR: The total number of items being deleted is: 61');
    const first = hashIn(
      await daemon.says(/WARNING: To let exactly this go on: tidemark apply [0-9a-f]{16}/),
    );
    await daemon.atRest();
    expect(profile.drive.stat('/four/0.txt')).toBeDefined();
    const { held } = (await daemon.status()) as unknown as { held: object };
    expect(held).toEqual({
      hash: first,
      deletionsOnDrive: 61,
      deletionsOnDisk: 0,
      replacementsOnDrive: 0,
    });
    const text = (await profile.tidemark(['status'])).stdout;
    expect(text).toContain(
      'Held:     61 files and folders are gone from the sync folder. Deleting them on the drive waits for your confirmation',
    );
    expect(hashIn(text)).toBe(first);

    // One more file goes: the plan has changed, and its confirmation is not this one's.
    await rm(profile.at('five/0.txt'));
    await daemon.says('ERROR: The total number of items being deleted is: 62');
    const refused = await profile.tidemark(['apply', first]);
    expect(refused.exitCode).toBe(7);
    const second = hashIn(refused.text);
    expect(second).not.toBe(first);
    expect(profile.drive.stat('/four/0.txt')).toBeDefined();

    const applied = await profile.tidemark(['apply', second]);
    expect(applied.exitCode).toBe(0);
    await daemon.says('Deleting item from Microsoft OneDrive: four');
    await daemon.atRest();
    expect(profile.drive.stat('/four')).toBeUndefined();
    expect(profile.drive.stat('/five/0.txt')).toBeUndefined();
    expect(profile.drive.stat('/five/1.txt')).toBeDefined();
    expect((await statusOf(profile)) as unknown as object).toMatchObject({ held: null, inSync: true });
    await daemon.stop();
    await expectEqualSides(profile);
  });

  it('are held over several runs as well, and go on by the hash in a run of its own', async () => {
    const profile = await openProfile({ tree, config, tidemarkConfig });
    await profile.sync();
    for (const folder of ['one', 'two', 'three']) {
      await remove(profile, folder);
      await profile.sync();
    }
    await remove(profile, 'four');
    const held = await profile.onedrive(['--sync']);
    expect(held.exitCode).toBe(1);
    const hash = hashIn(held.text);
    expect(hashIn((await profile.tidemark(['status'])).stdout)).toBe(hash);

    const wrong = await profile.tidemark(['apply', '0123456789abcdef']);
    expect(wrong.exitCode).toBe(7);
    expect(hashIn(wrong.text)).toBe(hash);
    expect(profile.drive.stat('/four/0.txt')).toBeDefined();

    const { exitCode } = await profile.tidemark(['apply', hash]);
    expect(exitCode).toBe(0);
    expect(profile.drive.stat('/four')).toBeUndefined();
    await expectEqualSides(profile);
  });
});

it('--force at the start of a monitor confirms what is held then, and nothing that comes later', async () => {
  const profile = await openProfile({ tree, config: { classify_as_big_delete: '61' } });
  await profile.sync();
  await remove(profile, 'one');
  const daemon = await startDaemon(profile, ['--force']);
  await daemon.says('Deleting item from Microsoft OneDrive: one');
  await daemon.says(complete);
  await remove(profile, 'two');
  await daemon.says('ERROR: The total number of items being deleted is: 61');
  await daemon.atRest();
  expect(profile.drive.stat('/two/0.txt')).toBeDefined();
  expect((await profile.tidemark(['apply'])).exitCode).toBe(2);
  expect((await profile.tidemark(['apply', '--force'])).exitCode).toBe(0);
  await daemon.says('Deleting item from Microsoft OneDrive: two');
  // Nor is a loss believed by a later run of the same daemon.
  await writeFile(join(profile.configFolder, 'config'), '\nskip_dotfiles = "true"\n', { flag: 'a' });
  daemon.signal('SIGHUP');
  await daemon.says('The settings were read again and are in use now');
  await daemon.stop();
  const { stdout } = await profile.tidemark(['log', '--json', '--type', 'Started']);
  const believing = stdout.trim().split('\n');
  expect(believing.map((line) => JSON.parse(line).event.policy.massDeleteConfirmed)).toEqual([
    false,
    true,
    false,
  ]);
});

it('most files of the tree rewritten within a short time do not replace what the drive has', async () => {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  for (const folder of folders)
    for (let index = 0; index < 60; index++)
      await writeFile(profile.at(`${folder}/${index}.txt`), `scrambled ${folder} ${index}`);
  await daemon.says(
    /WARNING: \d+ files were rewritten in the sync folder within a short time\. Replacing their versions on the drive waits/,
  );
  await daemon.atRest();
  const { held } = (await daemon.status()) as unknown as {
    held: { hash: string; replacementsOnDrive: number };
  };
  const untouched = tree.filter(
    ({ path, content }) => path !== '/stays.txt' && profile.drive.read(path).toString() === content,
  );
  expect(untouched).toHaveLength(held.replacementsOnDrive);
  expect(untouched.length).toBeGreaterThan(100);
  expect((await profile.tidemark(['apply', held.hash])).exitCode).toBe(0);
  await daemon.atRest();
  await daemon.stop();
  await expectEqualSides(profile);
});
