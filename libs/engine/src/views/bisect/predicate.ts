/** What can be asked of a moment of a log. */
import type { Item, Side } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { holdersOf } from '../moments/shown-items.ts';
import type { Law } from './laws.ts';

export type Predicate =
  /** No side that is asked about shows anything at the path. */
  | { readonly type: 'absent'; readonly path: string; readonly sides: readonly Side[] }
  /** A side that is asked about shows a file with this hash at the path. */
  | {
      readonly type: 'hash';
      readonly path: string;
      readonly hash: string;
      readonly sides: readonly Side[];
    }
  /** A conflict was decided, of a path that matches. */
  | { readonly type: 'conflict'; readonly matches: RegExp }
  /** The law is broken. */
  | { readonly type: 'law'; readonly law: Law };

/** Of a state alone, whatever came before. Null: only the events tell. */
export function askState(predicate: Predicate): ((state: State) => boolean) | null {
  switch (predicate.type) {
    case 'absent':
      return (state) => !shows(state, predicate, () => true);
    case 'hash':
      return (state) =>
        shows(state, predicate, (item, side) => {
          const entry = item[side];
          if (entry?.kind !== 'file') return false;
          // A file whose content was not read since both agreed has the hash that both agreed on.
          const agreed = side === 'local' && item.synced?.stamp === item.local?.stamp ? item.synced : null;
          return (entry.hash ?? agreed?.hash ?? null) === predicate.hash;
        });
    case 'law': {
      const { brokenIn } = predicate.law;
      return brokenIn === undefined ? null : (state) => brokenIn(state) !== null;
    }
    case 'conflict':
      return null;
  }
}

function shows(
  state: State,
  { path, sides }: { readonly path: string; readonly sides: readonly Side[] },
  is: (item: Item, side: Side) => boolean,
): boolean {
  return holdersOf(state, path).some((item) => sides.some((side) => item[side] !== null && is(item, side)));
}
