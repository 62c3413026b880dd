/** Rows of the list of events, fetched together when they come into view. */
import { signal } from '@preact/signals';
import type { EventRow } from '../../src/protocol.ts';
import { ask, Refused } from '../session.ts';

const rowsMax = 4000;
const spare = 40;

const rows = new Map<number, EventRow>();
const asked = new Set<number>();
/** Counts what came, so that a list that shows some of it is drawn again. */
export const arrived = signal(0);

export const rowAt = (seq: number): EventRow | null => rows.get(seq) ?? null;

/** Ascending. */
export function wantRows(seqs: readonly number[]): void {
  const missing = seqs.filter((seq) => !rows.has(seq) && !asked.has(seq));
  const [first, last] = [missing[0], missing.at(-1)];
  if (first === undefined || last === undefined) return;
  const isWhole = last - first < missing.length + spare;
  void fetchRows(
    missing,
    isWhole
      ? ask('events', { from: Math.max(first - spare, 0), to: last + spare })
      : ask('rows', { seqs: missing.join(',') }),
  );
}

async function fetchRows(seqs: readonly number[], answer: Promise<readonly EventRow[]>): Promise<void> {
  for (const seq of seqs) asked.add(seq);
  try {
    for (const row of await answer) rows.set(row.seq, row);
    for (const oldest of rows.keys()) {
      if (rows.size <= rowsMax) break;
      rows.delete(oldest);
    }
    arrived.value += 1;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  } finally {
    for (const seq of seqs) asked.delete(seq);
  }
}
