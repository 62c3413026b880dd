/**
 * Single files that others share, told as one drive that is only for reading: a folder for each person, and in it what that person shares.
 * The files lie on drives of their own, so each is read and downloaded there.
 */
import { createHash } from 'node:crypto';
import {
  type DeltaPage,
  type DriveInfo,
  driveItemId,
  type DriveItemId,
  Failure,
  type RemoteRow,
} from '@tidemark/contracts';
import type { GraphDrive } from '../drive/graph-drive.ts';
import type { SharedFolder } from '../drive/info.ts';
import { markedName } from '../drive/names.ts';
import type { SharedItem } from './account-queries.ts';
import type { ItemOfOthers } from './shared-items.ts';

export interface SharedFilesOptions {
  /** Of the account. */
  readonly own: GraphDrive;
  /** A drive that has this item as its root. */
  readonly openItem: (item: SharedFolder) => GraphDrive;
  /** Items of this drive that were told of before, in this run or an earlier one. */
  readonly known: () => Iterable<DriveItemId>;
  /** A file that was told of before cannot be read any more: its owner took it back, or deleted it. */
  readonly onGone: (id: DriveItemId) => void;
}

const rootId = driveItemId('shared-files');
const info: DriveInfo = { id: 'shared-files', kind: 'business', rootId };

/** Whatever would change something of others is refused with `accessDenied`. A listing is complete each time. */
export function createSharedFilesDrive({ own, openItem, known, onGone }: SharedFilesOptions): GraphDrive {
  let listed: Promise<ReadonlyMap<DriveItemId, RemoteRow>> | null = null;

  async function list(): Promise<ReadonlyMap<DriveItemId, RemoteRow>> {
    const before = [...known()].flatMap((id) => fileOf(id) ?? []);
    // The search is slow to learn of new files and may leave out old ones, so those that were there before are read as well.
    const rows = rowsOf(await own.account.sharedItems(before));
    for (const item of before) if (!rows.has(idOfFile(item))) onGone(idOfFile(item));
    return rows;
  }

  function listAnew(): Promise<ReadonlyMap<DriveItemId, RemoteRow>> {
    const listing = list();
    listed = listing;
    // The next call tries a failed listing again.
    listing.catch(() => {
      if (listed === listing) listed = null;
    });
    return listing;
  }

  function opened(id: DriveItemId): { readonly drive: GraphDrive; readonly itemId: DriveItemId } {
    const item = fileOf(id);
    if (item === null) throw new Failure({ code: 'notFound', detail: `Cannot read "${id}": it is no file` });
    const target = { driveId: item.driveId, itemId: item.id };
    return { drive: openItem(target), itemId: driveItemId(item.id) };
  }

  return {
    ...own,
    info: async () => info,
    delta: async () =>
      ({ rows: [...(await listAnew()).values()], nextLink: null, deltaLink: null }) satisfies DeltaPage,
    item: async (id) => (await listAnew()).get(id) ?? null,
    items: async (ids) => {
      const rows = await (listed ?? listAnew());
      return ids.map((id) => rows.get(id) ?? { id, deleted: true as const });
    },
    child: async (parentId, name) => {
      const rows = [...(await (listed ?? listAnew())).values()];
      return rows.find((row) => row.parentId === parentId && sameName(row.name, name)) ?? null;
    },
    authors: async (id, wish) => {
      const { drive, itemId } = opened(id);
      return drive.authors(itemId, wish);
    },
    download: async (id, sink, wish) => {
      const { drive, itemId } = opened(id);
      return drive.download(itemId, sink, wish);
    },
    changedBy: async () => new Map(),
    createFolder: refuse,
    upload: refuse,
    move: refuse,
    setModifiedAt: refuse,
    delete: refuse,
    restore: refuse,
    earlierVersions: refuse,
    downloadVersion: refuse,
  };
}

function refuse(): Promise<never> {
  const detail = 'Cannot change what others share as single files: they are downloaded and nothing else';
  return Promise.reject(new Failure({ code: 'accessDenied', detail }));
}

/** Folders first. Two files of one person that have one name get names that tell them apart. */
function rowsOf(items: readonly SharedItem[]): ReadonlyMap<DriveItemId, RemoteRow> {
  const folders = new Map<DriveItemId, RemoteRow>();
  const files = new Map<DriveItemId, RemoteRow>();
  const taken = new Set<string>();
  const inOrder = [...items].sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const item of inOrder) {
    if (item.kind !== 'file') continue;
    const folder = folderOf(item);
    if (!folders.has(folder.id)) folders.set(folder.id, folder);
    const id = idOfFile(item);
    const key = (name: string): string => `${folder.id}/${keyOf(name)}`;
    const name = taken.has(key(item.row.name)) ? nameApart(item.row.name, id) : item.row.name;
    taken.add(key(name));
    files.set(id, { ...item.row, id, parentId: folder.id, name });
  }
  return new Map([...folders, ...files]);
}

/** As the peer names it. Whatever stands in the name of a person, it is one folder. */
function folderOf({ sharedBy: { name, email } }: SharedItem): RemoteRow {
  const person = name === '' ? email : email === '' ? name : `${name} (${email})`;
  const shown = markedName(person === '' ? 'Unknown' : person).slice(0, nameMax);
  const id = driveItemId(`by:${keyOf(shown)}`);
  return {
    ...{ id, parentId: rootId, name: shown.toWellFormed(), kind: 'folder', sizeBytes: 0 },
    ...{ hash: null, modifiedAt: 0, eTag: 'shared-by', cTag: null },
  };
}

const nameMax = 200;
const keyOf = (name: string): string => name.normalize('NFC').toLowerCase();
const sameName = (one: string, other: string): boolean => keyOf(one) === keyOf(other);

function nameApart(name: string, id: DriveItemId): string {
  const tag = createHash('sha256').update(id).digest('hex').slice(0, 8);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${tag})${name.slice(dot)}` : `${name} (${tag})`;
}

/** Drive ids hold no slash. */
const idOfFile = ({ driveId, id }: ItemOfOthers): DriveItemId => driveItemId(`file:${driveId}/${id}`);

function fileOf(id: DriveItemId): ItemOfOthers | null {
  const parts = /^file:([^/]+)\/(.+)$/s.exec(id);
  return parts === null ? null : { driveId: parts[1] ?? '', id: parts[2] ?? '' };
}
