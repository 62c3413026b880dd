/** The shared folders of a run that ends by itself: after the sync folder around them, one after the other. */
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { Confirmation } from '../confirmation.ts';
import type { OpenedRun } from '../open-run.ts';
import { recordBetweenRuns } from '../record-between-runs.ts';
import type { RunEnd } from '../profile-run.ts';
import { own } from './border.ts';
import { keyOfPlace, type KnownFiles, type KnownPlace } from './known-folders.ts';
import { runSharedFolder, type SharedRun } from './run-shared-folder.ts';
import { settleSharedFolders, type TellShared } from './settle-shared-folders.ts';
import { sharedFilesToSync } from './shared-files.ts';

export { canGuard, createBorder } from './border.ts';
export { whyUnchangeable } from './changeable.ts';
export { keyOfPlace } from './known-folders.ts';
export { openPlace } from './open-place.ts';
export { prepareSharedFiles } from './shared-files.ts';

export interface SharedSync extends Omit<
  SharedRun,
  'info' | 'monitoring' | 'confirmation' | 'warn' | 'tell'
> {
  /** What may go through in a run of that place. */
  readonly confirmationFor: (place: KnownPlace) => Confirmation;
  /** The run of the sync folder around them, which is over. */
  readonly opened: Pick<OpenedRun, 'state' | 'disk' | 'info' | 'log' | 'forget'>;
  /** Of a rehearsal: where single files would be; null: nowhere. */
  readonly files?: KnownFiles | null;
  /** Runs that one again. */
  readonly around: () => Promise<RunEnd>;
}

export interface SharedSyncEnd {
  /** Of those that could be reached. */
  readonly ends: readonly { readonly place: KnownPlace; readonly end: RunEnd }[];
  readonly failures: readonly Failure[];
  /** Of the sync folder around them, when it was run again. */
  readonly around: RunEnd | null;
}

/** Throws what is no Failure. */
export async function syncSharedFolders(options: SharedSync): Promise<SharedSyncEnd> {
  const { opened, output, interrupted, border } = options;
  const ends = new Map<string, SharedSyncEnd['ends'][number]>();
  const failures: Failure[] = [];
  const warn = (line: string): void => output.errorLine(`WARNING: ${line}`);
  const record = { ...opened, clock: options.clock, source: 'shared-folders' };
  const tell: TellShared = (told) => recordBetweenRuns(record, { type: 'SharedFolderTold', ...told });
  let folders: readonly KnownPlace[] = [];
  let isAroundDue = false;
  border.enter(own, opened.state);
  await unlessFailed('The shared folders were not synced', async () => {
    folders = await foldersOf({ ...options, warn, tell }, () => (isAroundDue = true));
  });
  for (const folder of folders) await runOne(folder);
  // What waited for another place to have a file may be done now.
  const held = border.takeHeld();
  const again = (isAroundDue || held.has(own)) && !interrupted.aborted;
  const around = again ? await options.around() : null;
  for (const folder of folders) if (held.has(keyOfPlace(folder))) await runOne(folder);
  return { ends: [...ends.values()], failures, around };

  async function runOne(folder: KnownPlace): Promise<void> {
    if (interrupted.aborted) return;
    const confirmation = options.confirmationFor(folder);
    const run = { ...options, info: opened.info, monitoring: false, confirmation, warn, tell };
    await unlessFailed(`Shared folder "${escaped(folder.path)}"`, async () => {
      const end = await runSharedFolder(run, folder);
      if (end !== null) ends.set(keyOfPlace(folder), { place: folder, end });
    });
  }

  async function unlessFailed(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
      output.errorLine(`ERROR: ${what}: ${escaped(error.message)}`);
    }
  }
}

/** Those to be synced now. */
async function foldersOf(
  options: SharedSync & Pick<SharedRun, 'warn' | 'tell'>,
  tookOver: () => void,
): Promise<readonly KnownPlace[]> {
  const { profile, account, opened, say, warn, tell, mode } = options;
  const { info } = opened;
  const settling = {
    ...{ profile, say, warn, tell, tookOver, drive: account.drive, asked: new Map() },
    ...{ info, state: opened.state, disk: opened.disk },
    isForgotten: mode === 'rehearse' && opened.forget !== null,
  };
  const folders = await settleSharedFolders(settling, mode);
  const files = sharedFilesToSync({ profile, info }, options.files);
  return files === null ? folders : [...folders, files];
}
