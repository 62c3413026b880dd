/** Rows of the list of events, fetched a page at a time when they come into view. */
import { signal } from '@preact/signals';
import type { EventRow } from '../../src/protocol.ts';
import { ask, Refused } from '../session.ts';

const pageRows = 100;
const pagesMax = 60;

const pages = new Map<number, readonly EventRow[] | 'asked'>();
/** Counts the pages that came, so that a list that shows one of them is drawn again. */
export const arrived = signal(0);

export function rowAt(seq: number): EventRow | null {
  const rows = pages.get(Math.floor(seq / pageRows));
  return rows === undefined || rows === 'asked' ? null : (rows.find((row) => row.seq === seq) ?? null);
}

export function wantRows(from: number, to: number): void {
  for (let page = Math.floor(from / pageRows); page <= Math.floor(to / pageRows); page += 1) {
    if (pages.has(page)) continue;
    pages.set(page, 'asked');
    void fetchPage(page);
  }
}

/** The last page may have grown. */
export function forgetFrom(seq: number): void {
  for (const page of pages.keys()) if (page >= Math.floor(seq / pageRows)) pages.delete(page);
}

async function fetchPage(page: number): Promise<void> {
  try {
    const rows = await ask<readonly EventRow[]>('events', {
      from: page * pageRows,
      to: page * pageRows + pageRows - 1,
    });
    pages.set(page, rows);
    for (const old of pages.keys()) {
      if (pages.size <= pagesMax) break;
      if (old !== page) pages.delete(old);
    }
    arrived.value += 1;
  } catch (error) {
    pages.delete(page);
    if (!(error instanceof Refused)) throw error;
  }
}
