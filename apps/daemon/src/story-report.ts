/** What a part of the log did, for people and as programs are told it: by `explain --run` and `explain --since`. */
import type { EventLog } from '@tidemark/contracts';
import type { StoryReport } from '@tidemark/control';
import { explainSchemaVersion } from '@tidemark/control';
import type { RulesFor, Story, UndoSpan } from '@tidemark/engine';
import { StoryTeller } from '@tidemark/engine';
import { stateBefore } from './user-changes/state-before.ts';
import { takeSpan } from './user-changes/undo-plan.ts';

/** Throws Failure. */
export async function storyOf(log: EventLog, span: UndoSpan, rulesFor: RulesFor): Promise<Story> {
  const teller = new StoryTeller(await stateBefore(log, span.after, rulesFor), rulesFor);
  await takeSpan(log, span, teller);
  return teller.story;
}

export const storyReport = ({ name, after, to }: UndoSpan, story: Story): StoryReport => ({
  ...{ schema: explainSchemaVersion, span: { name, after, to } },
  ...story,
  groups: story.groups.map(({ kind, because, entries }) => ({
    ...{ kind, because },
    entries: entries.map(({ failure, ...entry }) => ({ ...entry, failure: failure && { ...failure } })),
  })),
});
