import { itemId } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda } from './agenda.ts';
import {
  agreed,
  commandInWords,
  file,
  folder,
  onlyLocal,
  onlyRemote,
  planOf,
  viewWith,
} from './testing/table.ts';
import type { Order, Rank } from './transfer-order.ts';

/** Content as long as it is large. */
const items = [
  onlyRemote(file('b', 'medium')),
  onlyLocal(file('a', 'the largest')),
  onlyRemote(file('c', 'sm')),
  onlyRemote(folder('z')),
  { ...agreed(file('d', 'tiny')), local: file('d', 'it has grown') },
];

describe('transfer_order', () => {
  it.each([
    ['size_asc', 'c b a d'],
    ['size_dsc', 'd a b c'],
    ['name_asc', 'a b c d'],
    ['name_dsc', 'd c b a'],
  ] as const)('%s: folders, then %s', (transferOrder, names) => {
    const drafts = planOf(viewWith(items, { policy: { transferOrder } }));
    expect(drafts.map(({ path }) => path).join(' ')).toBe(`z ${names}`);
  });

  it('without one, what was seen first begins first', () => {
    expect(planOf(viewWith(items)).map(({ path }) => path)).toEqual(['b', 'a', 'c', 'z', 'd']);
  });

  it('holds for those that there is room for, and what waits for its folder is not asked again', () => {
    const below = [...items, onlyRemote(file('x', '', { in: 4 }))];
    const view = viewWith(below, { policy: { transferOrder: 'size_asc' } });
    expect(planOf(view, 2).map(commandInWords)).toEqual(['CreateLocalFolder z', 'DownloadFile c']);
  });

  it('files that are equal in it begin in the order of first sighting', () => {
    const equal = ['c', 'a', 'b'].map((name) => onlyRemote(file(name, 'same')));
    const drafts = planOf(viewWith(equal, { policy: { transferOrder: 'size_dsc' } }));
    expect(drafts.map(({ path }) => path)).toEqual(['c', 'a', 'b']);
  });
});

describe('an agenda with an order', () => {
  it('gives every item once, by the rank that it had when it was last touched', () => {
    const touches = fc.array(fc.tuple(fc.nat({ max: 20 }), fc.option(fc.nat({ max: 5 }))));
    fc.assert(
      fc.property(touches, (touched) => {
        const ranks = new Map<number, Rank>();
        const order: Order = {
          rankOf: (item) => ranks.get(item) ?? null,
          isBefore: (one, other) => other !== null && (one === null || one < other),
        };
        const agenda = createAgenda(order);
        for (const [id, rank] of touched) {
          ranks.set(id, rank);
          agenda.touch(itemId(id));
        }
        const given: number[] = [];
        for (let id = agenda.next(); id !== undefined; id = agenda.next()) given.push(id);
        const weight = (id: number): number => Number(ranks.get(id) ?? -1);
        const wanted = [...ranks.keys()].toSorted((one, other) => weight(one) - weight(other) || one - other);
        expect(given).toEqual(wanted);
        expect(agenda.isEmpty).toBe(true);
      }),
    );
  });
});
