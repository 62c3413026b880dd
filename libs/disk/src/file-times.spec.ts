import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setMode, setTimes, whereAllowed } from './file-times.ts';

const refused = (code: string) => () => {
  throw Object.assign(new Error(`${code}: refused`), { code });
};

test.each(['EPERM', 'ENOTSUP', 'EINVAL'])(
  'a date or mode that the file system refuses (%s) is left, and the caller told',
  (code) => {
    expect(whereAllowed('times', refused(code))).toEqual({ what: 'times', code });
  },
);

test.each(['EIO', 'EROFS', 'EBADF'])('what is wrong with the file itself (%s) is told', (code) => {
  expect(() => whereAllowed('permissions', refused(code))).toThrow(code);
});

test('a file that is closed is no refusal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-times-'));
  const fd = openSync(join(folder, 'x'), 'w');
  closeSync(fd);
  expect(() => setMode(fd, 0o600)).toThrow('EBADF');
  expect(() => setTimes(fd, null, 1)).toThrow('EBADF');
  rmSync(folder, { recursive: true });
});
