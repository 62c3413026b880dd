/** What two moments know differently: the items with their entries then and later. */
import { differencesBetween } from '@tidemark/engine';
import type { Moments } from '../log/moments.ts';
import type { Differences } from '../protocol.ts';
import { entriesShown } from './entries.ts';

const differencesMax = 300;

export const differencesOf = (moments: Moments, from: number, to: number): Promise<Differences> =>
  moments.pair(from, to, (before, after) => {
    const all = differencesBetween(before, after);
    return {
      ...{ from, to, total: all.length },
      shown: all.slice(0, differencesMax).map(({ item, path, before: was, after: is }) => ({
        ...{ item, path, sentence: '' },
        before: was === null ? null : entriesShown(was),
        after: is === null ? null : entriesShown(is),
      })),
    };
  });
