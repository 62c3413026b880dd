import { expect, it } from 'vitest';
import { decide, file, viewWith } from './testing/table.ts';

const a = file('a', 'old');

it.each([
  ['DeleteRemote', { synced: a, remote: a }, { ifMatch: 'e:old' }],
  ['MoveRemote', { synced: a, local: file('b', 'old'), remote: a }, { ifMatch: 'e:old' }],
  ['UploadFile', { synced: a, local: file('a', 'new'), remote: a }, { target: { ifMatch: 'e:old' } }],
] as const)('%s names the version on the drive that it was decided on', (type, entries, named) => {
  expect(decide(viewWith([entries]))).toMatchObject({ type: 'act', command: { type, ...named } });
});
