import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeProject } from './index.ts';

const base = await mkdtemp(join(tmpdir(), 'create-plugin-'));
afterAll(() => rm(base, { recursive: true, force: true }));
const versions = { sdk: '^1.0.0', testkit: 'file:packages/kit.tgz', fits: '^1.0.0' };

it('writes a project whose parts know its name and its versions', async () => {
  const folder = join(base, 'bell');
  const written = await writeProject(folder, { name: 'bell', ...versions });
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([...written, 'src'].toSorted());
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    name: 'bell',
    devDependencies: {
      '@tidemark/plugin-sdk': '^1.0.0',
      '@tidemark/plugin-testkit': 'file:packages/kit.tgz',
    },
  });
  expect(await readFile(join(folder, 'src/plugin.ts'), 'utf8')).toContain(`name: 'bell'`);
});

it.each([
  ['Bell', /lower-case letters/],
  ['../bell', /lower-case letters/],
  ['a'.repeat(65), /at most 64/],
])('refuses the name %s, and writes nothing', async (name, reason) => {
  await expect(writeProject(join(base, 'other'), { name, ...versions })).rejects.toThrow(reason);
  await expect(readdir(join(base, 'other'))).rejects.toThrow('ENOENT');
});

it('leaves a folder alone that holds something', async () => {
  const folder = join(base, 'twice');
  await writeProject(folder, { name: 'twice', ...versions });
  await expect(writeProject(folder, { name: 'twice', ...versions })).rejects.toThrow(
    `Cannot make a plugin in ${folder}: the folder holds ".gitignore"`,
  );
});
