/** Everything a run needs, opened in the order that is safe: the lock and the log first, the folder next, the network last. */
import { renameSync } from 'node:fs';
import type { Clock, DriveInfo, EventLog, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';
import type { State } from '@tidemark/engine';
import { canDeleteForGood } from '@tidemark/graph';
import type { LogLock, OpenOptions } from '@tidemark/event-log';
import { lockEventLog, openEventLog } from '@tidemark/event-log';
import type { Account } from './account.ts';
import { adoptedLines, openDisk } from './open-disk.ts';
import { resyncAsked } from './policy.ts';
import type { Profile } from './profile.ts';
import { logFolder, trashState } from './profile.ts';
import { emptyLog, readLogForRehearsal } from './rehearsal-log.ts';
import { rulesOfRuns, unheardRules } from './settings-rules.ts';
import { prepareSingleDirectory } from './scope/single-directory.ts';
import type { StateFolderWait } from './state-folder-wait.ts';
import type { Reading } from './state-from-log.ts';
import { forgetAgreed } from './shared-folders/known-folders.ts';
import { stateFromLog } from './state-from-log.ts';
import { awaitStateFolder, noteStatePlace } from './state-place.ts';
import { type UnfinishedChanges, unfinishedLines } from './user-changes/unfinished.ts';

export interface OpenedRun {
  readonly log: EventLog;
  readonly state: State;
  readonly disk: FolderDisk;
  readonly info: DriveInfo;
  /** Why everything agreed has to be forgotten; null when the log can be trusted. */
  readonly forget: string | null;
  readonly notices: readonly string[];
  /** Changes of a user, or our own between two runs, that a crash left open. */
  readonly unfinished: UnfinishedChanges | null;
  close(): Promise<void>;
  /** Closes all but the log, which stays locked. Returns it for the next run of this process. */
  release(): Promise<LockedLog>;
}

/** The lock of the profile, its log, and what the log says. */
export interface LockedLog {
  readonly log: EventLog;
  readonly state: State;
  readonly forget: string | null;
  readonly notices: readonly string[];
  readonly unfinished: UnfinishedChanges | null;
}

export interface OpenRunOptions {
  readonly profile: Profile;
  readonly account: Account;
  readonly clock: Clock;
  readonly random: Random;
  /** The user asked to compare both sides by content. */
  readonly resync: boolean;
  /** `rehearse`: nothing is left behind, neither in the sync folder nor in the state folder. */
  readonly mode: 'real' | 'rehearse';
  /** False: a run of this process has begun before, with the same `--single-directory`. */
  readonly isFirst?: boolean;
  /** For a state folder that takes no writes. */
  readonly patience?: StateFolderWait;
}

type LogOptions = Pick<OpenRunOptions, 'profile' | 'clock' | 'patience'>;

/** The profile is this process's, and nothing of its log has been read. Throws LogBusy, and Failure. */
export async function lockLog(options: LogOptions): Promise<LogLock> {
  await awaitStateFolder(options.profile, options.patience);
  const lock = await lockEventLog(logOptions(options));
  noteStatePlace(options.profile);
  makeTrashFolder(options.profile);
  return lock;
}

/** Throws Failure, and what ended the reading. */
export const readLockedLog = (lock: LogLock, options: LogOptions, reading: Reading): Promise<LockedLog> =>
  openTrusted(options, () => lock.open(reading.signal), reading);

/** Throws LogBusy, and Failure for everything else that stands in the way. */
export async function openRun(options: OpenRunOptions): Promise<OpenedRun> {
  const { profile, mode, patience } = options;
  await awaitStateFolder(profile, mode === 'real' ? patience : undefined);
  const opened = await (mode === 'real' ? openTrusted(options) : readLogForRehearsal(profile));
  try {
    if (mode === 'real') {
      noteStatePlace(profile);
      makeTrashFolder(profile);
    }
    return await openSides(options, opened);
  } catch (error) {
    await opened.log.close();
    throw error;
  }
}

/** The folder and the drive of a log that is open, and locked by a real run. Throws Failure, and leaves the log open. */
export async function openSides(options: OpenRunOptions, locked: LockedLog): Promise<OpenedRun> {
  const { profile, account } = options;
  let opened = locked;
  const startedBefore = locked.state.started;
  const { disk, adopted } = await openDisk(options, opened.state);
  try {
    const info = await account.drive.info();
    const before = opened.state.started;
    if (before !== null && before.drive.id !== info.id) {
      await opened.log.close();
      opened = await logOfAnotherDrive(options, before.drive.id);
    }
    const forget = options.resync ? resyncOf(profile) : (opened.forget ?? adopted);
    if (forget !== null && options.mode === 'real' && profile.sharedFolder === undefined)
      forgetAgreed(profile);
    const { permanent_delete: deletesForGood, azure_ad_endpoint: cloud } = profile.settings;
    const isRefused = deletesForGood && !canDeleteForGood(cloud === '' ? 'global' : cloud, info.kind);
    const scope =
      options.isFirst === false ? [] : await prepareSingleDirectory(options, { ...opened, disk, info });
    const notices = [
      ...opened.notices,
      ...scope,
      ...(adopted === null || forget !== adopted ? [] : adoptedLines(adopted)),
      ...(isRefused ? notForGood : []),
    ];
    return {
      ...opened,
      notices,
      disk,
      info,
      forget,
      close: async () => {
        await disk.close();
        await opened.log.close();
      },
      release: async () => {
        await disk.close();
        const { log, state } = opened;
        // What has to be forgotten is forgotten once a run has begun.
        return { log, state, forget: state.started === startedBefore ? forget : null, ...noRemarks };
      },
    };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** What was not in the profile before is compared as by a resync, for which its user has not asked. */
const resyncOf = ({ sharedFolder }: Profile): string =>
  sharedFolder === undefined ? resyncAsked : 'the shared folder is compared anew';

/** A log tells the story of one drive. The old one is kept beside the new one. */
async function logOfAnotherDrive(options: OpenRunOptions, before: string): Promise<LockedLog> {
  const { profile, clock, mode } = options;
  const forget = 'the account has another drive now';
  if (mode === 'rehearse') return { ...emptyLog(), forget };
  const folder = logFolder(profile);
  const keptAt = `${folder}-${before.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${clock.now()}`;
  renameSync(folder, keptAt);
  const notices = [`The log of the drive used before was kept at ${keptAt}`];
  return { ...(await openTrusted(options)), forget, notices };
}

/** A damaged log is put aside by the event log itself; what it said counts for nothing any more (I-13). */
async function openTrusted(
  options: LogOptions,
  open = () => openEventLog(logOptions(options)),
  reading: Reading = {},
): Promise<LockedLog> {
  const { rulesFor, ...heard } = await rulesOfRuns(options.profile);
  const log = await open();
  try {
    const { state, unfinished, unheard } = await stateFromLog(log, rulesFor, { ...reading, ...heard });
    const { forget, notices } = judge(log);
    return {
      ...{ log, state, unfinished, forget: forget ?? unheardRules(unheard) },
      notices: [...notices, ...unfinishedLines(unfinished)],
    };
  } catch (error) {
    await log.close();
    if (!(error instanceof Failure) || error.code !== 'logDamaged') throw error;
    const again = await openEventLog(logOptions(options));
    const { state } = await stateFromLog(again, rulesFor, reading);
    const { opening } = again;
    if (opening.state === 'intact') throw error;
    return { log: again, state, unfinished: null, ...judge(again) };
  }
}

const noRemarks = { notices: [], unfinished: null } as const;

const logOptions = ({ profile, clock, patience }: LogOptions): OpenOptions => ({
  ...{ folder: logFolder(profile), clock },
  ...(patience !== undefined && { patience }),
});

function makeTrashFolder(profile: Profile): void {
  makeFolders(trashState(profile), 0o700);
}

function judge({ opening }: EventLog): Pick<LockedLog, 'forget' | 'notices'> {
  if (opening.state !== 'damaged') return { forget: null, notices: [] };
  return {
    forget: `the event log was damaged: ${opening.detail}`,
    notices: [
      `WARNING: The event log is damaged: ${opening.detail}`,
      `         Its files were kept at ${opening.keptAt}`,
      ...(opening.removed ?? []).map(({ path, obstacle }) =>
        obstacle === null
          ? `         Those of an earlier damage were removed: ${path}`
          : `         Those of an earlier damage cannot be removed: ${obstacle}`,
      ),
      '         Both sides are compared by content; nothing is deleted in this run.',
    ],
  };
}

const notForGood = [
  "WARNING: 'permanent_delete' is not possible with this account: Microsoft offers it to work and school accounts only",
  '         What is deleted online goes to the recycle bin there',
];
