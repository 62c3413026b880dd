/** A log event by event: each with what it changed. Going back folds again, from the nearest snapshot. */
import type { EventLog, RecordedEvent, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { shownJson } from '@tidemark/control';
import { stateFromLog } from '@tidemark/daemon';
import type { ItemDifference, RulesFor, State } from '@tidemark/engine';
import { escaped } from '@tidemark/disk';
import { foldedChanges, renderDifference } from '@tidemark/engine';
import { eventLine } from '../commands/log.ts';

export interface Step {
  readonly recorded: RecordedEvent;
  readonly changes: readonly ItemDifference[];
}

/** Steps in the order of the events, from `from` to `to`. Throws Failure. */
export async function* stepsOf(log: EventLog, rulesFor: RulesFor, from: Seq, to: Seq): AsyncGenerator<Step> {
  const state = await stateBefore(log, rulesFor, from);
  for await (const batch of log.read({ from, to }))
    for (const recorded of batch) yield { recorded, changes: foldedChanges(state, recorded, rulesFor) };
}

export async function stateBefore(log: EventLog, rulesFor: RulesFor, at: Seq): Promise<State> {
  return (await stateFromLog(log, rulesFor, { to: seq(at - 1) })).state;
}

/** Safe to print. */
export const renderStep = ({ recorded, changes }: Step): string[] =>
  [
    eventLine(recorded),
    ...changes.flatMap((one) => renderDifference(one, (at) => new Date(at).toISOString())),
  ].map(escaped);

export const stepJson = ({ recorded, changes }: Step): string => shownJson({ ...recorded, changes });
