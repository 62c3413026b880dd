/** One history, held against the laws at every plan and at its end. */
import type { Command } from '@tidemark/contracts';
import type { Act } from './history.ts';
import { play } from './history.ts';
import type { ModelRun } from './model-run.ts';
import { LastSeen, expectEvidence, expectFolder, expectParents } from './moments.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost } from './verdicts.ts';

/** @param onPlan is told of each plan before it is judged */
export function playUnderLaws(
  acts: readonly Act[],
  run: ModelRun,
  onPlan: (commands: readonly Command[]) => void = () => undefined,
): void {
  const seen = new LastSeen(run);
  run.beforePlan = expectParents;
  run.onPlan = (commands, state) => {
    onPlan(commands);
    expectEvidence(seen, commands, state);
    for (const command of commands) expectFolder(command, state);
  };
  const played = play(acts, run);
  expectNothingLost(played);
  expectNothingInvented(played);
  expectAgreement(played);
}
