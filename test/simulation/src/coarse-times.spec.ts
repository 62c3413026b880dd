/** File systems that keep coarse times, or not every time: the whole client on them. */
import { describe, expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import { checkConvergence } from './checks.ts';
import type { World } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const seconds = ({ clock }: World): number => Math.floor(clock.now() / 1000);

async function changesOfSync(world: World): Promise<number> {
  const { cause, changes } = await syncOnce(world);
  expect(cause).toBe('finished');
  checkConvergence(world);
  return changes;
}

describe('a file system that counts in steps of two seconds', () => {
  const fileSystem = { tickSeconds: 2 };

  it('hides a second save of the same size from the first look, and not from the next', async () => {
    const world = createCalmWorld(fileSystem);
    world.drive.user.write('a', text('drive'), seconds(world));
    await changesOfSync(world);
    world.disk.user.write('a', text('saved'));
    world.clock.jump(5000);
    expect(await changesOfSync(world)).toBe(1);
    expect(world.drive.user.read('a')).toEqual(text('saved'));
  });

  it('lets an empty file be deleted on the drive, though it was saved a moment ago', async () => {
    const world = createCalmWorld(fileSystem);
    world.disk.user.write('a', text(''));
    await changesOfSync(world);
    world.drive.user.remove('a');
    world.disk.user.write('a', text(''));
    expect(await changesOfSync(world)).toBe(1);
    expect(world.disk.user.read('a')).toBeNull();
  });

  it('lets an upload wait until no other save can pass for what is sent', async () => {
    const world = createCalmWorld(fileSystem);
    world.disk.user.write('a', text('first'));
    await syncOnce(world, () => world.disk.user.write('a', text('other')));
    world.clock.jump(5000);
    await syncOnce(world);
    checkConvergence(world);
    expect(world.drive.user.read('a')).toEqual(text('other'));
  });

  it('costs nothing once everything is told', async () => {
    const world = createCalmWorld(fileSystem);
    world.disk.user.write('a', text('here'));
    world.drive.user.write('b', text('there'), seconds(world));
    await changesOfSync(world);
    for (let run = 0; run < 3; run++) {
      expect(await changesOfSync(world)).toBe(0);
      world.clock.jump(5000);
    }
    const read = world.disk.counts.get('hash');
    await changesOfSync(world);
    expect(world.disk.counts.get('hash')).toBe(read);
  });

  it('takes an odd second for the even one before it, once', async () => {
    const world = createCalmWorld(fileSystem);
    world.drive.user.write('a', text('odd'), 1_500_000_001);
    expect(await changesOfSync(world)).toBe(1);
    world.drive.user.setModifiedAt('a', 1_600_000_001);
    expect(await changesOfSync(world)).toBe(1);
    expect(await changesOfSync(world)).toBe(0);
    expect(world.drive.user.tree().get('a')?.modifiedAt).toBe(1_600_000_001);
  });
});

describe('dates that the disk cannot hold', () => {
  const fileSystem = { tickSeconds: 1, times: { from: -(2 ** 31), to: 2 ** 31 - 1 } };

  it.each([253_402_300_799, 5_000_000_000, -9_000_000_000])('are clamped once: %i', async (modifiedAt) => {
    const world = createCalmWorld(fileSystem);
    world.drive.user.write('a', text('dated'), modifiedAt);
    world.drive.user.write('b', text('dated later'), 1_500_000_000);
    expect(await changesOfSync(world)).toBe(2);
    world.drive.user.setModifiedAt('b', modifiedAt);
    expect(await changesOfSync(world)).toBe(1);
    for (let run = 0; run < 2; run++) expect(await changesOfSync(world)).toBe(0);
    for (const path of ['a', 'b']) expect(world.drive.user.tree().get(path)?.modifiedAt).toBe(modifiedAt);
  });

  it('leave what both sides hold already as it is on either', async () => {
    const world = createCalmWorld(fileSystem);
    world.disk.user.write('a', text('same'), 1_500_000_000);
    world.drive.user.write('a', text('same'), 5_000_000_000);
    await changesOfSync(world);
    expect(await changesOfSync(world)).toBe(0);
    expect(world.drive.user.tree().get('a')?.modifiedAt).toBe(5_000_000_000);
  });
});

it('keeps dates before 1970 on both sides', async () => {
  const world = createCalmWorld();
  world.drive.user.write('a', text('from the drive'), -86_400);
  world.disk.user.write('b', text('from the disk'), -86_401);
  await changesOfSync(world);
  expect(world.drive.user.tree().get('b')?.modifiedAt).toBe(-86_401);
  expect(await world.disk.disk.stat('a')).toMatchObject({ modifiedAt: -86_400 });
  expect(await changesOfSync(world)).toBe(0);
});
