/** Extended attributes of synced files, through the built command. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { mutations, transfers } from '../requests.ts';
import { openProfile } from '../profile.ts';

const readAll =
  'import os,sys,json; print(json.dumps({n: os.getxattr(sys.argv[1], n).decode() for n in os.listxattr(sys.argv[1])}))';

const attributesOf = (path: string): unknown =>
  JSON.parse(execFileSync('python3', ['-c', readAll, path], { encoding: 'utf8' }));

it('write_xattr_data writes who made a file and who saved it last, and changes nothing else', async () => {
  const tree = [
    { path: '/a.txt', content: 'a' },
    { path: '/empty.txt', content: '' },
  ];
  const profile = await openProfile({ tree, config: { write_xattr_data: 'true' } });
  await profile.sync();
  const saved = { 'user.onedrive.createdBy': expect.stringMatching(/^\S+@\S+$/) };
  const both = { ...saved, 'user.onedrive.lastModifiedBy': expect.stringMatching(/^\S+@\S+$/) };
  expect(attributesOf(profile.at('a.txt'))).toEqual(both);
  expect(attributesOf(profile.at('empty.txt'))).toEqual(both);
  const { counters } = await profile.sync();
  expect(mutations(counters) + transfers(counters)).toBe(0);

  await profile.setConfig({});
  profile.drive.create('/b.txt', 'b');
  await profile.sync();
  expect(attributesOf(profile.at('b.txt'))).toEqual({});
});
