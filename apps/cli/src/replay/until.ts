/** `replay --until`: stops before the first event of a pattern, and shows the event, what it changed, and how things stood before it. */
import type { Seq } from '@tidemark/contracts';
import type { EventPattern } from '@tidemark/engine';
import { foldedChanges, matchesPattern } from '@tidemark/engine';
import { renderStep, stateBefore, stepJson } from './event-steps.ts';
import { type Showing, showState, showTree } from './show-moment.ts';

/** Resolves to the event's number; null: none from `from` to `to` matches. */
export async function showUntil(
  showing: Showing,
  pattern: EventPattern,
  { from, to, show }: { readonly from: Seq; readonly to: Seq; readonly show: 'state' | 'tree' },
): Promise<Seq | null> {
  const { log, rulesFor, output, form } = showing;
  const state = await stateBefore(log, rulesFor, from);
  for await (const batch of log.read({ from, to })) {
    for (const recorded of batch) {
      // An item that the event removes has its path before it, one that it adds has it afterwards.
      const matched = matchesPattern(pattern, recorded, state);
      const step = { recorded, changes: foldedChanges(state, recorded, rulesFor) };
      if (!matched && !matchesPattern(pattern, recorded, state)) continue;
      if (form === 'json') output.line(stepJson(step));
      else for (const line of renderStep(step)) output.line(line);
      const before = (recorded.seq - 1) as Seq;
      if (form === 'text') output.line('');
      if (show === 'tree') await showTree(showing, before);
      else await showState(showing, before);
      return recorded.seq;
    }
  }
  return null;
}
