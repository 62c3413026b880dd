import { describe, expect, it } from 'vitest';
import { median, percentile } from './median.ts';
import type { Measurement } from './measurement.ts';
import { comparisonTable } from './report.ts';
import { markdownTable } from './table.ts';

describe('a median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('of nothing is refused', () => expect(() => median([])).toThrow(RangeError));
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  it.each([
    [hundred, 95, 95],
    [hundred, 100, 100],
    [[7], 95, 7],
    [[1, 2, 3], 50, 2],
  ])('%#', (values, percent, expected) => expect(percentile(values, percent)).toBe(expected));

  it('of nothing is refused', () => expect(() => percentile([], 95)).toThrow(RangeError));
});

describe('the comparison', () => {
  const measured = (client: string, run: number, wallSeconds: number): Measurement => ({
    ...{ row: 'no-change', latencyMs: 0, client, run, wallSeconds, cpuSeconds: 1, peakMebibytes: 10 },
    ...{ requests: 2, commits: 3, requestsByKind: { token: 2 }, serviceCpuSeconds: 0 },
  });

  it('is the median of the ratios of runs that belong together, not the ratio of the medians', () => {
    const ours = [measured('ours', 1, 1), measured('ours', 2, 10), measured('ours', 3, 2)];
    const theirs = [measured('theirs', 1, 3), measured('theirs', 2, 10), measured('theirs', 3, 4)];
    const table = comparisonTable([...ours, ...theirs], 'ours').split('\n');
    expect(table[2]).toMatch(/^\| no change \| 0 ms +\| ours +\| +2\.00 \|/);
    expect(table[3]).toMatch(
      /\| theirs \| +4\.00 \| +1\.00 \| +10 \| +2 \| +3 \| +2\.00 \| +1\.00 \| +1\.00 \|/,
    );
  });
});

it('a table lines up its columns', () => {
  expect(
    markdownTable(
      ['name', 'n', 'kind'],
      [
        ['a', '1', 'x'],
        ['bcdef', '1234', 'y z'],
      ],
    ),
  ).toBe(
    [
      '| name  |    n | kind |',
      '| ----- | ---: | ---- |',
      '| a     |    1 | x    |',
      '| bcdef | 1234 | y z  |',
    ].join('\n'),
  );
});
