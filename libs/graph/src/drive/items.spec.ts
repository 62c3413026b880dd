import { driveItemId, Failure, type DriveItemId } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { readRound, startRig, type Rig } from '../testing/rig.ts';

let rig: Rig<Simulator>;
let ids: DriveItemId[];
afterEach(() => rig.close());

const count = 25;
const gone = driveItemId('01NEVERTHERE');

async function start(): Promise<void> {
  const tree = Array.from({ length: count }, (_, index) => ({ path: `/file ${index}`, content: 'x' }));
  rig = await startRig(await startSimulator({ tree }), {
    drive: { retry: { attemptsMax: 2, baseDelayMs: 1, delayMaxMs: 2, waitMaxMs: 60_000 } },
  });
  ids = (await readRound(rig.drive)).rows.map(({ id }) => id);
  expect(ids).toHaveLength(count);
  rig.simulator.resetCounters();
}

const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};

const routeOf = (id: DriveItemId | undefined): string => `GET /v1.0/drives/[^/]+/items/${id}\\?`;

describe('items by id', () => {
  it('cost one request for every twenty, in whatever order the service answers', async () => {
    await start();
    expect((await rig.drive.items(ids)).map(({ id }) => id)).toEqual(ids);
    expect(rig.simulator.counters()).toMatchObject({ total: 2, byKind: { batch: 2 }, batchParts: count });
  });

  it('that are told to wait are asked again, those alone, and nothing else is sent meanwhile', async () => {
    await start();
    const [first, second] = ids;
    for (const id of [first, second])
      rig.simulator.addFault({
        route: routeOf(id),
        times: 1,
        effect: { type: 'status', status: 429, headers: { 'retry-after': '1' } },
      });
    const shown = await rig.drive.items(ids.slice(0, 20));
    expect(shown.every((row) => !('deleted' in row))).toBe(true);
    expect(rig.simulator.counters()).toMatchObject({ byKind: { batch: 2, metadata: 0 }, batchParts: 22 });
    expect(rig.budget.counters).toMatchObject({ throttled: 2 });
    expect(rig.budget.counters.pausedMs).toBeGreaterThan(900);
  });

  it.each([500, 502, 503, 408, 423, 400, 403, 401])(
    'survive a part that is refused once with %i',
    async (status) => {
      await start();
      rig.simulator.addFault({ route: routeOf(ids[3]), times: 1, effect: { type: 'status', status } });
      expect(await rig.drive.items(ids)).toMatchObject(ids.map((id) => ({ id, kind: 'file' })));
    },
  );

  it.each([423, 403, 500, 400])(
    'that are refused with %i each time are unread, those alone',
    async (status) => {
      await start();
      rig.simulator.addFault({ route: routeOf(ids[21]), effect: { type: 'status', status } });
      const shown = await rig.drive.items(ids);
      expect(shown.map(({ id }) => id)).toEqual(ids);
      expect(shown.filter((row) => !('eTag' in row))).toEqual([
        { id: ids[21], unread: expect.stringContaining(`the service answered ${status}`) },
      ]);
    },
  );

  it('are a failure, every one, while the service is down', async () => {
    await start();
    rig.simulator.addFault({ route: '/items/', effect: { type: 'status', status: 500 } });
    expect((await failureOf(rig.drive.items(ids.slice(0, 3)))).code).toBe('serviceUnavailable');
  });

  it.each([
    ['has no such part', []],
    ['names no id', [{ status: 404 }]],
    ['has a part without a row', [{ id: '0', status: 200, headers: {}, body: 'PGh0bWw+' }]],
    ['shows another item', [{ id: '0', status: 200, body: { id: 'another', name: 'x', file: {} } }]],
    ['redirects', [{ id: '0', status: 302, headers: { Location: 'https://elsewhere.test/' } }]],
  ])('are asked for one by one when the answer %s, and are never taken for gone', async (_, responses) => {
    await start();
    rig.simulator.addFault({
      kind: 'batch',
      effect: { type: 'status', status: 200, body: JSON.stringify({ responses }) },
    });
    expect(await rig.drive.items(ids.slice(0, 1))).toMatchObject([{ id: ids[0], kind: 'file' }]);
  });

  it('that are missing are gone only while the drive itself is there', async () => {
    await start();
    expect(await rig.drive.items([gone])).toEqual([{ id: gone, deleted: true }]);
    rig.simulator.addFault({ route: '/items/', effect: { type: 'status', status: 404 } });
    const failure = await failureOf(rig.drive.items(ids.slice(0, 3)));
    expect(failure.code).toBe('driveNotFound');
  });

  it('whose batch is no batch are a failure', async () => {
    await start();
    rig.simulator.addFault({ kind: 'batch', effect: { type: 'status', status: 200, body: '{"value":[]}' } });
    expect((await failureOf(rig.drive.items(ids))).code).toBe('serviceUnavailable');
  });
});

describe('a child by its name', () => {
  it('is a failure, not a free name, when it cannot be read', async () => {
    await start();
    const { rootId } = await rig.drive.info();
    rig.simulator.addFault({ kind: 'metadata', effect: { type: 'status', status: 403 } });
    const failure = await failureOf(rig.drive.child(rootId, 'file 1'));
    expect(failure.code).toBe('accessDenied');
    expect(failure.message).toContain('file 1');
  });
});
