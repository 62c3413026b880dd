/** `conflicts keep`: of two versions one stays under the name, or both stay. */
import { type InSharedPlace, sharedPlaceAt } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { Action } from '@tidemark/settings';
import { beforeRun } from './before-run.ts';
import type { CommandContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { withConflicts } from './located-conflicts.ts';
import { withRun } from './open.ts';
import { forReadingText, inSharedPlace, type Place } from './place.ts';
import { conflictsIn, named, settleConflicts } from './settle-conflicts.ts';
import { isMonitorRunning, makeAndSync } from './user-changes.ts';
import { withinRoot } from './within-root.ts';

type Keep = Action & { readonly type: 'conflicts'; readonly step: 'keep' };

/** A conflict by its path, or all of a place. */
interface Wish {
  readonly keep: Keep['keep'];
  readonly json: boolean;
  readonly isLive: boolean;
  /** No other place has a conflict. */
  readonly isOnly: boolean;
  /** Relative to the place; null: all that are in it. */
  readonly path: string | null;
}

export async function keepConflicts(context: CommandContext, action: Keep): Promise<number> {
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;
  const isLive = await isMonitorRunning(context);
  // Beside a monitor the log is read where it is.
  const mode = isLive ? 'rehearse' : 'real';
  const { places, readCode } = await placesMeant(context, action);
  const wish = { keep: action.keep, json: action.output === 'json', isLive, isOnly: places.length === 1 };
  return withRun(context, { mode, resync: false }, async (opened) => {
    const codes: number[] = [];
    for (const { shared, path } of places) {
      const keepThere = (place: Place): Promise<number> => keepIn(place, { ...wish, path });
      const code =
        shared === null
          ? await keepThere({ context, opened, shared })
          : await inSharedPlace(context, opened, shared, mode, keepThere);
      codes.push(code);
    }
    return codes.find((code) => code !== 0) ?? readCode;
  });
}

interface AllMeant {
  readonly places: readonly Meant[];
  /** Of reading the logs: not 0 where one is damaged, which was said. */
  readonly readCode: number;
}

interface Meant {
  /** Null: the own drive. */
  readonly shared: Omit<InSharedPlace, 'inside'> | null;
  readonly path: string | null;
}

/** That of the path; without one the own drive, and the shared folders in which there are conflicts. */
async function placesMeant(context: CommandContext, action: Keep): Promise<AllMeant> {
  const { profile } = context;
  if (action.path !== undefined) {
    const path = withinRoot(action.path, profile.settings.sync_dir);
    const shared = sharedPlaceAt(profile, path);
    return { places: [{ shared, path: shared?.inside ?? path }], readCode: 0 };
  }
  const found: Meant[] = [{ shared: null, path: null }];
  const readCode = await withConflicts(context, async (places) => {
    for (const { shared, found: its } of places)
      if (shared !== null && its.length > 0) found.push({ shared, path: null });
    return 0;
  });
  return { places: found, readCode };
}

async function keepIn(place: Place, { keep, json, isLive, isOnly, path }: Wish): Promise<number> {
  const { context, opened, shared } = place;
  const { commandLine, output } = context;
  const at = (inside: string): string => escaped(shared === null ? inside : `${shared.below}/${inside}`);
  const open = opened.unfinished?.planned;
  if (open !== undefined && open.unasked !== true) {
    output.errorLine(`ERROR: The ${escaped(open.asked)} is not finished: 'tidemark undo' first, then decide`);
    return exitCodeOf('needsDecision', commandLine);
  }
  const found = await conflictsIn(opened.log, opened.state);
  const wanted = path === null ? found : named(found, path);
  if (wanted.length === 0) {
    if (path !== null) output.errorLine(`ERROR: "${at(path)}" is in no conflict`);
    else if (isOnly) output.errorLine('No conflicts');
    return path === null ? 0 : exitCodeOf('failed', commandLine);
  }
  const isForReading = (await shared?.isForReading()) ?? false;
  const { asked, changes, settled, left } = settleConflicts(
    wanted,
    found,
    keep,
    isForReading ? forReadingText : null,
  );
  for (const one of left) output.errorLine(`ERROR: "${at(one.path)}": ${one.why}`);
  if (changes.length + settled.length === 0) return exitCodeOf('needsDecision', commandLine);
  const what = { asked, changes, settled };
  const exitCode = await makeAndSync(place, what, { source: 'conflicts', json, isLive });
  return exitCode === 0 && left.length > 0 ? exitCodeOf('needsDecision', commandLine) : exitCode;
}
