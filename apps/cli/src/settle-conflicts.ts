/** The conflicts of a log, and what settling some of them takes. */
import type { EventLog, UserChange } from '@tidemark/contracts';
import type { Conflict, Keep, State } from '@tidemark/engine';
import { ConflictFinder, settle } from '@tidemark/engine';

export async function conflictsIn(log: EventLog, { trees }: State): Promise<readonly Conflict[]> {
  const finder = new ConflictFinder();
  for await (const batch of log.read()) for (const recorded of batch) finder.take(recorded);
  return finder.conflictsIn(trees);
}

/** Those that have one of their two versions at the path. */
export const named = (found: readonly Conflict[], path: string): readonly Conflict[] =>
  found.filter(({ named: { path: at }, kept }) => at === path || kept.path === path);

export interface Settling {
  /** In words, for the log. */
  readonly asked: string;
  readonly changes: readonly UserChange[];
  /** Conflicts that are none any more although both files stay. */
  readonly settled: readonly Conflict['keptId'][];
  /** Those that cannot be settled like that, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/**
 * `found`: all that are open. There is nothing to decide about equal versions, so their copies go as well. `readOnly`: why nothing may
 * be changed on the drive; null: it may.
 */
export function settleConflicts(
  wanted: readonly Conflict[],
  found: readonly Conflict[],
  keep: Keep,
  readOnly: string | null = null,
): Settling {
  const changes: UserChange[] = [];
  const settled: Conflict['keptId'][] = [];
  const left: { path: string; why: string }[] = [];
  const equal =
    keep === 'both' || readOnly !== null ? [] : found.filter((one) => one.isEqual && !wanted.includes(one));
  for (const conflict of [...wanted, ...equal]) {
    const way = settle(conflict, keep);
    const settling = readOnly !== null && changesDrive(conflict, way) ? readOnly : way;
    if (typeof settling === 'string') {
      left.push({ path: conflict.named.path, why: settling });
      continue;
    }
    for (const change of settling) changes.push(change);
    if (keep === 'both') settled.push(conflict.keptId);
  }
  return { asked: `decision to keep ${keep}`, changes, settled, left };
}

/** Not where only a copy goes that never came to the drive. */
const changesDrive = ({ kept }: Conflict, way: ReturnType<typeof settle>): boolean =>
  typeof way !== 'string' && way.some(({ type }) => type !== 'Remove' || kept.driveItemId !== null);
