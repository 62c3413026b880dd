/** The plan of a run that goes on, for those who ask: made beside it on a copy of its state, by little and little. */
import { Busy, type PlanReport } from '@tidemark/control';
import { deserialise, serialise, type State } from '@tidemark/engine';
import { planAhead } from '../plan/plan-ahead.ts';
import { planReport } from '../plan/plan-report.ts';
import type { Profile } from '../profile.ts';
import type { RunHandle } from '../profile-run.ts';
import { createRulesFor } from '../rules-for.ts';
import { settingsRules } from '../settings-rules.ts';
import { breathe } from './breathe.ts';

export interface LivePlanOptions {
  readonly profile: () => Profile;
  readonly handle: () => Pick<RunHandle, 'state'> | null;
}

/** A second state takes as much memory as the first one. */
const itemsMax = 200_000;
/** A state that goes on changing is copied in one go at last. */
const attemptsMax = 5;

/** Throws Busy. */
export function createLivePlan({ profile, handle }: LivePlanOptions): () => Promise<PlanReport> {
  let isBusy = false;
  return async () => {
    const state = handle()?.state;
    if (state === undefined) throw new Busy('No run is on at the moment; ask again in a moment');
    if (isBusy) throw new Busy('A plan is being made; ask again in a moment');
    if (state.trees.items.size > itemsMax)
      throw new Busy(
        `A plan of more than ${itemsMax} items is not made beside a run: see it with 'tidemark plan', and let what is held go on with ` +
          "'tidemark apply' and the hash that 'tidemark status' shows",
      );
    isBusy = true;
    try {
      const rulesFor = createRulesFor(await settingsRules(profile()));
      const copy = await deserialise(await chunksOf(state), rulesFor);
      if (copy === null) throw new Error('A state cannot be read by the version that wrote it');
      return planReport(await planAhead(copy, { rulesFor, breathe }));
    } finally {
      isBusy = false;
    }
  };
}

/** All of one moment. */
async function chunksOf(state: State): Promise<readonly string[]> {
  for (let attempt = 1; attempt < attemptsMax; attempt += 1) {
    const { seq } = state;
    const chunks: string[] = [];
    for (const chunk of serialise(state)) {
      if (state.seq !== seq) break;
      chunks.push(chunk);
      await breathe();
    }
    if (state.seq === seq) return chunks;
  }
  return [...serialise(state)];
}
