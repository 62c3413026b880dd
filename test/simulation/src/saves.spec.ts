/** How programs save: the whole client, a run between any two steps, and what becomes of the item on the drive. */
import { expect, it } from 'vitest';
import { createCalmWorld, syncOnce } from './calm.ts';
import { checkConvergence } from './checks.ts';
import type { World } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function synced(world: World): Promise<void> {
  expect((await syncOnce(world)).cause).toBe('finished');
  checkConvergence(world);
}

async function idAt({ drive: { drive } }: World, name: string): Promise<string | undefined> {
  return (await drive.child((await drive.info()).rootId, name))?.id;
}

/** As browsers save over an old file. */
const steps: readonly ((world: World) => void)[] = [
  ({ disk }) => disk.user.remove('a.pdf'),
  ({ disk }) => disk.user.write('a.pdf', text(''), 1_700_000_100),
  ({ disk }) => disk.user.write('a.pdf.part', text('down')),
  ({ disk }) => disk.user.write('a.pdf.part', text('downloaded')),
  ({ disk }) => disk.user.rename('a.pdf.part', 'a.pdf'),
];

// A run right after the first step sees a deletion, and nothing else.
it.each([{ runs: [] }, { runs: [1] }, { runs: [2] }, { runs: [3] }, { runs: [1, 2, 3] }] as {
  runs: number[];
}[])(
  'a download of a browser over an old file is its next version (runs after steps $runs)',
  async ({ runs }) => {
    for (const fileSystem of [{}, { birthTimes: false }]) {
      const world = createCalmWorld(fileSystem);
      world.disk.user.write('a.pdf', text('old'));
      await synced(world);
      const id = await idAt(world, 'a.pdf');
      for (const [index, step] of steps.entries()) {
        step(world);
        if (runs.includes(index)) await synced(world);
      }
      await synced(world);
      expect(await idAt(world, 'a.pdf')).toBe(id);
      expect([...world.drive.user.tree().keys()]).toEqual(['a.pdf']);
    }
  },
);

it('a file that is moved over another one with content stays the file that was moved', async () => {
  const world = createCalmWorld();
  world.disk.user.write('a', text('one'));
  world.disk.user.write('b', text('two'));
  await synced(world);
  const id = await idAt(world, 'b');
  world.disk.user.rename('b', 'a');
  await synced(world);
  expect(await idAt(world, 'a')).toBe(id);
});
