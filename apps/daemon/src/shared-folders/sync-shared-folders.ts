/** The shared folders of a run that ends by itself: after the sync folder around them, one after the other. */
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { OpenedRun } from '../open-run.ts';
import type { RunEnd } from '../profile-run.ts';
import { type KnownFolder, readKnownFolders } from './known-folders.ts';
import { runSharedFolder, type SharedRun } from './run-shared-folder.ts';
import { settleSharedFolders } from './settle-shared-folders.ts';

export interface SharedSync extends Omit<SharedRun, 'info' | 'monitoring' | 'warn'> {
  /** The run of the sync folder around them, which is over. */
  readonly opened: Pick<OpenedRun, 'state' | 'disk' | 'info'>;
}

export interface SharedSyncEnd {
  /** Of those that could be reached. */
  readonly ends: readonly RunEnd[];
  readonly failures: readonly Failure[];
  /** The sync folder around them is to be looked at again. */
  readonly isAroundDue: boolean;
}

/** Throws what is no Failure. */
export async function syncSharedFolders(options: SharedSync): Promise<SharedSyncEnd> {
  const { opened, output, interrupted } = options;
  const ends: RunEnd[] = [];
  const failures: Failure[] = [];
  const warn = (line: string): void => output.errorLine(`WARNING: ${line}`);
  const fail = (error: unknown, what: string): void => {
    if (!(error instanceof Failure)) throw error;
    failures.push(error);
    output.errorLine(`ERROR: ${what}: ${escaped(error.message)}`);
  };
  let folders: readonly KnownFolder[] = [];
  let isAroundDue = false;
  try {
    folders = await foldersOf({ ...options, warn }, () => (isAroundDue = true));
  } catch (error) {
    fail(error, 'The shared folders were not synced');
  }
  for (const folder of folders) {
    if (interrupted.aborted) break;
    try {
      const end = await runSharedFolder({ ...options, info: opened.info, monitoring: false, warn }, folder);
      if (end !== null) ends.push(end);
    } catch (error) {
      fail(error, `Shared folder "${escaped(folder.path)}"`);
    }
  }
  return { ends, failures, isAroundDue };
}

/** A rehearsal moves nothing and adds nothing. */
async function foldersOf(
  options: SharedSync & Pick<SharedRun, 'warn'>,
  tookOver: () => void,
): Promise<readonly KnownFolder[]> {
  const { profile, account, opened, say, warn, mode } = options;
  if (mode === 'rehearse') return readKnownFolders(profile).filter(({ standing }) => standing === 'synced');
  return settleSharedFolders({
    ...{ profile, say, warn, tookOver, drive: account.drive, asked: new Map() },
    ...{ info: opened.info, state: opened.state, disk: opened.disk },
  });
}
