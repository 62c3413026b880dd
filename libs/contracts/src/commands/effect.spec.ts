import { expect, it } from 'vitest';
import type { Command, CommandSucceeded } from '../index.ts';
import { effectOf } from './effect.ts';

const row = { id: 'L2', name: 'a.txt' };
const done = (facts: object): CommandSucceeded =>
  ({ type: 'CommandSucceeded', command: '7/0', ...facts }) as unknown as CommandSucceeded;
const command = (facts: object): Command => ({ path: 'docs/a.txt', ...facts }) as unknown as Command;
const download = command({ type: 'DownloadFile', expected: { id: 'L1' } });
const upload = command({ type: 'UploadFile', target: { as: 'version', id: 'D1', ifMatch: 'e1' } });

it.each([
  [
    'a download over a version says where in the trash it is',
    download,
    { local: row, trash: '1/a.txt' },
    { side: 'local', to: 'trash', path: '1/a.txt' },
  ],
  [
    'one in an older log says that it is there',
    download,
    { local: row },
    { side: 'local', to: 'trash', path: null },
  ],
  ['a download that found the same bytes displaced nothing', download, { local: { ...row, id: 'L1' } }, null],
  [
    'a conflict names the copy',
    download,
    { local: row, kept: { name: 'a-pc.txt' } },
    { side: 'local', to: 'beside', path: 'docs/a-pc.txt' },
  ],
  [
    'the copy of the drive has a folder of its own',
    command({ type: 'KeepRemoteCopy', folder: '' }),
    { kept: { name: 'b' } },
    { side: 'remote', to: 'beside', path: 'b' },
  ],
  [
    'a deleted file is in the trash',
    command({ type: 'DeleteLocal', kind: 'file' }),
    { local: { id: 'L1', gone: true, trash: '2/a' } },
    { side: 'local', to: 'trash', path: '2/a' },
  ],
  [
    'a deleted folder was empty',
    command({ type: 'DeleteLocal', kind: 'folder' }),
    { local: { id: 'L1', gone: true } },
    null,
  ],
  [
    'a deletion online is in the recycle bin',
    command({ type: 'DeleteRemote', driveItemId: 'D1' }),
    {},
    { side: 'remote', to: 'recycleBin', driveItemId: 'D1' },
  ],
  [
    'a new version online leaves the old one among the versions',
    upload,
    { remote: { eTag: 'e2' } },
    { side: 'remote', to: 'versions', driveItemId: 'D1', eTag: 'e1' },
  ],
  ['an upload of what was there already displaced nothing', upload, { remote: { eTag: 'e1' } }, null],
] as const)('%s', (_, given, facts, displaced) => {
  expect(effectOf(given, done(facts)).displaced).toEqual(displaced);
});
