/** Listings that are no drive's: sites, libraries. */
import { Failure } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { toGraph } from '../drive/context.ts';
import { isRecord, refusal } from '../errors.ts';
import type { GraphClient } from '../http/graph-client.ts';
import { nextPage } from '../http/next-page.ts';

const pagesMax = 1_000;

/** Throws Failure. */
export async function readPages(
  { client, endpoints }: { readonly client: GraphClient; readonly endpoints: Endpoints },
  first: string,
  action: string,
): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  let path: string | null = first;
  for (let page = 0; path !== null; page += 1) {
    if (page >= pagesMax)
      throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the listing has no end` });
    const reply = await client.call(toGraph({ endpoints }, { kind: 'other', method: 'GET', path, action }));
    if (reply.status !== 200) throw refusal(action, reply);
    const json = isRecord(reply.json) ? reply.json : {};
    for (const row of Array.isArray(json['value']) ? (json['value'] as readonly unknown[]) : [])
      rows.push(row);
    path = nextPage(endpoints, json['@odata.nextLink'], action);
  }
  return rows;
}
