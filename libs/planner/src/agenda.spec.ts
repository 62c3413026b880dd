import { itemId } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda } from './agenda.ts';

describe('the agenda', () => {
  it('gives every touched item once, lowest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 })), (touched) => {
        const agenda = createAgenda();
        for (const id of touched) agenda.touch(itemId(id));
        const given: number[] = [];
        for (let id = agenda.next(); id !== undefined; id = agenda.next()) given.push(id);
        expect(given).toEqual([...new Set(touched)].sort((a, b) => a - b));
        expect(agenda.isEmpty).toBe(true);
      }),
    );
  });

  it('a parked item is due again when what it waits for is touched', () => {
    const agenda = createAgenda();
    agenda.park(itemId(5), itemId(2));
    agenda.park(itemId(6), itemId(2));
    expect(agenda.next()).toBeUndefined();
    agenda.touch(itemId(2));
    expect([agenda.next(), agenda.next(), agenda.next(), agenda.next()]).toEqual([2, 5, 6, undefined]);
  });

  it('what waits for a parked item is due again with it, also in a circle', () => {
    const agenda = createAgenda();
    agenda.park(itemId(5), itemId(2));
    agenda.park(itemId(7), itemId(5));
    agenda.park(itemId(2), itemId(7));
    agenda.touch(itemId(2));
    expect([agenda.next(), agenda.next(), agenda.next(), agenda.next()]).toEqual([2, 5, 7, undefined]);
  });

  it('knows which folders await content, until they are looked at again', () => {
    const agenda = createAgenda();
    expect(agenda.awaitsContent()).toBe(false);
    agenda.awaitContent(itemId(5));
    expect([
      agenda.awaitsContent(),
      agenda.awaitsContent(itemId(5)),
      agenda.awaitsContent(itemId(6)),
    ]).toEqual([true, true, false]);
    agenda.touch(itemId(5));
    expect([agenda.awaitsContent(), agenda.next()]).toEqual([false, 5]);
  });

  it('an item at a gate is due again when the gate opens, and only then', () => {
    const agenda = createAgenda();
    agenda.park(itemId(5), 'remoteKnown');
    agenda.openGate('localKnown');
    expect(agenda.next()).toBeUndefined();
    agenda.openGate('remoteKnown');
    expect(agenda.next()).toBe(5);
  });
});
