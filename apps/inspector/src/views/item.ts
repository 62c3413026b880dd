/** One item: its three entries at the cursor, and its story in the words of `explain`. */
import type { ItemId } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import type { Places, State } from '@tidemark/engine';
import { createTimeline, entriesOf, waysBack, wishOf } from '@tidemark/engine';
import { isAtRest, shownPath } from '@tidemark/trees';
import type { Moments } from '../log/moments.ts';
import type { ItemAt, ItemStory } from '../protocol.ts';
import { entriesShown } from './entries.ts';

export function itemAt(state: State, item: ItemId): ItemAt {
  const known = state.trees.items.get(item);
  return {
    seq: state.seq,
    item,
    path: known === undefined ? null : shownPath(state.trees, known),
    entries: known === undefined ? null : entriesShown(entriesOf(known)),
    isAtRest: known !== undefined && isAtRest(known),
    underWay: wishUnderWay(state, item),
  };
}

function wishUnderWay({ inFlight }: State, item: ItemId): string | null {
  const command = inFlight.get(item);
  return command === undefined ? null : wishOf(command);
}

/** `history`: the events that touched it. No event before the first of them tells anything of it. */
export async function storyOf(
  item: ItemId,
  history: readonly number[],
  last: number,
  moments: Moments,
  fileInTrash: Places['fileInTrash'],
): Promise<ItemStory> {
  const timeline = createTimeline(item);
  const [first] = history;
  if (first !== undefined) await moments.fold(first, last, timeline.watch);
  const explanation = timeline.explanation(moments.head);
  const { path, standing, detail, failure, timeline: entries, lastDecision } = explanation;
  const driveKind = moments.head.started?.drive.kind ?? null;
  return {
    ...{ item, path, standing, detail },
    waysBack: waysBack(explanation, { driveKind, fileInTrash }),
    remedy: failure === null ? null : failureGuide[failure.code].remedy,
    entries: entries.map(({ seq, at, sentence }) => ({ seq, at, sentence })),
    lastDecision:
      lastDecision === null
        ? null
        : {
            wish: wishOf(lastDecision.command),
            rule: lastDecision.command.reason.rule,
            ruleText: lastDecision.ruleText,
            causes: lastDecision.causes.map(({ seq, sentence }) => ({ seq, text: sentence })),
            outcome: lastDecision.outcome?.sentence ?? null,
          },
  };
}
