/**
 * What-if: the same observations under another policy, other rules, or with some of them left out, late or twice.
 *
 * Two folds run side by side. One is the recorded course. The other takes the changes, and decides at the same moments. What was
 * seen is seen in both. A recorded command is carried out in the other fold as well, with the outcome that it had, if that fold
 * gives the same command; otherwise it is left out there, and its outcome tells nothing. No world answers what only the other
 * fold wants, so that such a wish stays a wish. Looks are the exception: what they saw cannot be left out, so they go on in both.
 */
import type { Command, ItemId, Policy, RecordedEvent, Seq } from '@tidemark/contracts';
import { rootItem, seq } from '@tidemark/contracts';
import { createAgenda, needsNothing, orderOf } from '@tidemark/planner';
import type { RulesFor } from '../../fold/evolve.ts';
import { evolve } from '../../fold/evolve.ts';
import { settleScopeAtStart } from '../../fold/scope.ts';
import type { State } from '../../fold/state.ts';
import { setRules } from '../../fold/state.ts';
import { plan } from '../../plan/plan.ts';
import type { DecisionDifference } from './compare-decisions.ts';
import { compareDecisions } from './compare-decisions.ts';
import type { EventEdits } from './edits.ts';
import { createEditor } from './edits.ts';

export interface WhatIf {
  readonly policy: (recorded: Policy) => Policy;
  readonly rulesFor: RulesFor;
  readonly events: EventEdits;
}

export interface WhatIfOptions {
  readonly rulesFor: RulesFor;
  /** Two states before the first event, which the folds change in place. */
  readonly before: { readonly recorded: State; readonly changed: State };
  readonly changes: WhatIf;
  readonly onDifference: (difference: DecisionDifference) => void;
}

export interface Courses {
  /** To be given each batch of the log, in order. */
  take(batch: readonly RecordedEvent[]): void;
  readonly report: WhatIfReport;
}

export interface WhatIfReport {
  readonly events: number;
  /** Moments at which the engine planned, or saw nothing to plan. */
  readonly moments: number;
  readonly differences: number;
  /** Moments at which this version decides otherwise than the recorded one, without any change. */
  readonly divergences: number;
}

export function createWhatIf({ rulesFor, before, changes, onDifference }: WhatIfOptions): Courses {
  const { recorded, changed } = before;
  beginOtherwise(changed, changes);
  const editor = createEditor(changes.events);
  const told = new Map<ItemId, string>();
  const report = { events: 0, moments: 0, differences: 0, divergences: 0 };

  /** Returns the commands that go on in the other fold. */
  const compare = (at: Seq, commands: readonly Command[]): readonly Command[] => {
    report.moments += 1;
    if (JSON.stringify(plan(recorded, at)) !== JSON.stringify(commands)) report.divergences += 1;
    const wouldBe = plan(changed, at);
    const { differences, goOn } = compareDecisions({ recorded, changed, at, was: commands, wouldBe });
    for (const difference of differences) {
      // What was not carried out is wanted again at every occasion.
      const wish = difference.was === null ? JSON.stringify(difference.wouldBe) : '';
      if (wish !== '' && told.get(difference.item) === wish) continue;
      told.set(difference.item, wish);
      report.differences += 1;
      onDifference(difference);
    }
    return goOn;
  };

  const foldChanged = (one: RecordedEvent): void => {
    const { event } = one;
    if (event.type !== 'Started') return void evolve(changed, one, changes.rulesFor);
    const started = { ...event, policy: changes.policy(event.policy) };
    evolve(changed, { ...one, event: started }, changes.rulesFor);
  };
  const foldLate = (at: Pick<RecordedEvent, 'seq' | 'at'>): void => {
    for (const late of editor.due(at.seq)) foldChanged({ ...late, seq: at.seq, at: at.at });
  };

  function take(batch: readonly RecordedEvent[]): void {
    for (const one of batch) {
      const { event } = one;
      if (event.type === 'Planned') {
        foldLate({ seq: seq(one.seq - 1), at: one.at });
        const commands = compare(one.seq, event.commands);
        evolve(recorded, one, rulesFor);
        foldChanged({ ...one, event: { ...event, commands } });
      } else {
        evolve(recorded, one, rulesFor);
        for (const edited of editor.edit(one, recorded)) foldChanged(edited);
      }
      report.events += 1;
    }
    const last = batch.at(-1);
    if (last === undefined || last.event.type === 'Planned') return;
    foldLate(last);
    compare(seq(last.seq + 1), []);
  }

  return { take, report };
}

/** The run that is under way in a snapshot goes on under the other policy, as if it had begun with it. */
function beginOtherwise(state: State, { policy, rulesFor }: WhatIf): void {
  const before = state.started;
  if (before === null) return;
  const now = { ...before, policy: policy(before.policy) };
  state.started = now;
  setRules(state, rulesFor);
  settleScopeAtStart(state, before, now);
  state.agenda = createAgenda(orderOf(now.policy, state.trees));
  for (const item of state.trees.items.values())
    if (item.id !== rootItem && !needsNothing(now.policy, item)) state.agenda.touch(item.id);
}
