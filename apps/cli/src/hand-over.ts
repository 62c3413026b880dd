/** Changes that the user decided on, made by the monitor that runs, and what came of them in words. */
import { askForChanges, type MadeChanges, stateFolderOf, type WantedChanges } from '@tidemark/control';
import { logFolder, type Profile } from '@tidemark/daemon';

export interface HandedOver {
  /** Null: the monitor made none. */
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
      errors: ['The monitor has ended meanwhile, and nothing was changed: try it once more'],
    };
  if ('error' in end) return { end: null, line: null, errors: [end.error] };
  return {
    end,
    errors: end.failed.map(({ detail }) => detail),
    line: `${end.made} of ${wanted.changes.length} changes made; the monitor brings them to the other side`,
  };
}
