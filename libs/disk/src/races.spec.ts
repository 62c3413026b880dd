/** Somebody else acts at the same moment, for real. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '@tidemark/contracts';
import { besideThread } from './testing/in-thread.ts';
import { createTemporaryDisk, filesBelow, scanned, type TemporaryDisk } from './testing/temporary-disk.ts';

for (const options of [{ exchange: 'auto' }, { exchange: 'never' }, { links: 'never' }] as const)
  test(`[I-17] no version of a user who saves all the time is lost by replacing and removing (${JSON.stringify(options)})`, async () => {
    const { disk, root, state, dispose } = await createTemporaryDisk(options);
    const outcomes = new Map<string, number>();
    const count = (key: string) => outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    const ours = new Set<string>();
    const said = await besideThread('saver.ts', { folder: root, name: 'x' }, async () => {
      const enough = (): boolean =>
        ['replaced', 'removed', 'last moment'].every((key) => (outcomes.get(key) ?? 0) > 20);
      for (let attempt = 0; attempt < 300 || (!enough() && attempt < 20_000); attempt++) {
        const content = `ours ${attempt}`;
        try {
          const seen = await disk.stat('x');
          if (seen !== null && attempt % 5 === 4) {
            await disk.remove('x', 'file', seen);
            count('removed');
            continue;
          }
          const staged = await disk.stage(`${attempt}`, content.length);
          await staged.write(Buffer.from(content));
          const keepAs = attempt % 5 === 3 ? { prefix: 'x-kept-', suffix: '', from: 1 } : null;
          await staged.place('x', { expected: seen, keepAs, modifiedAt: attempt });
          ours.add(content);
          count(seen === null ? 'placed' : 'replaced');
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          count(error.code);
          if (error.message.endsWith('at the last moment')) count('last moment');
        }
      }
    });
    const { saved, replaced } = said as { saved: string[]; replaced: string[] };
    const safe = new Set([
      ...replaced,
      ...filesBelow(root).values(),
      ...filesBelow(join(state, 'trash')).values(),
    ]);
    expect(saved.filter((version) => !safe.has(version))).toEqual([]);
    expect([...ours].filter((version) => !safe.has(version))).toEqual([]);
    // The race was real: both sides won many times, and many were decided at the last moment.
    for (const key of ['replaced', 'removed', 'last moment'])
      expect(outcomes.get(key) ?? 0).toBeGreaterThan(20);
    const left = [...filesBelow(join(state, 'staging')).keys()].filter((path) => path.includes('/hold/'));
    expect(left).toEqual([]);
    await dispose();
  }, 60_000);

/** Where links are followed, a look decides what is: none is made while the link is there. */
test.each(['skip', 'follow'] as const)(
  '[I-23] a folder that turns into a symbolic link and back never leads outside (F62): %s',
  async (symbolicLinks) => {
    const { disk, root, parent, dispose } = await createTemporaryDisk({ symbolicLinks });
    const outside = join(parent, 'outside');
    mkdirSync(join(outside, 'inner'), { recursive: true });
    for (const file of ['victim', 'inner/victim']) writeFileSync(join(outside, file), 'canary');
    const canary = (): unknown =>
      ['', 'victim', 'inner', 'inner/victim'].map((path) => describeFile(join(outside, path)));
    const before = canary();
    mkdirSync(join(root, 'a', 'inner'), { recursive: true });
    for (const file of ['victim', 'inner/victim']) writeFileSync(join(root, 'a', file), 'mine');
    const known = await disk.stat('a/inner/victim');
    await scanned(disk);
    const outcomes = new Map<string, number>();
    const said = await besideThread('swapper.ts', { root, name: 'a', outside }, async () => {
      for (let attempt = 0; attempt < 600; attempt++) {
        const path = attempt % 2 === 0 ? `a/inner/new-${attempt}` : `a/new-${attempt}`;
        const results = await Promise.allSettled([
          disk.stage(`${attempt}`, 1).then(async (staged) => {
            await staged.write(Buffer.from('x'));
            await staged.place(path, { expected: null, keepAs: null, modifiedAt: 1 });
          }),
          disk.createFolder(`a/folder-${attempt}`),
          known === null ? null : disk.setModifiedAt('a/inner/victim', known, attempt),
          disk.stat('a/victim').then((row) => row && disk.remove('a/victim', 'file', row)),
          attempt % 100 === 0 && symbolicLinks === 'skip' ? expectInside(disk, 'canary') : null,
        ]);
        for (const result of results) {
          if (result.status === 'rejected' && !(result.reason instanceof Failure)) throw result.reason;
          const key = result.status === 'fulfilled' ? 'ok' : result.reason.code;
          outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
        }
      }
    });
    expect(canary()).toEqual(before);
    expect((said as { swaps: number }).swaps).toBeGreaterThan(100);
    expect(outcomes.get('ok') ?? 0).toBeGreaterThan(100);
    expect(outcomes.get('changedMeanwhile') ?? 0).toBeGreaterThan(100);
    await dispose();
  },
  60_000,
);

/** A scan in the middle of it may find the folder or the link, never what is behind the link. */
async function expectInside(disk: TemporaryDisk['disk'], content: string): Promise<void> {
  for await (const part of disk.scan())
    if ('folders' in part)
      for (const folder of part.folders)
        for (const row of folder.rows)
          if (row.sizeBytes === content.length) throw new Error(`found ${row.name} outside`);
}

function describeFile(path: string): string {
  const stats = lstatSync(path, { bigint: true });
  const inside = stats.isDirectory() ? readdirSync(path).sort().join() : readFileSync(path, 'utf8');
  return `${stats.ino} ${stats.mode} ${stats.mtimeNs} ${stats.ctimeNs} ${inside}`;
}
