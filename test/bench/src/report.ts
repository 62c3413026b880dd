/** Medians for each client, and the ratios to ours of runs that belong together. */
import { median } from './median.ts';
import { type Measurement, type RowName, rowTitles } from './measurement.ts';
import { markdownTable } from './table.ts';

const head = [
  ...['row', 'latency', 'client', 'wall s', 'CPU s', 'peak MiB', 'requests', 'commits'],
  ...['wall ÷ ours', 'CPU ÷ ours', 'peak ÷ ours', 'service CPU s', 'by kind'],
];

/** `ours`: name of the client that the others are compared with. */
export function comparisonTable(measurements: readonly Measurement[], ours: string): string {
  const groups = Map.groupBy(measurements, ({ row, latencyMs, client }) => `${row} ${latencyMs} ${client}`);
  const rows = [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const pairs = group.flatMap((one) => {
      const other = measurements.find((each) => isPair(each, one) && each.client === ours);
      return other === undefined ? [] : [{ one, other }];
    });
    const ratio = (of: (measurement: Measurement) => number): string =>
      first.client === ours || pairs.length === 0
        ? ''
        : median(pairs.map(({ one, other }) => of(one) / of(other))).toFixed(2);
    return [
      ...[titleOf(first.row), `${first.latencyMs} ms`, first.client],
      median(group.map(({ wallSeconds }) => wallSeconds)).toFixed(2),
      median(group.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      median(group.map(({ peakMebibytes }) => peakMebibytes)).toFixed(0),
      String(median(group.map(({ requests }) => requests))),
      first.commits === null ? '' : String(median(group.map(({ commits }) => commits ?? 0))),
      ratio(({ wallSeconds }) => wallSeconds),
      ratio(({ cpuSeconds }) => cpuSeconds),
      ratio(({ peakMebibytes }) => peakMebibytes),
      median(group.map(({ serviceCpuSeconds }) => serviceCpuSeconds)).toFixed(2),
      kindsOf(first),
    ];
  });
  return markdownTable(head, rows, 3);
}

export const kindsOf = ({ requestsByKind }: Pick<Measurement, 'requestsByKind'>): string =>
  Object.entries(requestsByKind)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

const titleOf = (row: RowName): string => rowTitles[row];

const isPair = (one: Measurement, other: Measurement): boolean =>
  one.row === other.row && one.latencyMs === other.latencyMs && one.run === other.run;
