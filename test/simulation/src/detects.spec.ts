/** The checks themselves: each law is broken on purpose, and noticed. */
import { expect, it } from 'vitest';
import { changes, checkConvergence, checkNoInvention, checkNoLoss, LawBroken } from './checks.ts';
import { createWorld } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

it('[L1] notices what only one side has, and what differs', () => {
  const world = createWorld(1, {});
  checkConvergence(world);
  world.disk.user.write('a', text('one'));
  expect(() => checkConvergence(world)).toThrow('a is "one" on disk and nothing on the drive');
  world.drive.user.write('a', text('two'));
  expect(() => checkConvergence(world)).toThrow('a is "one" on disk and "two" on the drive');
  world.drive.user.write('a', text('one'));
  checkConvergence(world);
  world.drive.user.makeFolder('b');
  expect(() => checkConvergence(world)).toThrow('b is nothing on disk and folder on the drive');
});

it('[L2] notices a version that is gone, and not one that a user gave up or that lies in a bin', () => {
  const world = createWorld(1, {});
  const bytes = world.ledger.next();
  expect(() => checkNoLoss(world)).toThrow(LawBroken);
  world.drive.user.write('a', bytes);
  checkNoLoss(world);
  world.drive.user.remove('a');
  checkNoLoss(world);
  const other = world.ledger.next();
  world.disk.user.write('a', other);
  world.disk.user.write('a', text('else'));
  expect(() => checkNoLoss(world)).toThrow('the version "v2');
  world.ledger.dismiss(other);
  checkNoLoss(world);
});

it('[L3] notices contents and names that no user made', () => {
  const world = createWorld(1, {});
  world.disk.user.write('a', world.ledger.next());
  checkNoInvention(world);
  world.drive.user.write('b', text('half a ver'));
  expect(() => checkNoInvention(world)).toThrow('which nobody wrote');
  world.drive.user.remove('b');
  world.disk.user.makeFolder('tidemark-swap-1-a');
  expect(() => checkNoInvention(world)).toThrow('a stop in between');
});

it('[L3] counts changes on both sides, and not looks', async () => {
  const world = createWorld(1, { driveFailRate: 0, diskFailRate: 0, driveFailAfterRate: 0 });
  const { rootId } = await world.drive.drive.info();
  expect(changes(world)).toBe(0);
  await world.drive.drive.createFolder(rootId, 'a');
  await world.disk.disk.createFolder('a');
  await world.disk.disk.stat('a');
  expect(changes(world)).toBe(2);
});
