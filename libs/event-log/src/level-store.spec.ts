import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLevelStore } from './level-store.ts';

it('takes no value without bytes, for which LevelDB’s binding would keep memory for good', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'level-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = await openLevelStore(folder, true);
  const key = Buffer.from('key');
  await expect(store.commit([{ key, value: Buffer.alloc(0) }])).rejects.toThrow('give it one');
  await store.commit([{ key, value: Buffer.alloc(1) }]);
  expect(await store.get(key)).toEqual(Buffer.alloc(1));
  await store.close();
});
