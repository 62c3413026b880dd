/** The whole client and a drive without space. */
import { expect, it } from 'vitest';
import { statusOf } from '@tidemark/engine';
import { createCalmWorld, syncOnce } from './calm.ts';
import { checkConvergence } from './checks.ts';

const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(120);

it('of two hundred files that do not fit few are tried, and all are uploaded when there is space', async () => {
  const world = createCalmWorld();
  const { drive, disk } = world;
  for (const name of ['old', 'moves', 'goes']) disk.user.write(`${name}.txt`, bytes(10), 1_600_000_000);
  await syncOnce(world);
  world.quota.limit(60);
  disk.user.makeFolder('new');
  for (let index = 0; index < 200; index += 1) disk.user.write(`new/${index}.txt`, bytes(100), 1_600_000_000);
  disk.user.write('small.txt', bytes(20), 1_600_000_000);
  disk.user.rename('moves.txt', 'moved.txt');
  disk.user.remove('goes.txt');
  drive.user.write('down.txt', bytes(10));
  const triedBefore = drive.counts.get('upload') ?? 0;
  const full = await syncOnce(world);
  expect((drive.counts.get('upload') ?? 0) - triedBefore).toBeLessThan(30);
  expect(full.cause).toBe('finished');
  const waiting = full.state === null ? [] : statusOf(full.state).notAtRest;
  expect(waiting).toHaveLength(200);
  expect(new Set(waiting.map(({ detail }) => detail))).toEqual(
    new Set(['waits for space on the drive, which refused 100 bytes']),
  );
  expect([...drive.user.tree().keys()].toSorted()).toEqual([
    ...['down.txt', 'moved.txt', 'new', 'old.txt', 'small.txt'],
  ]);
  expect([...disk.user.tree().keys()]).toContain('down.txt');
  world.quota.end();
  await syncOnce(world);
  checkConvergence(world);
});
