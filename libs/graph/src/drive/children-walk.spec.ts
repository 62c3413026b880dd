import { Failure, type RemoteRow, type RemoteTombstone } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { named, readRound, startRig, type Rig } from '../testing/rig.ts';
import type { GraphDrive } from './graph-drive.ts';

let rig: Rig<Simulator>;
let drive: GraphDrive;
afterEach(() => rig.close());

const tree = [
  { path: '/a/one.txt', content: '1' },
  { path: '/a/inner/two.txt', content: '2' },
  { path: '/vault/secret.txt', content: '3' },
  { path: '/vault/more/deep.txt', content: '4' },
  { path: '/z/three.txt', content: '5' },
];
async function start(pageSize = 200): Promise<void> {
  rig = await startRig(await startSimulator({ tree, settings: { childrenPageSize: pageSize } }));
  drive = rig.anotherDrive({
    listing: 'children',
    pageSize,
    retry: { attemptsMax: 2, baseDelayMs: 1, delayMaxMs: 2, waitMaxMs: 60_000 },
  });
}
const idOf = (path: string): string => rig.simulator.drive().stat(path)?.id ?? '';
const namesIn = (rows: readonly (RemoteRow | RemoteTombstone)[]): string[] =>
  rows.flatMap((row) => ('deleted' in row ? [] : [row.name])).sort();

describe('listing folder by folder', () => {
  it('tells of each item once, and of a folder before what is in it', async () => {
    await start(1);
    const { rows } = await readRound(drive);
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(tree.length + 5);
    const { rootId } = await drive.info();
    const met = new Set([rootId]);
    for (const row of rows as RemoteRow[]) {
      expect(met.has(row.parentId)).toBe(true);
      met.add(row.id);
    }
  });

  it.each([
    [400, { code: 'invalidRequest', message: 'ObjectHandle is Invalid' }],
    [403, { code: 'accessDenied' }],
    [404, { code: 'itemNotFound' }],
    [423, { code: 'resourceLocked' }],
    [500, { code: 'generalException' }],
  ])('goes on past a folder that answers %i each time, whose content is unknown', async (status, more) => {
    await start();
    const route = `items/${idOf('/vault')}/children`;
    rig.simulator.addFault({ route, effect: { type: 'status', status, ...more } });
    const { rows } = await readRound(drive);
    expect(namesIn(rows)).toEqual(['a', 'inner', 'one.txt', 'three.txt', 'two.txt', 'vault', 'z']);
    const vault = named(rows, 'vault');
    expect(vault).toMatchObject({ kind: 'folder', oddity: expect.stringContaining(`answered ${status}`) });
    expect(rows.filter((row) => 'oddity' in row)).toEqual([vault]);
    // It is listed again in the next round, like any other.
    rig.simulator.clearFaults();
    expect((await readRound(drive)).rows.filter((row) => 'oddity' in row)).toEqual([]);
  });

  it('asks for addresses of downloads again although one folder refused everything', async () => {
    await start();
    const route = `items/${idOf('/a')}/children`;
    const fault = rig.simulator.addFault({ route, effect: { type: 'status', status: 400 } });
    await readRound(drive);
    rig.simulator.removeFault(fault);
    rig.simulator.resetCounters();
    await readRound(drive);
    const listings = rig.simulator.requestLog().filter(({ path }) => path.includes('/children'));
    expect(listings.every(({ path }) => path.includes('downloadUrl'))).toBe(true);
  });

  it('gives a folder at which the service failed another chance in the end', async () => {
    await start();
    const route = `items/${idOf('/vault')}/children`;
    rig.simulator.addFault({ route, times: 2, effect: { type: 'status', status: 500 } });
    const { rows } = await readRound(drive);
    expect(rows).toHaveLength(tree.length + 5);
    expect(rows.filter((row) => 'oddity' in row)).toEqual([]);
  });

  it('tells of a folder that went meanwhile that it is gone', async () => {
    await start();
    const first = await drive.delta(null);
    const id = idOf('/vault');
    rig.simulator.drive().remove('/vault');
    const { rows } = await readRound(drive, first.nextLink);
    expect(rows).toContainEqual({ id, deleted: true });
  });

  it('proves nothing when the root cannot be listed, or when the service is down', async () => {
    await start();
    const { rootId } = await drive.info();
    const route = `items/${rootId}/children`;
    for (const status of [403, 404, 500]) {
      const fault = rig.simulator.addFault({ route, effect: { type: 'status', status } });
      await expect(readRound(drive)).rejects.toThrow(Failure);
      rig.simulator.removeFault(fault);
    }
    const first = await drive.delta(null);
    rig.simulator.addFault({ effect: { type: 'status', status: 500 } });
    await expect(readRound(drive, first.nextLink)).rejects.toThrow(Failure);
  });

  it('is not disturbed by a round that was given up, nor by one that begins meanwhile', async () => {
    await start(2);
    const abandoned = await drive.delta(null);
    const first = await drive.delta(null);
    await drive.delta(abandoned.nextLink);
    await drive.delta(null);
    const rest = await readRound(drive, first.nextLink);
    expect(first.rows.length + rest.rows.length).toBe(tree.length + 5);
  });
});
