import { describe, expect, it } from 'vitest';
import { mergeRows, readTable, renderTable, type Listed } from './table.ts';

const listed: readonly Listed[] = ['Harm one.', 'Harm `two`.', 'A_b, a|b and <c>.'].map((harm, index) => ({
  area: 'gate',
  file: `${index}.ts`,
  harm,
  ...{ find: 'one', replace: 'two', specs: [] },
}));
const [one, two, three] = listed as [Listed, Listed, Listed];
const caught = { type: 'failed', spec: 'a.spec.ts', test: 'says "a|b", a_b and [c]: \\' } as const;

describe('the table', () => {
  it('reads as it was written, whatever the names hold', () => {
    const rows = mergeRows(
      listed,
      [],
      [
        { ...one, verdict: { type: 'passed' } },
        { ...three, verdict: caught },
      ],
    );
    expect(rows.map(({ verdict }) => verdict)).toEqual([{ type: 'passed' }, null, caught]);
    expect(mergeRows(listed, readTable(renderTable(rows)), [])).toEqual(rows);
  });

  it('keeps the rows of mutants that were not run, wherever they stand by now', () => {
    const before = renderTable(mergeRows([one, three], [], [{ ...three, verdict: caught }]));
    const rows = mergeRows(listed, readTable(before), [{ ...two, verdict: caught }]);
    expect(rows.map(({ number, verdict }) => [number, verdict])).toEqual([
      [1, null],
      [2, caught],
      [3, caught],
    ]);
  });

  it('takes what was run now for what counts, and forgets a mutant that is another by now', () => {
    const kept = [
      { ...one, verdict: caught },
      { ...two, file: 'elsewhere.ts', verdict: caught },
    ];
    const rows = mergeRows(listed, kept, [{ ...one, verdict: { type: 'passed' } }]);
    expect(rows.map(({ verdict }) => verdict?.type)).toEqual(['passed', undefined, undefined]);
    expect(renderTable(rows)).toContain('0 of 3 caught');
  });
});
