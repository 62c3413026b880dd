/** Commands in words, as `explain` tells them: what was wanted, and what came of it. */
import type { Command, CommandOf, CommandSucceeded, CommandType } from '@tidemark/contracts';

/** Follows "Decided to". */
export function wishOf<Type extends CommandType>(command: CommandOf<Type>): string {
  const wish: (command: CommandOf<Type>) => string = wishes[command.type as Type];
  return wish(command);
}

/** What the command did, given that it succeeded. */
export function deedOf(command: Command, outcome: CommandSucceeded): string {
  const bytes = outcome.transferredBytes === undefined ? '' : ` ${outcome.transferredBytes} bytes`;
  switch (command.type) {
    case 'CreateRemoteFolder':
      return 'The folder was created on the drive';
    case 'UploadFile':
      return `Uploaded${bytes}${outcome.unconfirmed === true ? '; the drive changed it as it stored it' : ''}`;
    case 'MoveRemote':
      return command.provisional
        ? 'It was renamed on the drive for the time being'
        : 'It was moved on the drive';
    case 'DeleteRemote':
      return 'It was deleted from the drive, where the recycle bin has it unless permanent_delete is set';
    case 'SetRemoteTime':
      return 'The modification time on the drive was set';
    case 'CreateLocalFolder':
      return 'The folder was created on disk';
    case 'DownloadFile':
      if (outcome.transferredBytes === undefined)
        return 'The version on disk has the same bytes, so nothing was downloaded';
      return outcome.kept === undefined
        ? `Downloaded${bytes}`
        : `Downloaded${bytes}; the local version is kept as ${keptPath(command.path, outcome)}`;
    case 'KeepRemoteCopy':
      return `Fetched${bytes}; the version of the drive is kept as ${keptPath(command.path, outcome)}`;
    case 'MoveLocal':
      return command.provisional ? 'It was renamed on disk for the time being' : 'It was moved on disk';
    case 'DeleteLocal': {
      const trash = outcome.local !== undefined && 'gone' in outcome.local ? outcome.local.trash : undefined;
      return trash === undefined
        ? 'It was deleted on disk'
        : `It was deleted on disk; the trash has it as ${quote(trash)}`;
    }
    case 'SetLocalTime':
      return 'The modification time on disk was set';
    case 'HashFile':
      return 'Its bytes were read';
    case 'ReadRemote':
      return 'The drive was read';
    case 'ReadRemoteItems':
      return 'Single items were read on the drive';
    case 'ScanLocal':
      return 'The disk was scanned';
    case 'CreateSubscription':
      return 'The service tells of changes from now on';
    case 'RenewSubscription':
      return 'The service goes on telling of changes';
    case 'DeleteSubscription':
      return 'The service no longer tells of changes';
  }
}

export const quote = (text: string): string => `"${text}"`;

function keptPath(path: string, { kept }: CommandSucceeded): string {
  return quote(path.slice(0, path.lastIndexOf('/') + 1) + (kept?.name ?? ''));
}

const wishes: { readonly [Type in CommandType]: (command: CommandOf<Type>) => string } = {
  CreateRemoteFolder: ({ path }) => `create the folder ${quote(path)} on the drive`,
  UploadFile: ({ path, target }) =>
    `upload ${quote(path)} as a new ${target.as === 'new' ? 'file' : 'version'}`,
  MoveRemote: ({ path, fromPath, toName, provisional }) => {
    const from = fromPath === undefined ? 'it' : quote(fromPath);
    return provisional
      ? `rename ${from} to ${quote(toName)} on the drive for the time being`
      : `move ${from} to ${quote(path)} on the drive`;
  },
  DeleteRemote: ({ path, itemCount }) =>
    `delete ${quote(path)} from the drive${itemCount > 1 ? `, ${itemCount} items in all` : ''}`,
  SetRemoteTime: ({ path }) => `set the modification time of ${quote(path)} on the drive`,
  CreateLocalFolder: ({ path }) => `create the folder ${quote(path)} on disk`,
  DownloadFile: ({ path, expected, keepAs }) => {
    if (expected === null) return `download ${quote(path)}`;
    return `download ${quote(path)} over the version on disk, which ${keepAs === null ? 'goes to the trash' : 'is kept beside it'}`;
  },
  KeepRemoteCopy: ({ path }) => `keep the drive's version of ${quote(path)} beside the local one`,
  MoveLocal: ({ path, toPath, provisional }) =>
    `move ${quote(path)} to ${quote(toPath)} on disk${provisional ? ' for the time being' : ''}`,
  DeleteLocal: ({ path }) => `delete ${quote(path)} on disk`,
  SetLocalTime: ({ path }) => `set the modification time of ${quote(path)} on disk`,
  HashFile: ({ path }) => `read ${quote(path)} to compare its bytes`,
  ReadRemote: () => 'read the drive',
  ReadRemoteItems: ({ ids }) => `read ${ids.length} items on the drive`,
  ScanLocal: ({ folders }) => (folders === null ? 'scan the disk' : 'look into some folders on disk'),
  CreateSubscription: () => 'subscribe to changes of the drive',
  RenewSubscription: () => 'renew the subscription to changes of the drive',
  DeleteSubscription: () => 'end the subscription to changes of the drive',
};
