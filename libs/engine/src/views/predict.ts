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
    case 'CreateRemoteFolder':
      return {
        made: true,
        remote: {
          id: driveItemId(version),
          parentId: command.parentId,
          name: command.name,
          kind: 'folder',
          sizeBytes: 0,
          hash: null,
          modifiedAt: 0,
          eTag: version,
          cTag: null,
        },
      };
    case 'UploadFile': {
      if (local === null) return {};
      const hash = local.hash ?? version;
      const target =
        command.target.as === 'new'
          ? { id: driveItemId(version), parentId: command.target.parentId, name: command.target.name }
          : remote;
      if (target === null) return {};
      return {
        transferredBytes: command.sizeBytes,
        local: { ...local, hash },
        remote: {
          id: target.id,
          parentId: target.parentId,
          name: target.name,
          kind: 'file',
          sizeBytes: command.sizeBytes,
          hash,
          modifiedAt: command.modifiedAt,
          eTag: version,
          cTag: version,
        },
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
    case 'CreateLocalFolder':
    case 'DownloadFile': {
      const parentId =
        item.remote === null
          ? undefined
          : state.trees.items.get(item.local?.parent ?? item.remote.parent)?.local?.id;
      if (item.remote === null || parentId === undefined || item.remote.kind === 'opaque') return {};
      const { kind, sizeBytes, hash, modifiedAt } = item.remote;
      const transferred =
        command.type === 'DownloadFile' ? { transferredBytes: command.remote.sizeBytes } : {};
      const row: LocalRow = {
        id: localId(version),
        parentId,
        name: item.local?.name ?? item.remote.name,
        kind,
        sizeBytes,
        hash: hash ?? version,
        modifiedAt,
        stamp: kind === 'file' ? version : '',
      };
      if (command.type === 'CreateLocalFolder' || command.keepAs === null || local === null)
        return { local: row, ...transferred };
      return {
        local: row,
        ...transferred,
        kept: { ...local, name: freeName(state, item, command.keepAs) ?? local.name },
      };
    }
    case 'KeepRemoteCopy': {
      if (local === null) return {};
      const name = freeName(state, item, command.keepAs) ?? local.name;
      const { sizeBytes, hash, modifiedAt } = command.remote;
      return {
        kept: {
          id: localId(version),
          parentId: local.parentId,
          name,
          kind: 'file',
          sizeBytes,
          hash: hash ?? version,
          modifiedAt,
          stamp: version,
        },
      };
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

/** The first name for a kept version that is free on disk, as the handler will find it. */
function freeName({ trees }: State, { local }: Item, keepAs: KeptName): string | null {
  for (let counter = keepAs.from; ; counter++) {
    const name = keptNameAt(keepAs, counter);
    if (name === null || local === null) return null;
    const holders = trees.localNames.holders(local.parent, name);
    if (!holders.some((id) => trees.items.get(id)?.local?.name === name)) return name;
  }
}

function folderAt({ trees }: State, names: readonly string[]): LocalId | undefined {
  let folder: ItemId | undefined = rootItem;
  for (const name of names) {
    if (folder === undefined) break;
    folder = trees.localNames.holders(folder, name).find((id) => trees.items.get(id)?.local?.name === name);
  }
  return folder === undefined ? undefined : trees.items.get(folder)?.local?.id;
}

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
