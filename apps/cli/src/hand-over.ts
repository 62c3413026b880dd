/** Changes that the user decided on, made by the monitor that runs, and what came of them in words. */
import { askForChanges, type MadeChanges, stateFolderOf, type WantedChanges } from '@tidemark/control';
import { logFolder, type Profile } from '@tidemark/daemon';

export interface HandedOver {
  /** Null: the monitor refused, or its answer never came. */
  readonly end: MadeChanges | null;
  /** What failed, a sentence each. */
  readonly errors: readonly string[];
  /** What was made; null when nothing was tried. */
  readonly line: string | null;
}

/** Resolves when they are made. Throws Failure when the monitor does not answer. */
export async function handOver(profile: Profile, wanted: WantedChanges): Promise<HandedOver> {
  const end = await askForChanges(stateFolderOf(logFolder(profile)), wanted);
  if (end === null)
    return {
      ...{ end: null, line: null },
      errors: [
        "The monitor ended before all of it was made: 'tidemark undo' makes what is left, or says that nothing is",
      ],
    };
  if ('error' in end) return { end: null, line: null, errors: [end.error] };
  return {
    end,
    errors: end.failed.map(({ detail }) => detail),
    line: `${end.made} of ${end.made + end.failed.length} changes made; the monitor brings them to the other side`,
  };
}
