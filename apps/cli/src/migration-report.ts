/** What there is to take over of the `onedrive` client, and what Tidemark would do with it. */
import { existsSync, readdirSync } from 'node:fs';
import type { Command } from '@tidemark/contracts';
import type { PlanReport } from '@tidemark/control';
import {
  type Ahead,
  type Believed,
  believedItems,
  compareWithDisk,
  isOfDatabase,
  type PeerDatabase,
  planReport,
  type Profile,
} from '@tidemark/daemon';
import { innerWorkspacesIn } from '@tidemark/disk';
import { peerApplicationId } from '@tidemark/graph';
import { parseSyncList } from '@tidemark/settings';
import { isTakenOver } from './beside-peer.ts';

export interface MigrationReport {
  /** The configuration directory. */
  readonly directory: string;
  readonly login: { readonly isStored: boolean; readonly path: string; readonly isOfOwnApplication: boolean };
  /** Null: no file, defaults hold. */
  readonly config: { readonly path: string; readonly settings: readonly string[] } | null;
  readonly syncList: { readonly path: string; readonly rules: number } | null;
  readonly syncFolder: string;
  /** The client's item database: hints, which nothing is decided by. */
  readonly believed: Believed | null;
  /** Why there are no such hints although there is a database. */
  readonly unreadable: string | null;
  /** Transfers that the client did not end; they begin anew. */
  readonly interrupted: number;
  /** Where Tidemark keeps its own files. */
  readonly stateFolder: string;
  /** Folders of Tidemark in the sync folder, with its trash: absolute paths. */
  readonly inSyncFolder: readonly string[];
  /** Tidemark has synced with this profile before. */
  readonly isTakenOver: boolean;
}

export interface MigrationPlan {
  /** Items that are the same on both sides. */
  readonly same: number;
  readonly bytes: { readonly download: number; readonly upload: number };
  readonly report: PlanReport;
}

export function migrationReport(profile: Profile, peer: PeerDatabase): MigrationReport {
  const { locations, settings, given, files, configText, syncListText } = profile;
  return {
    directory: locations.directory,
    login: {
      isStored: existsSync(locations.refreshToken),
      path: locations.refreshToken,
      isOfOwnApplication: settings.application_id !== peerApplicationId,
    },
    config: configText === null ? null : { path: files.config, settings: [...given].sort() },
    syncList:
      syncListText === null
        ? null
        : { path: files.syncList, rules: parseSyncList(syncListText).rules.length },
    syncFolder: settings.sync_dir,
    ...believedBy(peer, settings.sync_dir),
    interrupted: readdirSync(locations.directory).filter((name) => interruptedName.test(name)).length,
    stateFolder: locations.state,
    inSyncFolder: innerWorkspacesIn(settings.sync_dir),
    isTakenOver: isTakenOver(profile),
  };
}

export function migrationPlan(ahead: Ahead): MigrationPlan {
  const { commands, status } = ahead;
  const touched = new Set(commands.flatMap((command) => ('item' in command ? [command.item] : [])));
  const sum = (sizeOf: (command: Command) => number): number =>
    commands.reduce((total, command) => total + sizeOf(command), 0);
  return {
    same: Math.max(0, status.atRest - touched.size),
    bytes: {
      download: sum((command) =>
        command.type === 'DownloadFile' || command.type === 'KeepRemoteCopy' ? command.remote.sizeBytes : 0,
      ),
      upload: sum((command) => (command.type === 'UploadFile' ? command.sizeBytes : 0)),
    },
    report: planReport(ahead),
  };
}

function believedBy(peer: PeerDatabase, root: string): Pick<MigrationReport, 'believed' | 'unreadable'> {
  if (peer.type === 'none') return { believed: null, unreadable: null };
  if (peer.type === 'unusable') return { believed: null, unreadable: peer.why };
  try {
    return { believed: compareWithDisk(believedItems(peer.database), root), unreadable: null };
  } catch (error) {
    if (!isOfDatabase(error)) throw error;
    return { believed: null, unreadable: error.message };
  }
}

/** `resume_upload` up to 2.4, the others since. */
const interruptedName = /^(resume_upload|(session_upload|resume_download)\..{16})$/;
