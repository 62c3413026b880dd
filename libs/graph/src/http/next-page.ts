/** Where a listing goes on: a link in the answer, and so data from outside. */
import { Failure } from '@tidemark/contracts';
import type { Endpoints } from '../auth/clouds.ts';
import { graphTarget } from './hosts.ts';

/** Path and query; null at the end. Throws Failure `serviceUnavailable`: half a listing would pass for all of it. */
export function nextPage(endpoints: Endpoints, link: unknown, action: string): string | null {
  if (link === undefined || link === null || link === '') return null;
  const target = typeof link === 'string' ? graphTarget(endpoints, link) : null;
  if (target !== null) return target.path;
  throw new Failure({ code: 'serviceUnavailable', detail: `${action}: the page links to another host` });
}
