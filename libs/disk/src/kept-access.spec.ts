import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  asNew,
  createTemporaryDisk,
  rowAt,
  stagedWith,
  type TemporaryDisk,
} from './testing/temporary-disk.ts';

const modeAt = ({ root }: TemporaryDisk): string => (statSync(join(root, 'x')).mode & 0o7777).toString(8);

/** Writes `x` with this mode and replaces it. */
async function replaced(
  { disk, root }: TemporaryDisk,
  mode: number,
  owner?: readonly [uid: number, gid: number],
): Promise<void> {
  writeFileSync(join(root, 'x'), 'before');
  if (owner !== undefined) chownSync(join(root, 'x'), ...owner);
  chmodSync(join(root, 'x'), mode);
  await (await stagedWith(disk, 'k', 'after')).place('x', { ...asNew, expected: await rowAt(disk, 'x') });
}

it.each([
  [0o640, '640', true],
  [0o444, '444', true],
  [0o755, '755', false],
  // Other bytes must not run as another user.
  [0o4755, '755', true],
])(
  'a file with mode %o has %s after a new version (permissions set: %s)',
  async (mode, after, setPermissions) => {
    await using temporary = await createTemporaryDisk({ setPermissions });
    await replaced(temporary, mode);
    expect(modeAt(temporary)).toBe(after);
  },
);

it('gets the mode of the settings where that is asked for', async () => {
  await using temporary = await createTemporaryDisk({ fileMode: 0o640, replacedMode: 'fileMode' });
  await replaced(temporary, 0o755);
  expect(modeAt(temporary)).toBe('640');
});

it('keeps its owner and its group', async () => {
  await using temporary = await createTemporaryDisk();
  const own = statSync(temporary.root);
  const isRoot = process.geteuid?.() === 0;
  const [uid, gid] = isRoot ? ([1234, 5678] as const) : ([own.uid, own.gid] as const);
  await replaced(temporary, 0o640, [uid, gid]);
  expect(statSync(join(temporary.root, 'x'))).toMatchObject({ uid, gid });
  expect(modeAt(temporary)).toBe('640');
});
