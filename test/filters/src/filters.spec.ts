/** The filters against an evaluator of their own description: a short run; the long one is `npm run filters`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import type { Configuration } from './evaluator.ts';
import { evaluate } from './evaluator.ts';
import { found } from './found.ts';
import { configuration, tree } from './generate.ts';

const nothingSet: Configuration = {
  ...{ skipFile: [], skipDir: [], isStrict: false, skipDotfiles: false, skipSymlinks: false },
  ...{ skipSize: 0, checkNosync: false, syncRootFiles: false, syncList: null },
};

it('the filters say of any tree what the evaluator says', () => {
  let [refused, compared, items, included] = [0, 0, 0, 0];
  fc.assert(
    fc.property(configuration, tree, (options, roots) => {
      const comparison = compare(options, roots);
      if (comparison.type === 'refused') {
        refused += 1;
        return;
      }
      compared += 1;
      items += comparison.items;
      included += [...evaluate(options, roots).values()].filter((answer) => answer === 'in').length;
      expect(comparison.disagreements).toEqual([]);
    }),
    { numRuns: 400 },
  );
  // Both answers are common, or the comparison would say little.
  expect(refused).toBeLessThan(compared / 5);
  expect(included).toBeGreaterThan(items / 20);
  expect(included).toBeLessThan(items / 2);
});

describe('found by the comparison', () => {
  it.each(found)('$label', ({ configuration: options, tree: roots, isIn }) => {
    const given = { ...nothingSet, ...options };
    const answers = evaluate(given, roots);
    expect([...answers].flatMap(([path, answer]) => (answer === 'in' ? [path] : [])).toSorted()).toEqual(
      isIn.toSorted(),
    );
    expect(compare(given, roots)).toMatchObject({ type: 'compared', disagreements: [] });
  });
});
