/** Where folding a log begins that may have lost its first events. */
import type { EventLog, Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { oldestState } from './state-from-log.ts';

export interface FoldBegin {
  /** The first event to fold; undefined: the first one of the log. */
  readonly first: Seq | undefined;
  /** The state before it, one of its own for each call; undefined: nothing is known. */
  readonly from: (() => Promise<State>) | undefined;
}

/** Behind the oldest snapshot when the first events were removed. Throws Failure. */
export async function beginOfFold(
  log: Pick<EventLog, 'first' | 'latestSnapshot'>,
  rulesFor: RulesFor,
): Promise<FoldBegin> {
  if (log.first === 1) return { first: undefined, from: undefined };
  const from = async (): Promise<State> => {
    const state = await oldestState(log, rulesFor);
    if (state !== null) return state;
    const detail = 'Events were removed from the log, and it holds no snapshot that can be read';
    throw new Failure({ code: 'logDamaged', detail });
  };
  return { first: seq((await from()).seq + 1), from };
}
