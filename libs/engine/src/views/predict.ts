/** What a command would make true if it simply worked. A dry run feeds these back, so it is the planner's own output. */
import type {
  Command,
  CommandSucceeded,
  ItemId,
  KeptName,
  LocalId,
  LocalRow,
  RemoteRow,
} from '@tidemark/contracts';
import { driveItemId, keptNameAt, localId, rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

export function predictOutcome(state: State, command: Command): CommandSucceeded {
  const item = state.trees.items.get(command.item);
  const facts = item === undefined ? {} : predictFacts(state, command, item);
  return { type: 'CommandSucceeded', command: command.id, ...facts };
}

function predictFacts(state: State, command: Command, item: Item): Partial<CommandSucceeded> {
  const remote = remoteRow(state, item);
  const local = localRow(state, item);
  const version = `predicted-${command.id}`;
  switch (command.type) {
    case 'CreateRemoteFolder': {
      const { parentId, name } = command;
      const content = { sizeBytes: 0, hash: null, modifiedAt: 0, eTag: version, cTag: null };
      return {
        made: true,
        remote: { id: driveItemId(version), parentId, name, kind: 'folder', ...content },
      };
    }
    case 'UploadFile': {
      const { target, sizeBytes, modifiedAt } = command;
      const place = target.as === 'new' ? { ...target, id: driveItemId(version) } : remote;
      if (local === null || place === null) return {};
      const { id, parentId, name } = place;
      const hash = local.hash ?? version;
      const content = { sizeBytes, hash, modifiedAt, eTag: version, cTag: version };
      return {
        transferredBytes: sizeBytes,
        local: { ...local, hash },
        remote: { id, parentId, name, kind: 'file', ...content },
      };
    }
    case 'MoveRemote':
      return remote === null
        ? {}
        : { remote: { ...remote, parentId: command.toParentId, name: command.toName, eTag: version } };
    case 'SetRemoteTime':
      return remote === null ? {} : { remote: { ...remote, modifiedAt: command.modifiedAt, eTag: version } };
    case 'DeleteRemote':
      return { remote: { id: command.driveItemId, deleted: true } };
    case 'CreateLocalFolder': {
      const made = arrived(state, item, version);
      return made === null ? {} : { local: made };
    }
    case 'DownloadFile': {
      const { remote: expected, keepAs } = command;
      const made = arrived(state, item, version);
      if (made === null) return {};
      const kept = keepAs === null || local === null ? {} : { kept: renamed(state, local, item, keepAs) };
      return { local: made, transferredBytes: expected.sizeBytes, ...kept };
    }
    case 'KeepRemoteCopy': {
      if (local === null) return {};
      const { sizeBytes, hash, modifiedAt } = command.remote;
      const content = { sizeBytes, hash: hash ?? version, modifiedAt, stamp: version };
      const { parentId, name } = renamed(state, local, item, command.keepAs);
      return { kept: { id: localId(version), parentId, name, kind: 'file', ...content } };
    }
    case 'MoveLocal': {
      if (local === null) return {};
      const names = command.toPath.split('/');
      const name = names.pop() ?? local.name;
      return { local: { ...local, parentId: folderAt(state, names) ?? local.parentId, name } };
    }
    case 'DeleteLocal':
      return { local: { id: command.expected.id, gone: true } };
    case 'SetLocalTime':
      return local === null ? {} : { local: { ...local, modifiedAt: command.modifiedAt } };
    case 'HashFile':
    case 'ReadRemote':
    case 'ReadRemoteItems':
    case 'ScanLocal':
    case 'CreateSubscription':
    case 'RenewSubscription':
    case 'DeleteSubscription':
      return {};
  }
}

/** What the drive shows, on disk: in the folder that the item has there, or will have. */
function arrived({ trees }: State, { remote, local }: Item, version: string): LocalRow | null {
  if (remote === null || remote.kind === 'opaque') return null;
  const parentId = trees.items.get(local?.parent ?? remote.parent)?.local?.id;
  if (parentId === undefined) return null;
  const { kind, sizeBytes, modifiedAt } = remote;
  const content = { kind, sizeBytes, hash: remote.hash ?? version, modifiedAt };
  const stamp = kind === 'file' ? version : '';
  return { id: localId(version), parentId, name: local?.name ?? remote.name, ...content, stamp };
}

/** Under the first name for a kept version that is free on disk, as the handler will find it. */
function renamed({ trees }: State, row: LocalRow, { local }: Item, keepAs: KeptName): LocalRow {
  for (let counter = keepAs.from; ; counter++) {
    const name = keptNameAt(keepAs, counter);
    if (name === null || local === null) return row;
    if (namedOnDisk(trees, local.parent, name) === undefined) return { ...row, name };
  }
}

function folderAt({ trees }: State, names: readonly string[]): LocalId | undefined {
  let folder: ItemId | undefined = rootItem;
  for (const name of names) {
    if (folder === undefined) break;
    folder = namedOnDisk(trees, folder, name);
  }
  return folder === undefined ? undefined : trees.items.get(folder)?.local?.id;
}

const namedOnDisk = ({ items, names }: State['trees'], folder: ItemId, name: string): ItemId | undefined =>
  names.local.holders(folder, name).find((id) => items.get(id)?.local?.name === name);

function remoteRow(state: State, item: Item): RemoteRow | null {
  if (item.remote === null) return null;
  const { id, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag, parent } = item.remote;
  const parentId = state.trees.items.get(parent)?.remote?.id;
  return parentId === undefined
    ? null
    : { id, parentId, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag };
}

function localRow(state: State, item: Item): LocalRow | null {
  if (item.local === null) return null;
  const { id, name, kind, sizeBytes, hash, modifiedAt, stamp, parent } = item.local;
  const parentId = state.trees.items.get(parent)?.local?.id;
  return parentId === undefined ? null : { id, parentId, name, kind, sizeBytes, hash, modifiedAt, stamp };
}
