import type { Counters, LoggedRequest, RequestKind } from '@tidemark/graph-simulator';

const countOf = (counters: Counters, kinds: readonly RequestKind[]): number =>
  kinds.reduce((sum, kind) => sum + counters.byKind[kind], 0);

/** Requests that change the drive. */
export const mutations = (counters: Counters): number =>
  countOf(counters, ['simpleUpload', 'sessionCreate', 'fragment', 'createFolder', 'patch', 'delete']);

/** Requests that carry content, in either direction. */
export const transfers = (counters: Counters): number =>
  countOf(counters, ['contentDownload', 'contentRedirect', 'simpleUpload', 'sessionCreate', 'fragment']);

/** The kinds that occurred, for comparison as a whole. */
export const kindsOf = ({ byKind }: Counters): Partial<Record<RequestKind, number>> =>
  Object.fromEntries(Object.entries(byKind).filter(([, count]) => count > 0));

/** How often each item's content was asked for. The address of a download names its item and nothing that varies. */
export function downloadsByItem(requests: readonly LoggedRequest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, path } of requests)
    if (kind === 'contentDownload') counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}
