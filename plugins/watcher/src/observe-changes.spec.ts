import type { SpontaneousObservation, ToldNotice } from '@tidemark/plugin-sdk';
import { createSimulatedDisk, type SimulatedDiskFaults } from '@tidemark/testkit';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeChanges, type Watching } from './observe-changes.ts';
import { watcher } from './watcher.ts';

const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const hint = { type: 'HintReceived', side: 'local', source: 'watcher' } as const;
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** @param isSlow the engine takes a hint only when `take` is called */
async function createWorld(
  options: {
    readonly faults?: SimulatedDiskFaults;
    readonly isSlow?: boolean;
    readonly gatherMs?: number;
  } = {},
) {
  const simulated = createSimulatedDisk({ random, ...(options.faults && { faults: options.faults }) });
  for (const folder of ['a', 'b', 'c']) simulated.user.makeFolder(folder);
  simulated.user.write('a/x', bytesOf('old'));
  const hints: SpontaneousObservation[] = [];
  const notices: ToldNotice['notice'][] = [];
  const errors: unknown[] = [];
  const waiting: (() => void)[] = [];
  const sleeping: { readonly ms: number; readonly end: () => void }[] = [];
  const watching: Watching = {
    disk: simulated.disk,
    config: { gatherMs: options.gatherMs ?? 0 },
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: (ms) => new Promise((end) => sleeping.push({ ms, end })),
    },
    tell: (notice) => void notices.push(notice),
    report: (observation) => {
      hints.push(observation);
      return options.isSlow === true ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
    },
  };
  const subscription = observeChanges(watching).subscribe({ error: (error) => errors.push(error) });
  await turn();
  return {
    ...simulated,
    hints,
    notices,
    errors,
    subscription,
    watching,
    sleeping,
    take: async () => {
      waiting.shift()?.();
      await turn();
    },
  };
}

