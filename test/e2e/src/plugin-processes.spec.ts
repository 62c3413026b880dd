import { expect, it } from 'vitest';
import { complete, launchDaemon } from './daemon.ts';
import { openPluginProcesses } from './plugin-processes.ts';
import { expectEqualSides } from './profile.ts';

it('the uploader and the downloader run in processes of their own, and files go both ways', async () => {
  const { profile, startPlugin } = await openPluginProcesses(['uploader', 'downloader'], {
    tree: [{ path: '/folder/theirs.txt', content: 'theirs' }],
  });
  await profile.write('mine.txt', 'mine');
  const plugins = ['uploader', 'downloader'].map((name) => startPlugin(name));
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  for (const plugin of plugins) await plugin.says(/^Plugin \w+ 0\.1\.0 works for drive .* over nats:/);
  await daemon.says(complete);
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(await profile.read('folder/theirs.txt')).toBe('theirs');
  expect(Object.keys(profile.remote())).toContain('/mine.txt');
});
