/** How an item stands, as status says it; of an item at rest or gone as well. */
import type { ItemId, Seq } from '@tidemark/contracts';
import { isAtRest } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import type { ItemStatus } from '../status.ts';
import { itemStatus } from '../status.ts';
import { conditions } from './conditions.ts';

export interface Standing extends Pick<ItemStatus, 'detail' | 'failure'> {
  readonly standing: ItemStatus['standing'] | 'atRest' | 'unknown' | 'gone';
}

/** `hiddenSince`: since which event nothing can be told of it. */
export function standingOf(state: State, id: ItemId, hiddenSince?: Seq): Standing {
  const item = state.trees.items.get(id);
  if (item === undefined) return { standing: 'gone', detail: 'on both sides', failure: null };
  if (!isAtRest(item)) {
    const { standing, detail, failure } = itemStatus(state, item);
    return { standing, detail, failure };
  }
  const hidden = conditions.hidden.why(state, item);
  if (hidden === null) return { standing: 'atRest', detail: 'the same on both sides', failure: null };
  const since = hiddenSince === undefined ? '' : ` (since event ${hiddenSince})`;
  return { standing: 'unknown', detail: `${hidden}${since}`, failure: null };
}

/** `in sync, the same on both sides`. */
export const standingText = ({ standing, detail }: Pick<Standing, 'standing' | 'detail'>): string =>
  `${standing === 'atRest' ? 'in sync' : standing}, ${detail}`;
