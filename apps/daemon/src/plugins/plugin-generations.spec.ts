import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { configuredPlugin } from './arrange-plugins.ts';
import { havePluginsChanged, loadAnew } from './plugin-generations.ts';

const folder = await mkdtemp(join(tmpdir(), 'tidemark-generations-'));
afterAll(() => rm(folder, { recursive: true }));
await mkdir(join(folder, 'plugins'));

const put = (name: string, text: string): Promise<void> =>
  writeFile(join(folder, name), text, { mode: 0o600 });
const load = () => configuredPlugin('./bell.js', { folder, home: folder }, { directory: folder });

/** Its own file alone: what it imports, Vitest loads by itself here, and `plugin-loop.spec.ts` sees in the built command. */
const putPlugin = (version: string, keyword = 'const'): Promise<void> =>
  put(
    'bell.js',
    `import { z } from '@tidemark/plugin-sdk';
    export ${keyword} version = '${version}';
    export default { name: 'bell', version, config: z.object({ loud: z.boolean().default(false) }) };\n`,
  );

it('a plugin is loaded anew when its file or its settings changed, and stays as it is when that fails', async () => {
  await putPlugin('one');
  expect(await load()).toMatchObject({ plugin: { version: 'one' } });
  expect(havePluginsChanged()).toBe(false);

  await putPlugin('number two');
  expect(havePluginsChanged()).toBe(true);
  // A run that begins before the reload gets what is in use.
  expect(await load()).toMatchObject({ plugin: { version: 'one' } });
  const { loaded, undo } = await loadAnew(load);
  expect(loaded).toMatchObject({ plugin: { version: 'number two' } });
  expect(havePluginsChanged()).toBe(false);
  undo();
  expect(await load()).toMatchObject({ plugin: { version: 'one' } });
  await loadAnew(load);

  await putPlugin('3', 'konst');
  await expect(loadAnew(load)).rejects.toThrow('it cannot be loaded');
  expect(await load()).toMatchObject({ plugin: { version: 'number two' } });
  await putPlugin('four');
  expect((await loadAnew(load)).loaded).toMatchObject({ plugin: { version: 'four' } });

  await put('plugins/bell.json', '{ "loud": true }');
  expect(havePluginsChanged()).toBe(true);
  expect((await loadAnew(load)).loaded).toMatchObject({ config: { loud: true } });
});
