/** What a command would make true if it simply worked. A dry run feeds these back, so it is the planner's own output. */
import type {
  Command,
  CommandOf,
  CommandSucceeded,
  KeptName,
  LocalRow,
  Observation,
  RemoteRow,
} from '@tidemark/contracts';
import { driveItemId, keptNames, localId, rootItem } from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import { folderOnDisk, itemOf } from '@tidemark/trees';
import type { State } from '../fold/state.ts';

export function predictOutcome({ trees }: State, command: Command): CommandSucceeded {
  const item = trees.items.get(command.item);
  const facts = item === undefined ? null : predictFacts(trees, command, item);
  return { type: 'CommandSucceeded', command: command.id, ...facts };
}

/**
 * A look at the drive after something was predicted. The drive does not show that: a listing of everything would take it back, so
 * it tells what the state has. Null for a round of the change feed, which tells only what others do.
 */
export function predictListing({ trees }: State, command: CommandOf<'ReadRemote'>): Observation[] | null {
  if (command.cursor !== null) return null;
  const rows = [...trees.items.values()].flatMap((item) =>
    item.id === rootItem ? [] : (remoteRow(trees, item) ?? []),
  );
  const pages: Observation[] = [];
  for (let from = 0; from < rows.length; from += rowsOfPage)
    pages.push({
      ...{ type: 'RemotePage', command: command.id, page: pages.length },
      rows: rows.slice(from, from + rowsOfPage),
    });
  const look = { parts: pages.length, cursor: null };
  return [...pages, { type: 'CommandSucceeded', command: command.id, look }];
}

const rowsOfPage = 1000;

/** Null where a command makes nothing true, or nothing that can be told. */
function predictFacts(trees: Trees, command: Command, item: Item): Partial<CommandSucceeded> | null {
  const remote = remoteRow(trees, item);
  const local = localRow(trees, item);
  const version = `predicted-${command.id}`;
  switch (command.type) {
    case 'CreateRemoteFolder': {
      const { parentId, name } = command;
      const content = { sizeBytes: 0, hash: null, modifiedAt: 0, eTag: version, cTag: null };
      const made: RemoteRow = { id: driveItemId(version), parentId, name, kind: 'folder', ...content };
      return { made: true, remote: made };
    }
    case 'UploadFile': {
      const { target, sizeBytes, modifiedAt } = command;
      const place = target.as === 'new' ? { ...target, id: driveItemId(version) } : remote;
      if (local === null || place === null) return null;
      const { id, parentId, name } = place;
      const content = { sizeBytes, hash: local.hash ?? version, modifiedAt };
      const sent: RemoteRow = { id, parentId, name, kind: 'file', ...content, eTag: version, cTag: version };
      return { transferredBytes: sizeBytes, local: { ...local, hash: content.hash }, remote: sent };
    }
    case 'MoveRemote': {
      const { toParentId: parentId, toName: name } = command;
      return remote && { remote: { ...remote, parentId, name, eTag: version } };
    }
    case 'SetRemoteTime':
      return remote && { remote: { ...remote, modifiedAt: command.modifiedAt, eTag: version } };
    case 'DeleteRemote':
      return { remote: { id: command.driveItemId, deleted: true } };
    case 'CreateLocalFolder':
    case 'DownloadFile': {
      const made = arrived(trees, command.path, item, version);
      if (made === null || command.type === 'CreateLocalFolder') return made && { local: made };
      const { keepAs } = command;
      const kept = keepAs && local && { kept: renamed(trees, local, item, keepAs) };
      return { local: made, transferredBytes: command.remote.sizeBytes, ...kept };
    }
    case 'KeepRemoteCopy': {
      const { sizeBytes, hash, modifiedAt } = command.remote;
      const content = { sizeBytes, hash: hash ?? version, modifiedAt, stamp: version };
      return (
        local && {
          kept: { ...renamed(trees, local, item, command.keepAs), ...content, id: localId(version) },
        }
      );
    }
    case 'KeepLocalCopy':
      return (
        local && {
          kept: { ...renamed(trees, local, item, command.keepAs), id: localId(version), stamp: version },
        }
      );
    case 'MoveLocal': {
      const place = placeAt(trees, command.toPath);
      return local && place && { local: { ...local, ...place } };
    }
    case 'DeleteLocal':
      return { local: { id: command.expected.id, gone: true } };
    case 'SetLocalTime':
      return local && { local: { ...local, modifiedAt: command.modifiedAt } };
    default:
      return null;
  }
}

/** What the drive shows, on disk at that path. */
function arrived(trees: Trees, path: string, { remote }: Item, version: string): LocalRow | null {
  const place = placeAt(trees, path);
  if (remote === null || remote.kind === 'opaque' || place === null) return null;
  const { kind, sizeBytes, modifiedAt } = remote;
  const content = { kind, sizeBytes, hash: remote.hash ?? version, modifiedAt };
  return { id: localId(version), ...place, ...content, stamp: kind === 'file' ? version : '' };
}

function placeAt(trees: Trees, path: string): Pick<LocalRow, 'parentId' | 'name'> | null {
  const names = path.split('/');
  const name = names.pop() ?? '';
  const folder = folderOnDisk(trees, names)?.local;
  return folder ? { parentId: folder.id, name } : null;
}

/** Under the first of the names that is free on disk by now, as the handler will find it. */
function renamed(trees: Trees, row: LocalRow, { local }: Item, keepAs: KeptName): LocalRow {
  const isTaken = (name: string): boolean =>
    local !== null &&
    trees.names.local.holders(local.parent, name).some((id) => itemOf(trees, id).local?.name === name);
  for (const name of keptNames(keepAs)) if (!isTaken(name)) return { ...row, name };
  return row;
}

function remoteRow({ items }: Trees, { remote }: Item): RemoteRow | null {
  const parentId = remote && items.get(remote.parent)?.remote?.id;
  if (remote === null || parentId == null) return null;
  const { parent: _parent, seq: _seq, ...facts } = remote;
  return { ...facts, parentId };
}

function localRow({ items }: Trees, { local }: Item): LocalRow | null {
  const parentId = local && items.get(local.parent)?.local?.id;
  if (local === null || parentId == null) return null;
  const { parent: _parent, seq: _seq, ...facts } = local;
  return { ...facts, parentId };
}
