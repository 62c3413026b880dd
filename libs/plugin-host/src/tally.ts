/** Counts what became of something, by kind, and how long it took. */
import type { Figures } from './describe.ts';

export interface Tally<Kind extends string> {
  /** `elapsedMs`: milliseconds. */
  count(kind: Kind, succeeded: boolean, elapsedMs: number): void;
  /** In the order in which each came first. */
  all(): readonly (Figures & { readonly type: Kind })[];
}

export function createTally<Kind extends string>(): Tally<Kind> {
  const figures = new Map<Kind, { succeeded: number; failed: number; totalMs: number }>();
  return {
    count(kind, succeeded, elapsedMs) {
      const figure = figures.get(kind) ?? { succeeded: 0, failed: 0, totalMs: 0 };
      figure[succeeded ? 'succeeded' : 'failed'] += 1;
      figure.totalMs += elapsedMs;
      figures.set(kind, figure);
    },
    all: () => [...figures].map(([type, figure]) => ({ type, ...figure })),
  };
}
