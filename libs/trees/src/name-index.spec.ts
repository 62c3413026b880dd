import { itemId, rootItem, type ItemId } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNameIndexes, foldName, type NameIndex } from './name-index.ts';

describe('names', () => {
  it('are found in another case and another composition', () => {
    const { local } = createNameIndexes();
    local.add(rootItem, 'Caf\u00e9', itemId(1));
    expect(local.holders(rootItem, 'CAFE\u0301')).toEqual([1]);
  });

  it('of one side are none of the other', () => {
    const { remote, local } = createNameIndexes();
    remote.add(rootItem, 'a', itemId(1));
    expect(local.holders(rootItem, 'a')).toEqual([]);
    expect([local.isEmpty(rootItem), remote.isEmpty(rootItem)]).toEqual([true, false]);
  });

  type Step = {
    readonly side: 'remote' | 'local';
    readonly do: 'add' | 'remove';
    readonly parent: number;
    readonly name: string;
    readonly item: number;
  };
  const step: fc.Arbitrary<Step> = fc.record({
    side: fc.constantFrom('remote', 'local'),
    do: fc.constantFrom('add', 'add', 'remove'),
    parent: fc.nat(1),
    name: fc.constantFrom('a', 'A', 'b', '\u00e9', 'e\u0301'),
    item: fc.integer({ min: 2, max: 5 }),
  });
  /** The plain thing: a list of who holds what. */
  class Holdings {
    readonly all: { readonly parent: number; readonly key: string; readonly item: number }[] = [];
    take({ do: what, parent, name, item }: Step): void {
      const key = foldName(name);
      const at = this.all.findIndex((one) => one.parent === parent && one.key === key && one.item === item);
      if (what === 'add' && at < 0) this.all.push({ parent, key, item });
      if (what === 'remove' && at >= 0) this.all.splice(at, 1);
    }
    in(parent: number): number[] {
      return this.all.filter((one) => one.parent === parent).map(({ item }) => item);
    }
    holders(parent: number, name: string): number[] {
      const key = foldName(name);
      return this.all.filter((one) => one.parent === parent && one.key === key).map(({ item }) => item);
    }
  }
  const sorted = (ids: Iterable<number>): number[] => [...ids].toSorted((one, other) => one - other);

  it('of both sides, in one table, are what two lists would say', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const indexes: Readonly<Record<Step['side'], NameIndex>> = createNameIndexes();
        const lists = { remote: new Holdings(), local: new Holdings() };
        for (const one of steps) {
          indexes[one.side][one.do](one.parent as ItemId, one.name, itemId(one.item));
          lists[one.side].take(one);
          for (const side of ['remote', 'local'] as const) {
            for (const parent of [0, 1] as ItemId[]) {
              expect(sorted(indexes[side].children(parent))).toEqual(sorted(lists[side].in(parent)));
              expect(indexes[side].isEmpty(parent)).toBe(lists[side].in(parent).length === 0);
              expect(indexes[side].holders(parent, one.name)).toEqual(
                sorted(lists[side].holders(parent, one.name)),
              );
            }
          }
        }
      }),
    );
  });
});
