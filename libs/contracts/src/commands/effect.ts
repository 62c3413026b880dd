/** What a command did. Lines, counters, `explain` and `undo` all take it from here, so that none of them tells another story. */
import type { CommandSucceeded, Event } from '../events/event.ts';
import type { CommandId, DriveItemId } from '../identity.ts';
import type { Command } from './command.ts';
import { commandEffects } from './command.ts';

export interface Effect {
  /** Content that crossed the network. Null: none had to. */
  readonly transfer: { readonly direction: 'up' | 'down'; readonly bytes: number } | null;
  readonly displaced: Displaced | null;
}

/** The version that lost its place, and where it is now. `side`: whose version it was. */
export type Displaced =
  /** `path`: relative to the trash; null in logs that do not tell it. */
  | { readonly side: 'local'; readonly to: 'trash'; readonly path: string | null }
  /** Kept in the sync folder under another name. `path`: relative to the sync folder. */
  | { readonly side: 'local' | 'remote'; readonly to: 'beside'; readonly path: string }
  /** The drive's own, unless `permanent_delete` is set. */
  | { readonly side: 'remote'; readonly to: 'recycleBin'; readonly driveItemId: DriveItemId }
  /** An older version of the drive item, as far as the service keeps them. `eTag`: of that version. */
  | {
      readonly side: 'remote';
      readonly to: 'versions';
      readonly driveItemId: DriveItemId;
      readonly eTag: string;
    };

export function effectOf(command: Command, outcome: CommandSucceeded): Effect {
  const { transferredBytes: bytes } = outcome;
  const direction = command.type === 'UploadFile' ? 'up' : 'down';
  return {
    transfer: bytes === undefined ? null : { direction, bytes },
    displaced: displacedBy(command, outcome),
  };
}

/** Where a name lies that is in the same folder as the path. */
export const besidePath = (path: string, name: string): string =>
  path.slice(0, path.lastIndexOf('/') + 1) + name;

/** A success of such a command says that the service was reached. */
export const reachesDrive = ({ type }: Command): boolean =>
  commandEffects[type] === 'writesDrive' || readsDrive.has(type);

/** The command that the event ends; null when it ends none. */
export function endedCommand(event: Event): CommandId | null {
  switch (event.type) {
    case 'CommandSucceeded':
    case 'CommandFailed':
    case 'RemoteRoundCompleted':
    case 'RemoteItemsRead':
    case 'RemoteCursorLost':
    case 'LocalScanCompleted':
      return event.command;
    default:
      return null;
  }
}

function displacedBy(command: Command, { local, remote, kept, trash }: CommandSucceeded): Displaced | null {
  switch (command.type) {
    case 'DownloadFile': {
      if (kept !== undefined)
        return { side: 'local', to: 'beside', path: besidePath(command.path, kept.name) };
      const { expected } = command;
      const isReplaced = expected !== null && local !== undefined && local.id !== expected.id;
      return isReplaced ? { side: 'local', to: 'trash', path: trash ?? null } : null;
    }
    case 'KeepRemoteCopy':
      if (kept === undefined) return null;
      return { side: 'remote', to: 'beside', path: (command.folder && `${command.folder}/`) + kept.name };
    case 'DeleteLocal':
      if (command.kind === 'folder' || local === undefined || !('gone' in local)) return null;
      return { side: 'local', to: 'trash', path: local.trash ?? null };
    case 'DeleteRemote':
      return { side: 'remote', to: 'recycleBin', driveItemId: command.driveItemId };
    case 'UploadFile': {
      const { target } = command;
      const isReplaced =
        target.as === 'version' && remote !== undefined && 'eTag' in remote && remote.eTag !== target.ifMatch;
      if (!isReplaced) return null;
      return { side: 'remote', to: 'versions', driveItemId: target.id, eTag: target.ifMatch };
    }
    default:
      return null;
  }
}

const readsDrive: ReadonlySet<Command['type']> = new Set([
  'ReadRemote',
  'ReadRemoteItems',
  'DownloadFile',
  'KeepRemoteCopy',
]);
