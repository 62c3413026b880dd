/** One figure of the comparison: what one client needed for one row in one run. */
import type { RequestKind } from '@tidemark/graph-simulator';
import type { Cost } from './measure.ts';

export type Measurement = Cost & {
  readonly row: RowName;
  readonly latencyMs: number;
  readonly client: string;
  readonly run: number;
  readonly requests: number;
  /** Commits of the event log; null for a client that has none. */
  readonly commits: number | null;
  readonly requestsByKind: Readonly<Partial<Record<RequestKind, number>>>;
  /** What the service itself needed: it shares the processors with the client. */
  readonly serviceCpuSeconds: number;
};

export const rowTitles = {
  'first-download': 'first download, many files',
  'no-change': 'no change',
  'remote-changes': '100 remote changes',
  'first-upload': 'first upload, many files',
  'large-download': 'one 256 MiB file down',
  'large-upload': 'one 256 MiB file up',
} as const;

export type RowName = keyof typeof rowTitles;

export const rowNames = Object.keys(rowTitles).filter((name): name is RowName => name in rowTitles);
