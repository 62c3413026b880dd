import type { CommandOf, HandleContext, ReportedObservation, ScanBatch } from '@tidemark/plugin-sdk';
import { localId } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import { createSimulatedDisk } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import { partRowsMax, partsOf } from './listing-parts.ts';
import { watcher } from './watcher.ts';

type Context = HandleContext<
  { readonly disk: 'read' },
  { readonly watch: boolean; readonly gatherMs: number }
>;

const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
const scan = { type: 'ScanLocal', id: '7/0', folders: null } as unknown as CommandOf<'ScanLocal'>;
const bytesOf = (text: string) => new TextEncoder().encode(text);

function createWorld() {
  const { disk, user } = createSimulatedDisk({ random });
  const reports: ReportedObservation[] = [];
  const stopping = new AbortController();
  const context = {
    disk,
    signal: stopping.signal,
    report: async (observation: ReportedObservation) => {
      reports.push(observation);
    },
  } as unknown as Context;
  return { disk, user, reports, stopping, context };
}

describe('watcher', () => {
  it('reports every folder with what is directly inside, then the end of the scan', async () => {
    const { user, reports, context } = createWorld();
    user.makeFolder('a');
    user.write('a/b.txt', bytesOf('b'));
    user.special('pipe');
    await expect(watcher.handle?.ScanLocal?.(scan, context)).resolves.toMatchObject({
      look: { parts: 2, unreadable: [], oddities: [{ path: 'pipe', code: 'special' }] },
    });
    const names = reports.flatMap((report) =>
      report.type === 'LocalListing'
        ? report.folders.map(({ rows }) => rows.map(({ name }) => name).join())
        : [],
    );
    expect(names).toEqual(['a', 'b.txt']);
  });

  it('reports a folder with very many entries in parts that one message carries', async () => {
    const { user, reports, context } = createWorld();
    user.makeFolder('many');
    for (let number = 0; number < 2 * partRowsMax; number++) user.write(`many/${number}`, bytesOf(''));
    await watcher.handle?.ScanLocal?.(scan, context);
    const listings = reports.filter((report) => report.type === 'LocalListing');
    expect(listings.map(({ part }) => part)).toEqual([0, 1, 2]);
    const told = listings.map(({ folders }) => folders.map(({ rows, more }) => [rows.length, more]));
    expect(told).toEqual([[[1, undefined]], [[partRowsMax, true]], [[partRowsMax, undefined]]]);
    const names = listings.flatMap(({ folders }) => folders.flatMap(({ rows }) => rows));
    expect(new Set(names.map(({ id }) => id)).size).toBe(2 * partRowsMax + 1);
  });

  it('fills a part with folders that the disk found at once, and goes on with the last of them in the next', async () => {
    const { disk, user } = createWorld();
    user.makeFolder('many');
    for (let number = 0; number < 2 * partRowsMax; number++) user.write(`many/${number}`, bytesOf(''));
    const found: ScanBatch['folders'][number][] = [];
    for await (const one of disk.scan({ mounts: [] })) if ('folders' in one) found.push(...one.folders);
    const told = [...partsOf(found)].map((part) => part.map(({ rows, more }) => [rows.length, more]));
    expect(told).toEqual([
      [
        [1, undefined],
        [partRowsMax - 2, true],
      ],
      [[partRowsMax, true]],
      [[2, undefined]],
    ]);
  });

  it('keeps each part below what a server takes in a message, also with names as long as they may be', async () => {
    const { user, reports, context } = createWorld();
    for (let number = 0; number < 1500; number++) user.write(`${number}`.padEnd(85, '\u{20ac}'), bytesOf(''));
    await watcher.handle?.ScanLocal?.(scan, context);
    const listings = reports.filter((report) => report.type === 'LocalListing');
    expect(listings.length).toBeGreaterThan(1);
    for (const listing of listings) expect(Buffer.byteLength(JSON.stringify(listing))).toBeLessThan(1 << 20);
    expect(listings.flatMap(({ folders }) => folders.flatMap(({ rows }) => rows))).toHaveLength(1500);
  });

  it('names folders it could not read, which are unknown and not gone', async () => {
    const { user, context } = createWorld();
    user.makeFolder('locked');
    user.setUnreadable('locked', true);
    await expect(watcher.handle?.ScanLocal?.(scan, context)).resolves.toMatchObject({
      look: { parts: 1, unreadable: [expect.any(String)] },
    });
  });

  it('never ends a scan that was stopped: what it did not meet would count as deleted', async () => {
    const { user, reports, stopping, context } = createWorld();
    user.write('a.txt', bytesOf('a'));
    stopping.abort();
    await expect(watcher.handle?.ScanLocal?.(scan, context)).rejects.toThrow('The run is stopping');
    expect(reports).toEqual([]);
  });

  it('does not count a scan without an end as one', async () => {
    const { context, reports } = createWorld();
    async function* broken(): AsyncGenerator<ScanBatch> {
      yield { folders: [{ id: localId('1'), rows: [] }] };
    }
    const disk = { ...context.disk, scan: broken };
    await expect(watcher.handle?.ScanLocal?.(scan, { ...context, disk })).rejects.toThrow('broke off');
    expect(reports.map(({ type }) => type)).toEqual(['LocalListing']);
  });

  it('looks only into the folders it was asked for, and leaves out what is gone', async () => {
    const { user, reports, context } = createWorld();
    for (const folder of ['a', 'a/b', 'locked']) user.makeFolder(folder);
    user.write('a/b/c.txt', bytesOf('c'));
    user.setUnreadable('locked', true);
    const named = { ...scan, folders: ['a', 'gone', 'locked'] };
    await expect(watcher.handle?.ScanLocal?.(named, context)).resolves.toMatchObject({
      look: { parts: 1, unreadable: [expect.any(String)] },
    });
    expect(reports).toMatchObject([
      { type: 'LocalListing', command: '7/0', folders: [{ rows: [{ name: 'b' }] }] },
    ]);
  });

  it('passes on that the sync folder is missing', async () => {
    const { user, context } = createWorld();
    user.setRoot('missing');
    await expect(watcher.handle?.ScanLocal?.(scan, context)).rejects.toMatchObject({ code: 'rootSuspended' });
  });

  it('tells the hash of the expected version, and refuses any other', async () => {
    const { disk, user, context } = createWorld();
    user.write('a.txt', bytesOf('hello'));
    const row = await disk.stat('a.txt');
    if (row === null) throw new Error('the file is there');
    const hashFile = {
      type: 'HashFile',
      id: '7/1',
      path: 'a.txt',
      expected: { id: row.id, stamp: row.stamp },
    } as unknown as CommandOf<'HashFile'>;
    await expect(watcher.handle?.HashFile?.(hashFile, context)).resolves.toEqual({
      local: { ...row, hash: quickXorHash(bytesOf('hello')) },
    });
    user.write('a.txt', bytesOf('other'));
    await expect(watcher.handle?.HashFile?.(hashFile, context)).rejects.toMatchObject({
      code: 'changedMeanwhile',
    });
  });
});
