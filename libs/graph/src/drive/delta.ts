/**
 * The change feed. Links are opaque: stored and sent untouched.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-delta
 */
import { Failure, type AbortSignalLike, type DeltaPage } from '@tidemark/contracts';
import { isRecord, refusal, refusalAs, type Reply } from '../errors.ts';
import { graphTarget } from '../http/hosts.ts';
import { listSelect, toGraph, type DriveContext } from './context.ts';
import { readRows } from './listed-rows.ts';

export interface Delta {
  page(link: string | null, signal?: AbortSignalLike): Promise<DeltaPage>;
}

const action = 'Cannot read the changes of the drive';
/** Shortcuts to shared folders are left out of the feed without it, and an absent item looks like a deleted one. */
const headers = ['prefer', 'Include-Feature=AddToOneDrive'];
const pagesMax = 100_000;

export function createDelta(drive: DriveContext, pageSize: number): Delta {
  const first = (): string =>
    `/v1.0/drives/${encodeURIComponent(drive.id)}/root/delta?$select=${listSelect(drive)}&$top=${pageSize}`;
  /** Where each next link of this round came from: a link that comes from two places is a loop. */
  const seen = new Map<string, string>();

  return {
    page: async (link, signal) => {
      const reply = await read(drive, link === null ? first : () => pathOf(drive, link), link, signal);
      const json = isRecord(reply.json) ? reply.json : {};
      const { value } = json;
      const nextLink = linkIn(drive, json['@odata.nextLink'], reply);
      const deltaLink = nextLink === null ? linkIn(drive, json['@odata.deltaLink'], reply) : null;
      if (!Array.isArray(value) || (nextLink === null && deltaLink === null)) {
        throw refusalAs('serviceUnavailable', `${action}: the page has no rows or no link`, reply);
      }
      if (link === null || deltaLink !== null || seen.size > pagesMax) seen.clear();
      if (nextLink !== null) guard(seen, link ?? '', nextLink);
      return { rows: await readRows(drive, value, signal), nextLink, deltaLink };
    },
  };
}

async function read(
  drive: DriveContext,
  path: () => string,
  link: string | null,
  signal: AbortSignalLike | undefined,
): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await drive.client.call(
      toGraph(drive, { kind: 'delta', method: 'GET', path: path(), action, headers, signal }),
    );
    const { status } = reply;
    if (status === 200) return reply;
    if (link === null) {
      if (status === 400 && drive.listed.urls === 'asked') {
        drive.listed.urls = 'refused';
        continue;
      }
      if (status === 410) throw refusalAs('serviceUnavailable', action, reply);
      throw status === 404 ? refusalAs('driveNotFound', action, reply) : refusal(action, reply);
    }
    if (status === 410) throw refusalAs('resyncRequired', action, reply);
    // Both have been seen in place of 410 on a link that was stored; once may be a hiccup.
    const isVoid = status === 400 || status === 404;
    if (!isVoid) throw refusal(action, reply);
    if (attempt >= 2) throw refusalAs('resyncRequired', action, reply);
    await drive.client.backOff(1, signal);
  }
}

function pathOf(drive: DriveContext, link: string): string {
  const target = graphTarget(drive.endpoints, link);
  if (target !== null) return target.path;
  throw new Failure({
    code: 'resyncRequired',
    detail: `${action}: the stored link does not point to this cloud's Graph`,
  });
}

function linkIn(drive: DriveContext, link: unknown, reply: Reply): string | null {
  if (link === undefined || link === null || link === '') return null;
  if (typeof link === 'string' && graphTarget(drive.endpoints, link) !== null) return link;
  throw refusalAs('serviceUnavailable', `${action}: the page links to another host`, reply);
}

/** Looping links have happened in production (OneDrive/onedrive-api-docs#1424). */
function guard(seen: Map<string, string>, from: string, nextLink: string): void {
  const known = seen.get(nextLink);
  if (nextLink !== from && (known === undefined || known === from)) {
    seen.set(nextLink, from);
    return;
  }
  seen.clear();
  throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the pages lead in a circle` });
}
