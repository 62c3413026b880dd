/**
 * Drops the copies of conflicts that have become equal to the other version, between two runs and without being asked: to the
 * trash, and the run that follows takes them to the recycle bin of the drive, through the gate of deletions.
 */
import type { Clock, EventLog } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { EqualCopy, State } from '@tidemark/engine';
import { ConflictFinder, equalCopies, namedAsCopy, userChangeText } from '@tidemark/engine';
import { escaped } from '@tidemark/disk';
import type { OpenedRun } from '../open-run.ts';
import type { Profile } from '../profile.ts';
import type { UserChangesEnd } from './carry-out.ts';
import { carryOut, planUserChanges } from './carry-out.ts';
import type { ChangePorts } from './make-change.ts';
import { UnfinishedTracker } from './unfinished.ts';

export interface DropEqualCopiesOptions {
  readonly opened: Pick<OpenedRun, 'log' | 'state' | 'forget' | 'unfinished'> & Pick<ChangePorts, 'disk'>;
  readonly drive: ChangePorts['drive'];
  readonly clock: Pick<Clock, 'now'>;
  /** Of the run that follows. */
  readonly profile: RunSettings;
  /** `rehearse`: says what would go. */
  readonly mode: 'real' | 'rehearse';
  readonly signal?: AbortSignal;
  /** Told what was done, or would be. */
  readonly say: (line: string) => void;
  /** Told what was not possible. The run that follows meets the same obstacle. */
  readonly warn: (line: string) => void;
}

type RunSettings = {
  readonly settings: Pick<Profile['settings'], 'download_only' | 'upload_only'>;
  readonly commandLine: Pick<Profile['commandLine'], 'singleDirectory'>;
};

/** A run that follows one side only, or syncs a part only, would not take the copy away on both. */
export const dropsCopies = ({ settings, commandLine }: RunSettings): boolean =>
  !settings.download_only && !settings.upload_only && commandLine.singleDirectory === undefined;

/** Throws what the log throws. */
export async function dropEqualCopies(options: DropEqualCopiesOptions): Promise<void> {
  const { opened, profile, mode, say } = options;
  if (!dropsCopies(profile) || opened.forget !== null) return;
  const { unfinished } = opened;
  if (unfinished?.planned.unasked === true) {
    // What is still there is proved again before it goes.
    if (mode === 'real') await attempt(options, (ports) => carryOut(ports, unfinished));
    return;
  }
  const copies = await droppableCopies(opened);
  if (copies.length === 0) return;
  const changes = copies.map(({ change }) => change);
  if (mode === 'rehearse') {
    for (const change of changes) say(`Would drop an equal copy: ${escaped(userChangeText(change))}`);
    return;
  }
  await attempt(options, (ports) => planUserChanges(ports, { asked: askedText, changes, unasked: true }));
}

const askedText = 'removal of copies that had become equal';

/** Those that the log says a conflict kept. None while changes of a user are open: these are finished first. */
async function droppableCopies({
  log,
  state,
}: {
  readonly log: Pick<EventLog, 'read'>;
  readonly state: State;
}): Promise<readonly EqualCopy[]> {
  const equal = equalCopies(state, namedAsCopy(state));
  if (equal.length === 0) return [];
  const finder = new ConflictFinder();
  const tracker = new UnfinishedTracker();
  for await (const batch of log.read())
    for (const recorded of batch) {
      finder.take(recorded);
      tracker.take(recorded.event);
    }
  if (tracker.unfinished !== null) return [];
  return equal.filter(({ keptId, named }) => finder.isOpen(keptId, named));
}

type Ports = Parameters<typeof planUserChanges>[0];

/** `make` what is possible, and tell of it. Throws what the log throws. */
export async function attempt(
  { opened, drive, clock, signal, say, warn }: DropEqualCopiesOptions,
  make: (ports: Ports) => Promise<UserChangesEnd>,
): Promise<void> {
  const { log, state, disk } = opened;
  try {
    await disk.root({ mark: false });
    const { failed } = await make({
      ...{ log, state, disk, drive, clock, source: 'conflicts' },
      ...(signal !== undefined && { signal }),
      onEnded: (change, failure) => {
        if (failure === null) say(`Dropped an equal copy: ${escaped(userChangeText(change))}`);
      },
    });
    for (const { failure } of failed) warn(escaped(failure.detail));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    warn(escaped(error.message));
  }
}
