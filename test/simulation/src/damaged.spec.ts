/** What a crash of the machine leaves on disk, and the whole client after it. */
import { expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import { checkConvergence } from './checks.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const written = 1_600_000_000;

it('a file that lost its bytes and kept its time gets them back, and the empty one is kept beside it', async () => {
  const { world, user, drive } = await agreed();
  user.write('a.txt', text(''), written);
  await syncOnce(world);
  await syncOnce(world);
  expect(user.read('a.txt')).toEqual(text('content'));
  expect(drive.read('a.txt')).toEqual(text('content'));
  expect([...user.tree().keys()].filter((path) => path.includes('safeBackup'))).toHaveLength(1);
});

it('a file that its user emptied is empty on the drive as well', async () => {
  const { world, user, drive } = await agreed();
  user.write('a.txt', text(''), written + 100);
  await syncOnce(world);
  checkConvergence(world);
  expect(drive.read('a.txt')).toEqual(text(''));
});

async function agreed() {
  const world = createCalmWorld();
  world.disk.user.write('a.txt', text('content'), written);
  await syncOnce(world);
  return { world, user: world.disk.user, drive: world.drive.user };
}
