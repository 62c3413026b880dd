/** How a user gets a client to rest that asks her things, and one that begins anew. */
import { nextDueAt } from '@tidemark/engine';
import { expect, it } from 'vitest';
import type { ClientEnd } from './client.ts';
import { runToRest } from './confirmation.ts';
import { createStage } from './stage.ts';
import { createWorld, type World } from './world.ts';

const refused: ClientEnd = { cause: 'refused', refusal: 'rootSuspended', state: null };
const finished: ClientEnd = { cause: 'finished', state: null };

it('answers one question after the other, as each run asks it', async () => {
  const world = createHealed('once');
  const ends = [refused, refused, finished];
  const resyncs: boolean[] = [];
  const run = async (): Promise<ClientEnd | null> => {
    resyncs.push(world.wishes.resync);
    return ends.shift() ?? null;
  };
  expect(await runToRest(world, { run })).toBe(finished);
  expect(resyncs).toEqual([false, true, true]);
});

it('starts a daemon anew whose folder is another one now, and then lets it take that folder', async () => {
  const world = createHealed('continuous');
  const stage = createStage(world, 'ends');
  world.drive.user.makeFolder('a');
  world.disk.user.setRoot('emptied');
  await runToRest(world, stage);
  world.disk.user.setRoot('present');
  world.beginsAnew = true;
  const { cause, state } = await runToRest(world, stage);
  expect([cause, state?.local.look.state]).toEqual(['resting', 'current']);
  expect([...world.disk.user.tree().keys()]).toEqual(['a']);
});

it.each(['once', 'continuous'] as const)(
  'believes a drive that lost what was there, in a run that is %s',
  async (pace) => {
    const world = createHealed(pace);
    const stage = createStage(world, 'ends');
    const putBack = world.drive.user.remember();
    for (let number = 0; number < 12; number += 1) world.drive.user.makeFolder(`folder ${number}`);
    await runToRest(world, stage);
    putBack();
    world.beginsAnew = true;
    await runToRest(world, stage);
    expect([...world.disk.user.tree().keys()]).toEqual([]);
  },
);

it('does not answer the same question for ever', async () => {
  const world = createHealed('once');
  await expect(runToRest(world, { run: async () => refused })).rejects.toThrow('without trouble was refused');
});

it('lets a daemon that is to begin anew end what a jump of the clock made it begin', async () => {
  const world = createHealed('continuous');
  const stage = createStage(world, 'ends');
  const { state } = await runToRest(world, stage);
  const dueAt = state === null ? null : nextDueAt(state);
  if (dueAt === null) throw new Error('it looks at nothing any more');
  world.clock.jump(dueAt - world.clock.now());
  world.beginsAnew = true;
  expect((await stage.run())?.cause).toBe('finished');
});

function createHealed(pace: World['swarm']['pace']): World {
  const world = createWorld(1, { pace, rates: {}, fileSystem: {}, direction: 'both' });
  world.heal();
  world.endsLeft = 0;
  return world;
}
