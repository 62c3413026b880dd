import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin } from '@tidemark/plugin-sdk';
import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { createSecretFiles } from '@tidemark/secrets';
import { afterAll, describe, expect, it } from 'vitest';
import { createForgetfulPlace, createStore } from './store.ts';

const folder = await mkdtemp(join(tmpdir(), 'tidemark-store-'));
afterAll(() => rm(folder, { recursive: true }));
const files = createSecretFiles(folder, 'store');

describe('the store of a plugin', () => {
  it('keeps JSON from run to run, in a file of its own that no other user reads', async () => {
    const store = createStore('counter', files('counter'));
    expect(await store.get('seen')).toBeUndefined();
    await store.set('seen', { paths: ['a.txt'], at: 7 });
    await store.set('last', null);
    await store.delete('nothing');
    const later = createStore('counter', files('counter'));
    expect(await later.get('seen')).toEqual({ paths: ['a.txt'], at: 7 });
    expect(await later.keys()).toEqual(['seen', 'last']);
    await later.delete('last');
    expect(JSON.parse(await readFile(join(folder, 'counter/values'), 'utf8'))).toEqual({
      seen: { paths: ['a.txt'], at: 7 },
    });
    expect((await stat(join(folder, 'counter/values'))).mode & 0o777).toBe(0o600);
    expect(await createStore('other', files('other')).keys()).toEqual([]);
  });

  it('takes changes one after the other, however they come', async () => {
    const place = createForgetfulPlace();
    const store = createStore('busy', place);
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    await Promise.all(numbers.map((number) => store.set(`key-${number}`, number)));
    expect(await createStore('busy', place).keys()).toHaveLength(50);
  });

  it('gives out copies: what a plugin does to them is not kept', async () => {
    const store = createStore('careful', createForgetfulPlace());
    const list = ['a'];
    await store.set('list', list);
    list.push('b');
    ((await store.get('list')) as string[]).push('c');
    expect(await store.get('list')).toEqual(['a']);
  });

  it('refuses what is too much or no JSON, and keeps what it had', async () => {
    const store = createStore('greedy', createForgetfulPlace());
    await store.set('small', 1);
    await expect(store.set('large', 'x'.repeat(65_536))).rejects.toThrow(
      'Cannot keep what plugin "greedy" stores: all together is larger than 64 KiB',
    );
    await expect(store.set('odd', (() => 1) as never)).rejects.toThrow('it is no JSON');
    expect(await store.keys()).toEqual(['small']);
    await store.set('more', 2);
    expect(await store.keys()).toEqual(['small', 'more']);
  });

  it('says when its file is damaged, and overwrites nothing', async () => {
    const store = createStore('damaged', files('damaged'));
    await store.set('a', 1);
    await writeFile(join(folder, 'damaged/values'), '{"a":');
    const again = createStore('damaged', files('damaged'));
    await expect(again.get('a')).rejects.toThrow('remove it to begin anew');
    await expect(again.set('b', 2)).rejects.toThrow('remove it to begin anew');
    expect(await readFile(join(folder, 'damaged/values'), 'utf8')).toBe('{"a":');
  });

  it('is granted to a plugin that declares it, and outlives its runs', async () => {
    const plugin = definePlugin({
      name: 'counter',
      needs: { store: true },
      setup: async ({ store, say }) => {
        const runs = Number((await store.get('runs')) ?? 0) + 1;
        await store.set('runs', runs);
        say(`run ${runs}`);
      },
    });
    const world = createWorld();
    await (await runPlugin(plugin, world)).stop();
    await using run = await runPlugin(plugin, world);
    expect(await run.until(() => run.notices[0])).toMatchObject({ text: 'run 2' });
  });
});