describe('hints of changes on disk', () => {
  it('say once that anything may have happened before anybody watched', async () => {
    const { hints, notices } = await createWorld();
    expect(hints).toEqual([hint]);
    expect(notices).toEqual([{ type: 'folderWatched', folders: 4, limit: null }]);
  });

  it('name the folder, in the very turn of the change', async () => {
    const { user, hints } = await createWorld();
    user.write('a/x', bytesOf('new'));
    expect(hints.at(-1)).toEqual({ ...hint, folders: ['a'] });
  });

  it('gather what happens while the last hint is not yet taken', async () => {
    const { user, hints, take } = await createWorld({ isSlow: true });
    user.write('a/x', bytesOf('1'));
    user.write('b/x', bytesOf('2'));
    user.write('a/x', bytesOf('3'));
    expect(hints).toEqual([hint]);
    await take();
    expect(hints.slice(1)).toEqual([{ ...hint, folders: ['a', 'b'] }]);
    await take();
    await take();
    expect(hints).toHaveLength(2);
  });

  it('come with a word when a limit is met after watching began', async () => {
    const { disk, watching, notices } = await createWorld();
    const limit = 'One folder cannot be watched';
    const later: Watching['disk'] = {
      ...disk,
      watch: async (_told, { limited }) => {
        setImmediate(() => limited?.({ folders: 3, limit }));
        return { folders: 4, limit: null };
      },
    };
    observeChanges({ ...watching, disk: later }).subscribe();
    await turn();
    await turn();
    expect(notices.slice(1)).toEqual([
      { type: 'folderWatched', folders: 4, limit: null },
      { type: 'folderWatched', folders: 3, limit },
    ]);
  });

  it('stop naming folders when there are very many', async () => {
    const { user, hints, take } = await createWorld({ isSlow: true });
    for (let index = 0; index < 600; index++) user.makeFolder(`c/${index}`);
    await take();
    expect(hints.slice(1)).toEqual([hint]);
    user.write('a/x', bytesOf('after'));
    await take();
    expect(hints.slice(2)).toEqual([{ ...hint, folders: ['a'] }]);
  });

  const saves: Readonly<Record<string, (user: Awaited<ReturnType<typeof createWorld>>['user']) => void>> = {
    'in place': (user) => user.write('a/x', bytesOf('saved')),
    'truncate, then write': (user) => {
      user.write('a/x', bytesOf(''));
      user.write('a/x', bytesOf('saved'));
    },
    'rename over': (user) => user.replace('a/x', bytesOf('saved')),
    'as vim: swap file, backup, create, unlink backup': (user) => {
      user.write('a/.x.swp', bytesOf('swap'));
      user.rename('a/x', 'a/x~');
      user.write('a/x', bytesOf('saved'));
      user.remove('a/x~');
      user.remove('a/.x.swp');
    },
    'as LibreOffice: lock file, temporary, rename over': (user) => {
      user.write('a/.~lock.x#', bytesOf('me'));
      user.write('a/lu123.tmp', bytesOf('saved'));
      user.rename('a/lu123.tmp', 'a/x');
      user.remove('a/.~lock.x#');
    },
    'unlink, then create': (user) => {
      user.remove('a/x');
      user.write('a/x', bytesOf('saved'));
    },
  };
  it.each(Object.keys(saves))('are all that comes of a save: %s (F51)', async (how) => {
    const { user, hints } = await createWorld();
    saves[how]?.(user);
    await turn();
    expect(hints.length).toBeGreaterThan(1);
    expect(new Set(hints.slice(1).map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ ...hint, folders: ['a'] })]),
    );
  });

  it('come for our own changes too', async () => {
    const { disk, hints } = await createWorld();
    await disk.createFolder('b/new');
    await turn();
    expect(new Set(hints.flatMap((each) => ('folders' in each ? each.folders : [])))).toEqual(
      new Set(['b', 'b/new']),
    );
  });

  it('pass on that anything may have happened when events were lost', async () => {
    const { user, hints } = await createWorld({ faults: { hint: () => 'overflow' } });
    user.write('a/x', bytesOf('new'));
    expect(hints).toEqual([hint, hint]);
  });

  it('name every folder that was told, however they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            folder: fc.constantFrom('a', 'b', 'c'),
            fate: fc.constantFrom('tell' as const, 'twice' as const, 'hold' as const),
            takes: fc.nat(2),
          }),
        ),
        async (changes) => {
          let fate: 'tell' | 'twice' | 'hold' = 'tell';
          const { user, hints, take, tellHeld } = await createWorld({
            isSlow: true,
            faults: { hint: () => fate },
          });
          await take();
          const touched = new Set<string>();
          for (const change of changes) {
            fate = change.fate;
            user.write(`${change.folder}/y`, bytesOf('y'));
            touched.add(change.folder);
            for (let takes = 0; takes < change.takes; takes++) await take();
          }
          tellHeld();
          for (let takes = 0; takes <= changes.length * 2; takes++) await take();
          const named = hints.slice(1).flatMap((each) => ('folders' in each ? (each.folders ?? []) : []));
          expect(new Set(named)).toEqual(touched);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('end with the subscription', async () => {
    const { user, hints, subscription } = await createWorld();
    subscription.unsubscribe();
    user.write('a/x', bytesOf('new'));
    await turn();
    expect(hints).toEqual([hint]);
  });

  it('wait where they are to be gathered, and tell all of that time at once', async () => {
    const { user, hints, sleeping } = await createWorld({ gatherMs: 7_000 });
    const pass = async (): Promise<number | undefined> => {
      const slept = sleeping.shift();
      slept?.end();
      await turn();
      return slept?.ms;
    };
    expect(hints).toEqual([]);
    expect(await pass()).toBe(7_000);
    expect(hints).toEqual([hint]);
    user.write('a/x', bytesOf('new'));
    user.write('b/y', bytesOf('new'));
    await turn();
    expect(hints).toHaveLength(1);
    expect(await pass()).toBe(7_000);
    expect(hints).toEqual([hint, { ...hint, folders: ['a', 'b'] }]);
    expect(sleeping).toEqual([]);
  });

  it('fail when there is nothing to watch, so that the host tries again', async () => {
    const { errors, failNext, watching } = await createWorld();
    failNext(1, 'rootSuspended');
    await expect(firstValueFrom(observeChanges(watching))).rejects.toMatchObject({ code: 'rootSuspended' });
    expect(errors).toEqual([]);
  });

  it('are not given unless they are wanted', async () => {
    const { watching, counts } = await createWorld();
    const before = counts.get('watch');
    const quiet = watcher.observe?.({ ...watching, config: { watch: false } } as never);
    await new Promise<void>((resolve) => quiet?.subscribe({ complete: resolve }));
    expect(counts.get('watch')).toBe(before);
    expect(watcher.config?.parse({})).toEqual({ watch: false, gatherMs: 0 });
  });
});
