import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { innerWorkspacesIn } from './inner-workspaces.ts';
import { createTemporaryDisk, rowAt } from './testing/temporary-disk.ts';

it('finds the trash that lies in a sync folder of its own file system, and nothing of the user', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'inner-')));
  const nested = join(root, 'nested');
  mkdirSync(nested);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', nested]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', nested]);
    rmdirSync(nested);
    rmdirSync(root);
  });
  expect(innerWorkspacesIn(root)).toEqual([]);
  {
    await using temporary = await createTemporaryDisk({ root });
    writeFileSync(join(nested, 'a'), 'a');
    await temporary.disk.remove('nested/a', 'file', await rowAt(temporary.disk, 'nested/a'));
  }
  expect(innerWorkspacesIn(root)).toEqual([join(nested, '.tidemark-staging')]);
  mkdirSync(join(root, 'user/.tidemark-staging'), { recursive: true });
  expect(innerWorkspacesIn(join(root, 'user'))).toEqual([]);
  rmdirSync(join(root, 'user/.tidemark-staging'));
  rmdirSync(join(root, 'user'));
});
