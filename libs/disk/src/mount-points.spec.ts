import { expect, test } from 'vitest';
import { pointsIn } from './mount-points.ts';

const line = (point: string): string => `36 35 98:0 / ${point} rw,noatime - tmpfs tmpfs rw`;

test('mount points are told by the paths of the kernel, which escapes some characters', () => {
  const bytes = Buffer.from('/sync/ä', 'utf8').toString('latin1');
  const table = ['/', '/sync', '/sync/a\\040b/c', '/synchronous/x', bytes, '/other'].map(line).join('\n');
  expect([...pointsIn(table, '/sync')]).toEqual(['a b/c', 'ä']);
  expect([...pointsIn(table, '/')]).toContain('sync/a b/c');
});
