import { driveItemId } from '@tidemark/contracts';
import { startSimulator } from '@tidemark/graph-simulator';
import { expect, it } from 'vitest';
import { readRound, startRig } from '../testing/rig.ts';

it('tells the address of who made a file and of who saved it last, with one request', async () => {
  const rig = await startRig(await startSimulator({ tree: [{ path: '/a.txt', content: 'a' }] }));
  const [row] = (await readRound(rig.drive)).rows;
  rig.simulator.resetCounters();
  const id = row?.id ?? driveItemId('');
  const authors = await rig.drive.authors(id);
  expect(authors.createdBy).toMatch(/^\S+@\S+$/);
  expect(authors.lastModifiedBy).toBe(authors.createdBy);
  expect(rig.simulator.counters().total).toBe(1);
  await expect(rig.drive.authors(driveItemId('01NEVERTHERE'))).rejects.toMatchObject({ code: 'notFound' });
  await rig.close();
});
