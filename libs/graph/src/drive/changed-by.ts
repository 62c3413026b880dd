/**
 * Who changed items last: a question that people ask about a few items, so it is no part of what the feed is asked for.
 *
 * @see https://learn.microsoft.com/graph/api/resources/identityset
 */
import type { AbortSignalLike, DriveItemId } from '@tidemark/contracts';
import { isRecord, refusal } from '../errors.ts';
import { type DriveContext, itemPath, toGraph } from './context.ts';

const batchMax = 20;
/** Longer names than any service gives out are cut. */
const nameMax = 200;

/** Names by item. Items that are gone, and those of which the drive does not tell who it was, are left out. Throws Failure. */
export async function changedBy(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  signal?: AbortSignalLike,
): Promise<ReadonlyMap<DriveItemId, string>> {
  const names = new Map<DriveItemId, string>();
  for (let from = 0; from < ids.length; from += batchMax) {
    const some = ids.slice(from, from + batchMax);
    for (const [index, name] of await readBatch(drive, some, signal)) {
      const id = some[index];
      if (id !== undefined) names.set(id, name);
    }
  }
  return names;
}

async function readBatch(
  drive: DriveContext,
  ids: readonly DriveItemId[],
  signal: AbortSignalLike | undefined,
): Promise<readonly (readonly [index: number, name: string])[]> {
  const action = 'Cannot ask the drive who changed an item last';
  const requests = ids.map((id, index) => ({
    id: String(index),
    method: 'GET',
    url: `${itemPath(drive, id).slice('/v1.0'.length)}?$select=id,lastModifiedBy`,
  }));
  const call = { kind: 'items', method: 'POST', path: '/v1.0/$batch', action, json: { requests } } as const;
  const reply = await drive.client.call(toGraph(drive, { ...call, signal }));
  const responses = isRecord(reply.json) ? reply.json['responses'] : undefined;
  if (reply.status !== 200 || !Array.isArray(responses)) throw refusal(action, reply);
  return (responses as readonly unknown[]).flatMap((response) => {
    if (!isRecord(response) || response['status'] !== 200) return [];
    const name = isRecord(response['body']) ? nameIn(response['body']['lastModifiedBy']) : null;
    return name === null ? [] : [[Number(response['id']), name] as const];
  });
}

/** A person rather than the program that the person used. */
export function nameIn(identities: unknown): string | null {
  if (!isRecord(identities)) return null;
  for (const kind of ['user', 'group', 'application', 'device']) {
    const identity = identities[kind];
    if (!isRecord(identity)) continue;
    for (const key of ['displayName', 'email'])
      if (typeof identity[key] === 'string' && identity[key] !== '') return identity[key].slice(0, nameMax);
  }
  return null;
}
