/** The part of the log that the timeline shows, and how many events are where in it. */
import { computed, effect, signal } from '@preact/signals';
import type { Density, DensityAxis } from '../../src/protocol.ts';
import { overview } from '../log.ts';
import { ask, Refused } from '../session.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

export const axis = signal<DensityAxis>('time');
/** Null: all of the log. */
export const chosen = signal<Range | null>(null);
export const density = signal<Density | null>(null);

export const whole = computed<Range | null>(() => {
  const known = overview.value;
  if (known === null) return null;
  return axis.value === 'time'
    ? { from: known.firstAt, to: Math.max(known.lastAt, known.firstAt + 1) }
    : { from: known.first, to: Math.max(known.last, known.first + 1) };
});

export const shown = computed<Range | null>(() => chosen.value ?? whole.value);

export function useAxis(next: DensityAxis): void {
  axis.value = next;
  chosen.value = null;
}

/** `about`: a place between 0 and 1 that stays where it is. */
export function zoom(factor: number, about = 0.5): void {
  const [all, now] = [whole.value, shown.value];
  if (all === null || now === null) return;
  const width = Math.min((now.to - now.from) * factor, all.to - all.from);
  const least = axis.value === 'time' ? 1000 : 20;
  if (width < least && factor < 1) return;
  const center = now.from + (now.to - now.from) * about;
  const from = Math.min(Math.max(center - width * about, all.from), all.to - width);
  chosen.value = width >= all.to - all.from ? null : { from, to: from + width };
}

/** By a share of what is shown. */
export function pan(share: number): void {
  const [all, now] = [whole.value, chosen.value];
  if (all === null || now === null) return;
  const width = now.to - now.from;
  const from = Math.min(Math.max(now.from + width * share, all.from), all.to - width);
  chosen.value = { from, to: from + width };
}

const buckets = 400;

/** Asks for the counts whenever the range or the log has changed; one question at a time. */
export function followRange(): () => void {
  let asking: AbortController | null = null;
  return effect(() => {
    const range = shown.value;
    const on = axis.value;
    // Asked again while the log is read.
    void overview.value?.reading?.events;
    if (range === null) return;
    asking?.abort();
    asking = new AbortController();
    const { signal: aborted } = asking;
    ask<Density>('density', { axis: on, from: range.from, to: range.to, buckets }, aborted)
      .then((answer) => {
        density.value = answer;
      })
      .catch((error: unknown) => {
        if (!aborted.aborted && !(error instanceof Refused)) throw error;
      });
  });
}

/** The event at a place between 0 and 1. */
export function seqAt(place: number, { seqs }: Density): number {
  const count = seqs.length - 1;
  const exact = Math.min(Math.max(place, 0), 1) * count;
  const bucket = Math.min(Math.floor(exact), count - 1);
  const [from = 1, to = from] = [seqs[bucket], seqs[bucket + 1]];
  const last = (seqs[count] ?? 1) - 1;
  return Math.max(Math.min(from + Math.floor((to - from) * (exact - bucket)), last), seqs[0] ?? 1);
}

/** Where an event is, between 0 and 1; beyond these it is not in the picture. */
export function placeOf(seq: number, { seqs }: Density): number {
  const count = seqs.length - 1;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seqs[middle + 1] ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  if (low >= count) return seq >= (seqs[count] ?? 0) ? 1.01 : -0.01;
  const [from = 0, to = from] = [seqs[low], seqs[low + 1]];
  if (seq < from) return -0.01;
  return (low + (seq - from + 0.5) / Math.max(to - from, 1)) / count;
}
