import { expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';

it('transfer_order: those that wait begin in the order asked for, in both directions', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/b.txt', content: 'bb' },
      { path: '/a.txt', content: 'aaaa' },
      { path: '/Deep/c.txt', content: 'ccc' },
    ],
    config: { transfer_order: 'size_dsc', threads: '1' },
    tidemarkConfig: { commands_in_flight: '1' },
  });
  const first = await profile.sync('--verbose');
  expect(first.text).not.toContain('has no effect');
  const paths = (text: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, path]) => path ?? '');
  expect(paths(first.stdout, /^Downloading file: (\S+) \.\.\. done$/gm)).toEqual([
    'a.txt',
    'Deep/c.txt',
    'b.txt',
  ]);

  await profile.setConfig({ transfer_order: 'name_dsc', threads: '1' });
  for (const name of ['x.txt', 'z.txt', 'y.txt']) await profile.write(name, name);
  const second = await profile.sync('--verbose');
  expect(paths(second.stdout, /^Uploading new file: (\S+) \.\.\. done$/gm)).toEqual([
    'z.txt',
    'y.txt',
    'x.txt',
  ]);
  await expectEqualSides(profile);
});
