/**
 * Listing without the change feed: every folder's children, breadth first, as one complete round. There is nothing to
 * continue from afterwards, so the next round starts anew.
 */
import {
  Failure,
  type AbortSignalLike,
  type DeltaPage,
  type DriveItemId,
  type RemoteRow,
} from '@tidemark/contracts';
import { isRecord, refusal, refusalAs } from '../errors.ts';
import { graphTarget } from '../http/hosts.ts';
import { itemPath, listSelect, toGraph, type DriveContext } from './context.ts';
import type { Delta } from './delta.ts';
import { downloadUrlOf, readItem } from './rows.ts';

const action = 'Cannot list the drive';
const headers = ['prefer', 'Include-Feature=AddToOneDrive'];
const linkPrefix = 'children-walk:';
const endOfWalk = `${linkPrefix}end`;
const pagesMax = 1_000_000;

interface Walk {
  readonly id: number;
  step: number;
  /** Folders still to list. */
  readonly folders: DriveItemId[];
  readonly seen: Set<DriveItemId>;
  /** The rest of a folder whose listing has more pages. */
  nextPath: string | null;
}

export function createChildrenWalk(drive: DriveContext, pageSize: number): Delta {
  let walk: Walk | null = null;
  let walks = 0;

  return {
    page: async (link, signal) => {
      if (link === null) {
        walks += 1;
        walk = { id: walks, step: 0, folders: [drive.rootId], seen: new Set([drive.rootId]), nextPath: null };
      } else if (walk === null || link !== linkOf(walk)) {
        throw new Failure({
          code: 'resyncRequired',
          detail: `${action}: a listing without the change feed starts anew each time`,
        });
      }
      const current = walk;
      const rows = await listNext(drive, current, pageSize, signal);
      current.step += 1;
      if (current.nextPath !== null || current.folders.length > 0) {
        if (current.step > pagesMax)
          throw new Failure({ code: 'serviceUnavailable', detail: `${action}: it has no end` });
        return { rows, nextLink: linkOf(current), deltaLink: null };
      }
      walk = null;
      return { rows, nextLink: null, deltaLink: endOfWalk } satisfies DeltaPage;
    },
  };
}

/** Changes the walk only after the whole answer has been understood, so that a failed page can be asked for again. */
async function listNext(
  drive: DriveContext,
  walk: Walk,
  pageSize: number,
  signal: AbortSignalLike | undefined,
): Promise<readonly RemoteRow[]> {
  const folder = walk.folders[0];
  const path =
    walk.nextPath ??
    (folder === undefined
      ? null
      : `${itemPath(drive, folder)}/children?$select=${listSelect(drive)}&$top=${pageSize}`);
  if (path === null) return [];
  const reply = await drive.client.call(
    toGraph(drive, { kind: 'children', method: 'GET', path, action, headers, signal }),
  );
  if (reply.status === 400 && walk.nextPath === null && drive.listed.urls === 'asked') {
    drive.listed.urls = 'refused';
    return listNext(drive, walk, pageSize, signal);
  }
  // A folder that vanished during the walk: this round proves nothing, the next one will.
  if (reply.status === 404) throw refusalAs('serviceUnavailable', action, reply);
  if (reply.status !== 200) throw refusal(action, reply);
  const json = isRecord(reply.json) ? reply.json : {};
  const { value } = json;
  if (!Array.isArray(value)) throw refusalAs('serviceUnavailable', `${action}: the page has no rows`, reply);
  const nextPath = nextIn(drive, json['@odata.nextLink']);
  if (nextPath === path)
    throw refusalAs('serviceUnavailable', `${action}: the pages lead in a circle`, reply);
  const rows: RemoteRow[] = [];
  for (const item of value) {
    const row = readItem(item, drive);
    if (row === null || 'deleted' in row) continue;
    rows.push(row);
    const url = row.kind === 'file' && row.sizeBytes > 0 ? downloadUrlOf(item) : undefined;
    if (url !== undefined) drive.downloadUrls.keep(row.id, url);
  }
  if (nextPath === null) walk.folders.shift();
  walk.nextPath = nextPath;
  for (const row of rows) {
    if (row.kind !== 'folder' || walk.seen.has(row.id)) continue;
    walk.seen.add(row.id);
    walk.folders.push(row.id);
  }
  return rows;
}

function linkOf(walk: Walk): string {
  return `${linkPrefix}${walk.id}/${walk.step}`;
}

function nextIn(drive: DriveContext, link: unknown): string | null {
  if (link === undefined || link === null) return null;
  const target = typeof link === 'string' ? graphTarget(drive.endpoints, link) : null;
  if (target !== null) return target.path;
  throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the page links to another host` });
}
