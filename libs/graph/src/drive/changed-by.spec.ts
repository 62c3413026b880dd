import { driveItemId } from '@tidemark/contracts';
import { startSimulator } from '@tidemark/graph-simulator';
import { expect, it, test } from 'vitest';
import { readRound, startRig } from '../testing/rig.ts';
import { nameIn } from './changed-by.ts';

it('names who changed items last, twenty to a request, and leaves out what is gone', async () => {
  const tree = Array.from({ length: 25 }, (_, index) => ({ path: `/file ${index}`, content: 'x' }));
  const rig = await startRig(await startSimulator({ tree }));
  const ids = (await readRound(rig.drive)).rows.map(({ id }) => id);
  rig.simulator.resetCounters();
  const names = await rig.drive.changedBy([...ids, driveItemId('01NEVERTHERE')]);
  expect(names).toEqual(new Map(ids.map((id) => [id, 'Alex Simulated'])));
  expect(rig.simulator.counters()).toMatchObject({ total: 2, byKind: { batch: 2 } });
  await rig.close();
});

test.each<[unknown, string | null]>([
  [{ user: { displayName: 'Ada', email: 'ada@example.org' }, application: { displayName: 'App' } }, 'Ada'],
  [{ user: { displayName: '', email: 'ada@example.org' } }, 'ada@example.org'],
  [{ application: { displayName: 'App' } }, 'App'],
  [{ user: { displayName: 7 } }, null],
  [{ user: null }, null],
  ['Ada', null],
  [undefined, null],
])('%j is %j', (identities, name) => expect(nameIn(identities)).toBe(name));

test('a name without end is cut', () =>
  expect(nameIn({ user: { displayName: 'a'.repeat(10_000) } })).toHaveLength(200));
