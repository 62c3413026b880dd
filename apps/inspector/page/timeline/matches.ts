/** The events that the list is reduced to, by the pattern in the address. */
import { effect, signal } from '@preact/signals';
import type { Matches } from '../../src/protocol.ts';
import { cursor, pattern } from '../address.ts';
import { overview } from '../log.ts';
import { ask, Refused } from '../session.ts';

/** Null: all events are listed. */
export const matches = signal<Matches | null>(null);
export const patternProblem = signal('');

export function followPattern(): () => void {
  return effect(() => {
    const only = pattern.value;
    void overview.value?.last;
    if (only === '') {
      matches.value = null;
      patternProblem.value = '';
      return;
    }
    ask<Matches>('matches', { only, around: cursor.peek() ?? overview.peek()?.last ?? 0 })
      .then((found) => {
        if (pattern.peek() !== only) return;
        matches.value = found;
        patternProblem.value = '';
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        matches.value = { total: 0, seqs: [] };
        patternProblem.value = error.message;
      });
  });
}
