import type { Observation } from '@tidemark/contracts';
import { commandId, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { createOutbox } from './outbox.ts';
import { createSpecBus, createSpecClock, turn } from './spec-world.ts';

const fact = (detail: string): Observation => ({ type: 'HintReceived', side: 'local', source: detail });

/** A bus that takes no message with `refused` in it, and does not get better. */
function createWorld(code: string, refused: string) {
  const bus = createSpecBus();
  const clock = createSpecClock();
  const troubles: unknown[] = [];
  const publish = bus.publish.bind(bus);
  bus.publish = async (subject, payload) => {
    if (JSON.stringify(payload).includes(refused)) throw Object.assign(new Error('no'), { code });
    await publish(subject, payload);
  };
  const outbox = createOutbox({ bus, subject: 'o', clock, onTrouble: (error) => troubles.push(error) });
  const taken = () => bus.published.map(({ payload }) => payload);
  return { bus, clock, outbox, troubles, taken };
}

describe('outbox', () => {
  it.each(['invalidPayload', 'payloadTooLarge'])(
    'gives back what the bus can never take (%s), and delivers the rest in order',
    async (code) => {
      const { outbox, taken, troubles } = createWorld(code, 'bad');
      const puts = [fact('a'), fact('bad'), fact('c')].map((observation) => outbox.put(observation));
      await expect(Promise.allSettled(puts)).resolves.toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected' },
        { status: 'fulfilled' },
      ]);
      expect(taken()).toEqual([[fact('a')], [fact('c')]]);
      expect(troubles).toEqual([]);
    },
  );

  it('takes no success of a command about which it could not tell everything', async () => {
    const { outbox, taken } = createWorld('payloadTooLarge', 'bad');
    const [one, other] = [commandId(seq(7), 0), commandId(seq(7), 1)];
    await outbox.report(fact('bad'), one);
    await outbox.report(fact('good'), other);
    const ends = [one, other].map((command) => outbox.put({ type: 'CommandSucceeded', command }));
    await expect(Promise.allSettled(ends)).resolves.toMatchObject([
      { status: 'rejected', reason: { code: 'payloadTooLarge' } },
      { status: 'fulfilled' },
    ]);
    await outbox.put({ type: 'CommandFailed', command: one, failure: { code: 'pluginFault', detail: '' } });
    expect(taken().flat()).toMatchObject([
      fact('good'),
      { type: 'CommandSucceeded', command: other },
      { type: 'CommandFailed', command: one },
    ]);
  });

  it('joins hints that wait: folders of both, or everywhere', async () => {
    const { outbox, taken } = createWorld('disconnected', '\u0000never');
    const hint = (...folders: string[]): Observation => ({
      type: 'HintReceived',
      side: 'local',
      source: 'watcher',
      ...(folders.length > 0 && { folders }),
    });
    await Promise.all([outbox.put(hint('a')), outbox.put(hint('b', 'a')), outbox.put(hint('c'))]);
    await Promise.all([outbox.put(hint('a')), outbox.put(hint()), outbox.put(hint('b'))]);
    await Promise.all([outbox.put(hint()), outbox.put(hint('a'))]);
    expect(taken()).toEqual([[hint('a', 'b', 'c')], [hint()], [hint()]]);
  });

  it('sends a hint again once the one before is on its way', async () => {
    const { outbox, taken } = createWorld('disconnected', '\u0000never');
    const hint = { type: 'HintReceived', side: 'local', source: 'bell' } as const;
    await Promise.all([outbox.put(hint), outbox.put(hint)]);
    await outbox.put(hint);
    expect(taken()).toEqual([[hint], [hint]]);
  });

  it('tries again with growing pauses while the bus is away, and keeps the order', async () => {
    const { outbox, clock, taken, troubles, bus } = createWorld('disconnected', '\u0000never');
    bus.away = true;
    void outbox.put(fact('a'));
    await turn();
    void outbox.put(fact('b'));
    await clock.advance(100);
    expect(troubles).toHaveLength(2);
    bus.away = false;
    await clock.advance(199);
    expect(taken()).toEqual([]);
    await clock.advance(1);
    await outbox.empty();
    expect(taken()).toEqual([[fact('a')], [fact('b')]]);
  });

  it('lets nobody wait and publishes nothing after it was closed', async () => {
    const { outbox, bus, clock, taken } = createWorld('disconnected', '\u0000never');
    bus.away = true;
    const put = outbox.put(fact('a'));
    await turn();
    const next = outbox.put(fact('b'));
    outbox.close();
    await Promise.all([put, next, outbox.put(fact('c'))]);
    bus.away = false;
    await clock.advance(60_000);
    expect(taken()).toEqual([]);
  });
});
