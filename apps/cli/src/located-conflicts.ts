/** The conflicts of the own drive and of shared folders, each of which has a log of its own. */
import { existsSync } from 'node:fs';
import {
  createRulesFor,
  type InSharedPlace,
  logFolder,
  settingsRules,
  sharedPlacesWithLog,
  stateFromLog,
} from '@tidemark/daemon';
import type { Conflict } from '@tidemark/engine';
import type { CommandContext } from './context.ts';
import { readLog } from './read-log.ts';
import { conflictsIn } from './settle-conflicts.ts';

export interface PlaceConflicts {
  /** Null: the own drive. */
  readonly shared: Omit<InSharedPlace, 'inside'> | null;
  /** With paths of the sync folder. */
  readonly found: readonly Conflict[];
}

/** Tells `use` all of them, by place. Resolves to the exit code of `use`, or to the one of a damaged log. Throws Failure. */
export async function withConflicts(
  context: CommandContext,
  use: (places: readonly PlaceConflicts[]) => Promise<number>,
): Promise<number> {
  const { profile } = context;
  const places: PlaceConflicts[] = [];
  const codes: number[] = [];
  for (const shared of [null, ...sharedPlacesWithLog(profile)]) {
    const its = shared?.profile ?? profile;
    if (!existsSync(logFolder(its))) continue;
    const code = await readLog(context, logFolder(its), async (log) => {
      const { state } = await stateFromLog(log, createRulesFor(await settingsRules(its)));
      const found = await conflictsIn(log, state);
      places.push({ shared, found: found.map((one) => below(shared?.place.path ?? null, one)) });
      return 0;
    });
    codes.push(code);
  }
  return (await use(places)) || (codes.find((code) => code !== 0) ?? 0);
}

/** The conflict with the paths that it has in the sync folder around the place. */
function below(place: string | null, conflict: Conflict): Conflict {
  if (place === null) return conflict;
  const { named, kept } = conflict;
  return {
    ...conflict,
    named: { ...named, path: `${place}/${named.path}` },
    kept: { ...kept, path: `${place}/${kept.path}` },
  };
}
