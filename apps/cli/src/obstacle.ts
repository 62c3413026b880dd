import type { FailureDetails } from '@tidemark/contracts';
import type { RunEnd } from '@tidemark/daemon';

/**
 * What kept the run from seeing both sides, or from knowing what rules need; null when nothing did. Half a look would read as if both
 * sides agreed.
 */
export const obstacleIn = ({ halted, unseen, factsAwaited }: RunEnd['status']): FailureDetails | null =>
  halted ?? unseen[0] ?? withoutFacts(factsAwaited);

function withoutFacts([plugin]: readonly string[]): FailureDetails | null {
  return plugin === undefined
    ? null
    : { code: 'pluginFault', detail: `Cannot decide anything: plugin "${plugin}" has not told its facts` };
}
