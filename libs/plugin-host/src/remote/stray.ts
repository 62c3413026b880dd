/** Whether what one of our own plugins says at the end of a command is about that command: facts about other items stay outside. */
import type { Command, CommandFailed, CommandSucceeded, DriveItemId, LocalRow } from '@tidemark/contracts';
import { settledStamp } from '@tidemark/contracts';
import type { z } from '@tidemark/plugin-sdk';
import type { Outcome } from './read-result.ts';
import type { itemsEnd } from './rows.ts';

/** In words, what in the outcome is about something else than the command; null when nothing is. */
export const strayIn = (outcome: Outcome, command: Command): string | null =>
  outcome.type === 'CommandFailed' ? strayInFailure(outcome, command) : strayInFacts(outcome, command);

function strayInFacts(outcome: CommandSucceeded, command: Command): string | null {
  const { remote, local, kept } = outcome;
  if (remote !== undefined && !isMeantRemote(remote, command)) return strayRemote;
  if (local !== undefined && !isMeantLocal(local, command))
    return 'local: it is about another file, or another version of it, than the command';
  if (kept !== undefined && !isMeantKept(kept, command))
    return 'kept: its name is not one that the command gives to what is kept';
  if (command.type !== 'ReadRemoteItems') return null;
  const asked = new Set<string>(command.ids);
  const { look } = outcome as { readonly look?: z.output<typeof itemsEnd> };
  return look?.rows.every(({ id }) => asked.has(id)) === false
    ? 'look.rows: it tells of items that the command did not ask about'
    : null;
}

const strayRemote = 'remote: it is about another drive item than the command';

/** The drive had refused the command, and was asked what is there: the item, its folder, or what has the name in it. */
function strayInFailure({ remote }: CommandFailed, command: Command): string | null {
  if (remote === undefined) return null;
  const { ids, folder } = shownTo(command);
  const isMeant = ids.includes(remote.id) || ('parentId' in remote && remote.parentId === folder);
  return isMeant ? null : strayRemote;
}

/** What a refused command may have been shown. `folder`: the one in which it needs a free name. */
function shownTo(command: Command): { readonly ids: readonly DriveItemId[]; readonly folder?: DriveItemId } {
  switch (command.type) {
    case 'CreateRemoteFolder':
      return { ids: [command.parentId], folder: command.parentId };
    case 'UploadFile': {
      const { target } = command;
      if (target.as === 'version') return { ids: [target.id] };
      return { ids: [target.parentId], folder: target.parentId };
    }
    case 'MoveRemote':
      return { ids: [command.driveItemId, command.toParentId], folder: command.toParentId };
    case 'DeleteRemote':
    case 'SetRemoteTime':
      return { ids: [command.driveItemId] };
    case 'DownloadFile':
    case 'KeepRemoteCopy':
      return { ids: [command.remote.id] };
    default:
      return { ids: [] };
  }
}

function isMeantRemote(remote: NonNullable<CommandSucceeded['remote']>, command: Command): boolean {
  switch (command.type) {
    case 'CreateRemoteFolder':
      return 'parentId' in remote && remote.parentId === command.parentId && remote.kind !== 'file';
    case 'UploadFile': {
      const { target } = command;
      if (target.as === 'version') return remote.id === target.id;
      return 'parentId' in remote && remote.parentId === target.parentId && remote.kind !== 'folder';
    }
    case 'MoveRemote':
    case 'DeleteRemote':
    case 'SetRemoteTime':
      return remote.id === command.driveItemId;
    default:
      return false;
  }
}

function isMeantLocal(local: NonNullable<CommandSucceeded['local']>, command: Command): boolean {
  switch (command.type) {
    case 'HashFile':
      return (
        'stamp' in local &&
        local.id === command.expected.id &&
        local.stamp === settledStamp(command.expected.stamp)
      );
    case 'UploadFile':
    case 'DeleteLocal':
    case 'SetLocalTime':
      return local.id === command.expected.id;
    case 'CreateLocalFolder':
      return 'name' in local && local.kind === 'folder' && local.name === nameIn(command.path);
    case 'DownloadFile':
    case 'KeepRemoteCopy':
      return 'name' in local && local.kind === 'file' && local.name === nameIn(command.path);
    case 'MoveLocal':
      return 'name' in local && local.name === nameIn(command.toPath);
    default:
      return false;
  }
}

function isMeantKept({ name }: LocalRow, command: Command): boolean {
  if (!('keepAs' in command)) return false;
  const { keepAs } = command;
  if (keepAs === null) return false;
  const { prefix, suffix } = keepAs;
  const counter = name.slice(prefix.length, name.length - suffix.length);
  return /^\d+$/.test(counter) && name === `${prefix}${counter}${suffix}`;
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
