import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { filesStore } from './files-store.ts';
import { openLevelStore } from './level-store.ts';
import { openFiles } from './open-files.ts';
import { scratchFolder } from './testing/sample-log.ts';

let meanwhile: (() => Promise<void>) | null = null;

/** The writer acts right before the first table is opened. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>();
  const open: typeof real.open = async (path, ...rest) => {
    const act = String(path).endsWith('.ldb') ? meanwhile : null;
    if (act !== null) {
      meanwhile = null;
      await act();
    }
    return real.open(path, ...rest);
  };
  return { ...real, open };
});

test('reads the manifest again when the writer changed it while the tables were opened', async () => {
  const folder = join(await scratchFolder(), 'level');
  const write = async (...names: string[]): Promise<void> => {
    const level = await openLevelStore(folder, true);
    await level.commit(names.map((name) => ({ key: Buffer.from(name), value: Buffer.from('value') })));
    await level.close();
  };
  await write('a');
  await write('b');
  // Each start of LevelDB moves what its write-ahead file holds into a table, and begins another file.
  meanwhile = () => write('c');
  const store = filesStore(await openFiles(folder));
  expect(meanwhile, 'the writer has acted').toBeNull();
  const keys: string[] = [];
  for await (const page of store.range({ from: Buffer.from('a'), to: Buffer.from('z') }))
    for (const { key } of page) keys.push(key.toString());
  await store.close();
  expect(keys).toEqual(['a', 'b', 'c']);
});
