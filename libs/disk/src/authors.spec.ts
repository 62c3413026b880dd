import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { writeAuthors } from './authors.ts';
import { findNative } from './native.ts';

const both = { createdBy: 'maker@example.org', lastModifiedBy: 'editor@example.org' };

test('the names are written to the open file, which keeps its size and time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-authors-'));
  const fd = openSync(join(folder, 'x'), 'w');
  const before = fstatSync(fd, { bigint: true });
  expect(writeAuthors(fd, both)).toBeNull();
  expect(writeAuthors(fd, { createdBy: null, lastModifiedBy: null })).toBeNull();
  expect(attributeOf(fd, 'user.onedrive.createdBy')).toBe(both.createdBy);
  expect(attributeOf(fd, 'user.onedrive.lastModifiedBy')).toBe(both.lastModifiedBy);
  const after = fstatSync(fd, { bigint: true });
  expect([after.size, after.mtimeNs, after.ino]).toEqual([before.size, before.mtimeNs, before.ino]);
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test('where they cannot be written that is a refusal, and no failure', () => {
  // A pseudo file system keeps no attributes of users.
  const fd = openSync('/proc/self/status', 'r');
  expect(writeAuthors(fd, both)).toMatchObject({ what: 'attributes', code: 'ENOTSUP' });
  closeSync(fd);
});

function attributeOf(fd: number, name: string): string | undefined {
  const native = findNative({
    fgetxattr: { arguments: ['i32', 'string', 'buffer', 'u64'], return: 'i64' },
  });
  const value = Buffer.alloc(256);
  const length = Number(native?.fgetxattr(fd, name, value, BigInt(value.length)));
  return length < 0 ? undefined : value.toString('utf8', 0, length);
}
