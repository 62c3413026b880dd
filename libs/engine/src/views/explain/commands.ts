/** Commands in words, as `explain` tells them: what was wanted, and what came of it. */
import type { Command, CommandFailed, CommandOf, CommandSucceeded, CommandType } from '@tidemark/contracts';

/** Follows "Decided to". */
export function wishOf<Type extends CommandType>(command: CommandOf<Type>): string {
  const wish: (command: CommandOf<Type>) => string = wishes[command.type as Type];
  return wish(command);
}

/** What came of it, with the requests that the service knows it by. */
export function outcomeOf(command: Command, outcome: CommandSucceeded | CommandFailed): string {
  const requestIds = requestIdsOf(outcome);
  const sentence =
    outcome.type === 'CommandSucceeded'
      ? deedOf(command, outcome)
      : `Failed with ${outcome.failure.code}: ${outcome.failure.detail}`;
  if (requestIds.length === 0) return sentence;
  return `${sentence} (request${requestIds.length > 1 ? 's' : ''} ${requestIds.join(', ')})`;
}

export function requestIdsOf(outcome: CommandSucceeded | CommandFailed): readonly string[] {
  if (outcome.type === 'CommandSucceeded') return outcome.requestIds ?? [];
  return outcome.failure.requestId === undefined ? [] : [outcome.failure.requestId];
}

export const quote = (text: string): string => `"${text}"`;

function deedOf<Type extends CommandType>(command: CommandOf<Type>, outcome: CommandSucceeded): string {
  const deed: string | ((command: CommandOf<Type>, outcome: CommandSucceeded) => string) =
    deeds[command.type as Type];
  return typeof deed === 'string' ? deed : deed(command, outcome);
}

const deeds: {
  readonly [Type in CommandType]: string | ((command: CommandOf<Type>, outcome: CommandSucceeded) => string);
} = {
  CreateRemoteFolder: 'The folder was created on the drive',
  UploadFile: (_, outcome) =>
    `Uploaded${bytesOf(outcome)}${outcome.unconfirmed === true ? '; the drive changed it as it stored it' : ''}`,
  MoveRemote: ({ provisional }) =>
    provisional ? 'It was renamed on the drive for the time being' : 'It was moved on the drive',
  DeleteRemote: 'It was deleted from the drive, where the recycle bin has it unless permanent_delete is set',
  SetRemoteTime: 'The modification time on the drive was set',
  CreateLocalFolder: 'The folder was created on disk',
  DownloadFile: ({ path }, outcome) => {
    if (outcome.transferredBytes === undefined)
      return 'The version on disk has the same bytes, so nothing was downloaded';
    const kept =
      outcome.kept === undefined ? '' : `; the local version is kept as ${keptPath(path, outcome)}`;
    return `Downloaded${bytesOf(outcome)}${kept}`;
  },
  KeepRemoteCopy: ({ path }, outcome) =>
    `Fetched${bytesOf(outcome)}; the version of the drive is kept as ${keptPath(path, outcome)}`,
  MoveLocal: ({ provisional }) =>
    provisional ? 'It was renamed on disk for the time being' : 'It was moved on disk',
  DeleteLocal: (_, { local }) => {
    const trash = local !== undefined && 'gone' in local ? local.trash : undefined;
    return `It was deleted on disk${trash === undefined ? '' : `; the trash has it as ${quote(trash)}`}`;
  },
  SetLocalTime: 'The modification time on disk was set',
  HashFile: 'Its bytes were read',
  ReadRemote: 'The drive was read',
  ReadRemoteItems: 'Single items were read on the drive',
  ScanLocal: 'The disk was scanned',
  CreateSubscription: 'The service tells of changes from now on',
  RenewSubscription: 'The service goes on telling of changes',
  DeleteSubscription: 'The service no longer tells of changes',
};

const bytesOf = ({ transferredBytes: bytes }: CommandSucceeded): string =>
  bytes === undefined ? '' : ` ${bytes} bytes`;

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
