/** Commands in words, as `explain` tells them: what was wanted, and what came of it. */
import type {
  Command,
  CommandFailed,
  CommandOf,
  CommandSucceeded,
  CommandType,
  Displaced,
} from '@tidemark/contracts';
import { besidePath, effectOf } from '@tidemark/contracts';
import type { Draft } from '@tidemark/planner';

/** Follows "Decided to". */
export const wishOf = (command: Command | Draft): string => wishes[command.type](command as never);

/** What came of it, with the requests that the service knows it by. */
export function outcomeOf(command: Command, outcome: CommandSucceeded | CommandFailed): string {
  const isDone = outcome.type === 'CommandSucceeded';
  const ids = isDone ? (outcome.requestIds ?? []) : [outcome.failure.requestId ?? []].flat();
  const requests = ids.length === 0 ? '' : ` (request${ids.length > 1 ? 's' : ''} ${ids.join(', ')})`;
  if (!isDone) return `Failed with ${outcome.failure.code}: ${outcome.failure.detail}${requests}`;
  return `${['Done', ...results(command, outcome)].join(', ')}${requests}`;
}

/** Whose rule decided. */
export const decidedByText = (plugin: string): string => `Decided by the plugin ${plugin}`;

export const quote = (text: string): string => `"${text}"`;

function results(command: Command, outcome: CommandSucceeded): string[] {
  const { transfer, displaced } = effectOf(command, outcome);
  const told: string[] = [];
  if (transfer !== null) told.push(`${transfer.bytes} bytes transferred`);
  else if (command.type === 'DownloadFile')
    told.push('without a download, since the version on disk has the same bytes');
  if (outcome.content !== undefined)
    told.push(
      `which the plugin ${outcome.content} changed on the way, so that disk and drive hold other bytes`,
    );
  if (outcome.unconfirmed === true) told.push('which no hash of the drive confirms');
  if (command.type === 'KeepLocalCopy' && outcome.kept !== undefined)
    told.push(`and the copy is ${quote(besidePath(command.path, outcome.kept.name))}`);
  const where = displaced && displacedText(command, displaced);
  return where === null ? told : [...told, where];
}

/** Where the version is now that lost its place. */
function displacedText({ type }: Command, displaced: Displaced): string | null {
  switch (displaced.to) {
    case 'trash': {
      const what = type === 'DeleteLocal' ? 'it' : 'the version before';
      return displaced.path === null ? null : `and the trash has ${what} as ${quote(displaced.path)}`;
    }
    case 'beside':
      return `and the other version is kept as ${quote(displaced.path)}`;
    case 'recycleBin':
      return 'and the recycle bin has it, unless permanent_delete is set';
    case 'versions':
      return null;
  }
}

const wishes: { readonly [Type in CommandType]: (command: CommandOf<Type>) => string } = {
  CreateRemoteFolder: ({ path }) => `create the folder ${quote(path)} on the drive`,
  UploadFile: ({ path, target }) =>
    `upload ${quote(path)} as a new ${target.as === 'new' ? 'file' : 'version'}`,
  MoveRemote: ({ path, fromPath, toName, provisional }) => {
    const from = fromPath === undefined ? 'it' : quote(fromPath);
    return `move ${from} to ${quote(provisional ? toName : path)} on the drive${provisional ? ' for the time being' : ''}`;
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
  KeepLocalCopy: ({ path }) => `keep a copy of ${quote(path)} beside it, for the drive`,
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
