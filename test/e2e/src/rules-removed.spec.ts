/** What rules of a plugin left alone says nothing, also when another run has other rules. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listenTo } from './listen-to.ts';
import { openProfile, type TestProfile } from './profile.ts';

const skip = (name: string, version: string): string =>
  `export default { name: 'skip', version: '${version}', rules: { ignore: ({ name }) => (name === '${name}' ? 'no' : undefined) } };`;

/** `x.txt` was agreed, then left alone by a rule, and is gone from the disk since. */
async function leftAlone(
  seenBy: (profile: TestProfile) => Promise<unknown> = (profile) => profile.sync(),
): Promise<{ readonly profile: TestProfile; readonly remove: () => Promise<void> }> {
  const profile = await openProfile({
    tree: ['/x.txt', '/y.txt'].map((path) => ({ path, content: path })),
  });
  await profile.sync();
  const conf = join(profile.configFolder, 'tidemark.conf');
  const without = await readFile(conf, 'utf8');
  await writeFile(join(profile.configFolder, 'skip.js'), skip('x.txt', '1.0.0'));
  await writeFile(conf, `${without}plugins = "./skip.js"\n`);
  await profile.sync();
  await rm(profile.at('x.txt'));
  await seenBy(profile);
  return { profile, remove: () => writeFile(conf, without) };
}

/** It keeps no snapshot. */
async function aKilledMonitor(profile: TestProfile): Promise<void> {
  const daemon = listenTo(profile.start('onedrive', ['--monitor']));
  await daemon.said(/Sync with Microsoft OneDrive is complete/);
  daemon.child.kill('SIGKILL');
  await daemon.ended;
}

const bothThere = async (profile: TestProfile): Promise<void> => {
  expect(Object.keys(profile.remote()).toSorted()).toEqual(['/x.txt', '/y.txt']);
  expect(Object.keys(await profile.local()).toSorted()).toEqual(['/x.txt', '/y.txt']);
};

it('comes back when the plugin is taken away, and is not deleted on the drive', async () => {
  const { profile, remove } = await leftAlone();
  await remove();
  const ended = await profile.sync();
  expect(ended.text).not.toContain('compared by content');
  await bothThere(profile);
});

it('comes back when another version of the plugin lets it in', async () => {
  const { profile } = await leftAlone();
  await writeFile(join(profile.configFolder, 'skip.js'), skip('other', '2.0.0'));
  await profile.sync();
  await bothThere(profile);
});

it('is compared by content when the log alone cannot tell what the rules said, once', async () => {
  const { profile, remove } = await leftAlone(aKilledMonitor);
  await remove();
  const ended = await profile.sync();
  expect(ended.text).toContain(
    'Both sides are compared by content, nothing is deleted: the rules of plugin "skip" decided before, and are not here or are others now',
  );
  await bothThere(profile);
  expect((await profile.sync()).text).not.toContain('compared by content');
});
