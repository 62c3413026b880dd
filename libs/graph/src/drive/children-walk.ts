/**
 * Listing without the change feed: every folder's children, breadth first, as one complete round. There is nothing to
 * continue from afterwards, so the next round starts anew. A folder is told of when its own listing begins, because only
 * then it is known whether the drive lists what is in it.
 */
import {
  Failure,
  type AbortSignalLike,
  type DeltaPage,
  type DriveItemId,
  type RemoteRow,
} from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import { nextPage } from '../http/next-page.ts';
import { itemPath, listSelect, toGraph, type DriveContext } from './context.ts';
import type { Delta } from './delta.ts';
import { concernsOneItem, readEach } from './items.ts';
import { readRows } from './listed-rows.ts';

const action = 'Cannot list the drive';
const headers = ['prefer', 'Include-Feature=AddToOneDrive'];
const linkPrefix = 'children-walk:';
const pagesMax = 1_000_000;
/** A round that was given up, and the one that took its place: neither disturbs the other. */
const walksMax = 4;

interface Walk {
  readonly id: number;
  step: number;
  /** Folders still to list. */
  readonly folders: Place[];
  readonly seen: Set<DriveItemId>;
  /** The rest of a folder whose listing has more pages. */
  nextPath: string | null;
}

/** A folder to list. */
interface Place {
  readonly id: DriveItemId;
  /** Null for the root, which is in no listing. */
  readonly row: RemoteRow | null;
  /** Its row has been told, with the first page of its content. */
  isTold: boolean;
  /** The service failed at it once: it gets another chance when everything else has been listed. */
  hasFailed: boolean;
}

const placeOf = (id: DriveItemId, row: RemoteRow | null): Place => ({
  ...{ id, row },
  ...{ isTold: false, hasFailed: false },
});

export function createChildrenWalk(drive: DriveContext, pageSize: number): Delta {
  const walks = new Map<string, Walk>();
  let begun = 0;

  const begin = (): Walk => {
    begun += 1;
    const folders = [placeOf(drive.rootId, null)];
    return { id: begun, step: 0, folders, seen: new Set([drive.rootId]), nextPath: null };
  };

  return {
    page: async (link, signal) => {
      const walk = link === null ? begin() : walks.get(link);
      if (walk === undefined)
        throw new Failure({
          code: 'resyncRequired',
          detail: `${action}: a listing without the change feed starts anew each time`,
        });
      const rows = await listNext(drive, walk, pageSize, signal);
      if (link !== null) walks.delete(link);
      walk.step += 1;
      if (walk.nextPath === null && walk.folders.length === 0)
        return { rows, nextLink: null, deltaLink: null } satisfies DeltaPage;
      if (walk.step > pagesMax)
        throw new Failure({ code: 'serviceUnavailable', detail: `${action}: it has no end` });
      const nextLink = `${linkPrefix}${walk.id}/${walk.step}`;
      walks.set(nextLink, walk);
      for (const oldest of walks.keys()) if (walks.size > walksMax) walks.delete(oldest);
      return { rows, nextLink, deltaLink: null };
    },
  };
}

/** Changes the walk only after the whole answer has been understood, so that a failed page can be asked for again. */
async function listNext(
  drive: DriveContext,
  walk: Walk,
  pageSize: number,
  signal: AbortSignalLike | undefined,
): Promise<DeltaPage['rows']> {
  const folder = walk.folders[0];
  if (folder === undefined) return [];
  const path = (): string =>
    walk.nextPath ?? `${itemPath(drive, folder.id)}/children?$select=${listSelect(drive)}&$top=${pageSize}`;
  const reply = await readPage(drive, path, signal);
  if (reply instanceof Failure) {
    const isLast = folder.hasFailed || reply.code !== 'serviceUnavailable' || folder.id === drive.rootId;
    const rows = isLast ? [await unlistedRow(drive, folder, reply, signal)] : [];
    walk.folders.shift();
    walk.nextPath = null;
    if (!isLast) walk.folders.push({ ...folder, hasFailed: true });
    return rows;
  }
  const json = isRecord(reply.json) ? reply.json : {};
  const { value } = json;
  if (!Array.isArray(value)) throw refusalAs('serviceUnavailable', `${action}: the page has no rows`, reply);
  const nextPath = nextPage(drive.endpoints, json['@odata.nextLink'], action);
  if (nextPath !== null && nextPath === walk.nextPath)
    throw refusalAs('serviceUnavailable', `${action}: the pages lead in a circle`, reply);
  const children = await readRows(drive, value, signal);
  const rows: DeltaPage['rows'][number][] = [];
  if (folder.row !== null && !folder.isTold) rows.push(folder.row);
  folder.isTold = true;
  if (nextPath === null) walk.folders.shift();
  walk.nextPath = nextPath;
  for (const row of children) {
    if ('deleted' in row || row.kind !== 'folder') rows.push(row);
    else if (!walk.seen.has(row.id)) {
      walk.seen.add(row.id);
      walk.folders.push(placeOf(row.id, row));
    }
  }
  return rows;
}

/** The page, or why this folder cannot be listed while others perhaps can. */
async function readPage(
  drive: DriveContext,
  path: () => string,
  signal: AbortSignalLike | undefined,
): Promise<Reply | Failure> {
  const ask = (): Promise<Reply> =>
    drive.client.call(
      toGraph(drive, { kind: 'children', method: 'GET', path: path(), action, headers, signal }),
    );
  try {
    let reply = await ask();
    if (reply.status === 400 && drive.listed.urls === 'asked' && path().includes('downloadUrl')) {
      drive.listed.urls = 'refused';
      reply = await ask();
      // It was not the address that this folder did not like.
      if (reply.status === 400) drive.listed.urls = 'asked';
    }
    if (reply.status === 200) return reply;
    const failure = refusal(action, reply);
    if (concernsOneItem(failure)) return failure;
    throw failure;
  } catch (error) {
    if (error instanceof Failure && concernsOneItem(error)) return error;
    throw error;
  }
}

/**
 * What becomes of a folder that cannot be listed: gone while the walk went on, or there with an unknown content. Without the
 * root nothing is known at all.
 */
async function unlistedRow(
  drive: DriveContext,
  folder: Place,
  failure: Failure,
  signal: AbortSignalLike | undefined,
): Promise<DeltaPage['rows'][number]> {
  if (folder.id === drive.rootId)
    throw failure.code === 'notFound'
      ? new Failure({ ...failure.details, code: 'serviceUnavailable' }, { cause: failure })
      : failure;
  const now = (await readEach(drive, [folder.id], signal)).get(folder.id);
  const row = now instanceof Failure || now === undefined ? folder.row : now;
  if (row === null) throw failure;
  if ('deleted' in row || row.kind !== 'folder') return row;
  return { ...row, oddity: `the drive does not list what is in it: ${failure.details.detail}` };
}
