import { expect, it } from 'vitest';
import { judgeGranted } from './granted.ts';

const all = ['Files.ReadWrite', 'Files.ReadWrite.All', 'Sites.ReadWrite.All'];

it('is content with everything that was asked for, by whichever names', () => {
  const long = [
    ...all.map((name) => `https://graph.microsoft.com/${name}`),
    'openid',
    'profile',
    'User.Read',
  ];
  expect(judgeGranted(long, 'readWrite')).toEqual({ names: all, missing: null, remarks: [] });
});

it.each([
  [[], 'readWrite', 'No permission to read files'],
  [['User.Read'], 'readOnly', 'No permission to read files'],
  [['Files.Read', 'Files.Read.All'], 'readWrite', 'Only reading was granted'],
  [['Sites.ReadWrite.All'], 'readWrite', 'No permission to read files'],
] as const)('misses something in %j for %s', (scopes, wanted, said) => {
  expect(judgeGranted(scopes, wanted).missing).toContain(said);
});

it('goes on without what is for the drives of others, and says so', () => {
  const { missing, remarks } = judgeGranted(['files.readwrite'], 'readWrite');
  expect([missing, remarks]).toEqual([null, [expect.stringContaining('Only your own drive')]]);
});

it('says when more was granted than asked for', () => {
  const { missing, remarks } = judgeGranted(all, 'readOnly');
  expect([missing, remarks]).toEqual([
    null,
    [expect.stringContaining('although only reading was asked for')],
  ]);
  expect(judgeGranted(['Files.Read.All'], 'readOnly')).toMatchObject({ missing: null, remarks: [] });
});
