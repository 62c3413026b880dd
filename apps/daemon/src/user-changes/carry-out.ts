/**
 * Carries out the changes that a user asked for, between two runs, with the log as the record: what is planned is durable before the
 * first change, and what a crash left open is found there and made at the next call.
 */
import type { EventOf, FailureDetails, UserChange } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { type RecordOptions, recordBetweenRuns } from '../record-between-runs.ts';
import type { ChangePorts } from './make-change.ts';
import type { UnfinishedChanges } from './unfinished.ts';
import { makeChange } from './make-change.ts';
import { isBetweenSwaps } from './swaps.ts';

/** `source`: `undo`, `conflicts`. */
export interface UserChangesOptions extends ChangePorts, RecordOptions {
  /** Ends between two changes, and with every item under a name that it is to have; the next call goes on. */
  readonly signal?: AbortSignal;
  /** Told of each change that has ended. */
  readonly onEnded?: (change: UserChange, failure: FailureDetails | null) => void;
}

export interface UserChangesEnd {
  readonly made: number;
  readonly failed: readonly { readonly change: UserChange; readonly failure: FailureDetails }[];
  readonly isInterrupted: boolean;
}

/** Throws what the log throws, and a Failure that concerns every change. */
export async function planUserChanges(
  options: UserChangesOptions,
  plan: Omit<EventOf<'UserChangesPlanned'>, 'type'>,
): Promise<UserChangesEnd> {
  const planned = { type: 'UserChangesPlanned', ...plan } as const;
  await recordBetweenRuns(options, planned);
  return carryOut(options, { planned, ended: new Set() });
}

/** Makes what is left of them. `last`: the place of the last one to make now; those behind it stay open. */
export async function carryOut(
  options: UserChangesOptions,
  { planned, ended }: UnfinishedChanges,
  last = planned.changes.length - 1,
): Promise<UserChangesEnd> {
  const { changes } = planned;
  const moved = new Set(changes.flatMap((change) => (change.type === 'Move' ? [change.expected.id] : [])));
  const failed: { change: UserChange; failure: FailureDetails }[] = [];
  const recorded: Promise<void>[] = [];
  let made = 0;
  for (const [index, change] of changes.entries()) {
    if (index > last) break;
    if (ended.has(index)) continue;
    if (options.signal?.aborted === true && isBetweenSwaps(changes, index)) break;
    const outcome = await attempt(options, change, moved).catch(async (error: unknown) => {
      await Promise.all(recorded);
      throw error;
    });
    const failure = 'code' in outcome ? outcome : null;
    const trash = 'trash' in outcome ? outcome.trash : null;
    recorded.push(
      recordBetweenRuns(options, {
        ...{ type: 'UserChangeEnded', index },
        ...(failure !== null && { failure }),
        ...(trash !== null && { trash }),
      }),
    );
    if (failure === null) made += 1;
    else failed.push({ change, failure });
    options.onEnded?.(change, failure);
  }
  await Promise.all(recorded);
  const isInterrupted = options.signal?.aborted === true;
  if (!isInterrupted && last === changes.length - 1)
    await recordBetweenRuns(options, { type: 'UserChangesEnded' });
  return { made, failed, isInterrupted };
}

async function attempt(
  options: UserChangesOptions,
  change: UserChange,
  moved: ReadonlySet<string>,
): Promise<{ readonly trash: string | null } | FailureDetails> {
  try {
    return await makeChange(options, change, ({ id }) => moved.has(id));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (concernsAll.has(error.code)) throw error;
    return error.details;
  }
}

/** The changes that are left would fail alike: they are made at the next call. */
const concernsAll: ReadonlySet<string> = new Set<FailureDetails['code']>([
  ...(['offline', 'timedOut', 'throttled', 'serviceUnavailable', 'tlsUntrusted'] as const),
  ...(['loginRequired', 'loginRefused', 'driveNotFound', 'rootSuspended', 'diskFull', 'diskFault'] as const),
]);
