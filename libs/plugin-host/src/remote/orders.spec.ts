import { createInProcessBus } from '@tidemark/bus';
import type { Command, Observation } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { createSpecClock, hashFile, turn } from '../spec-world.ts';
import { createOrders } from './orders.ts';

describe('commands on their way to a plugin', () => {
  it('end when the bus does not take one, and no other suffers for it', async () => {
    const bus = createInProcessBus({ payloadBytesMax: 2_000 });
    const arrived: string[] = [];
    await bus.respond('far', (payload) =>
      (payload as readonly Command[]).map(({ id }) => {
        arrived.push(id);
        return { accepted: true };
      }),
    );
    const ended: Observation[] = [];
    const orders = createOrders({
      ...{ bus, clock: createSpecClock(), plugin: 'far', subject: 'far', inLists: true },
      ...{ instance: () => 'instance-1', onRefusal: () => undefined },
      onEnd: (observation) => ended.push(observation),
    });
    for (let index = 0; index < 20; index += 1)
      orders.add(index === 7 ? { ...hashFile(index), path: 'x'.repeat(2_000) } : hashFile(index));
    await turn();
    await turn();
    expect(ended).toMatchObject([{ command: '7/7', failure: { code: 'pluginFault' } }]);
    expect(arrived.toSorted()).toEqual(
      Array.from({ length: 20 }, (_, index) => `7/${index}`)
        .filter((id) => id !== '7/7')
        .toSorted(),
    );
    expect(orders.size).toBe(19);
  });
});
