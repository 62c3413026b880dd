/** Download URLs that came with listings: they save a request per file. Credentials, so in memory only, few and young. */
import type { Clock, DriveItemId } from '@tidemark/contracts';

export interface DownloadUrls {
  keep(id: DriveItemId, url: string): void;
  /** Each is handed out once. */
  take(id: DriveItemId): string | undefined;
  readonly size: number;
}

export interface DownloadUrlLimits {
  readonly countMax: number;
  readonly ageMaxMs: number;
}

/** Microsoft's pages say "a few minutes" and "1 hour"; an expired one costs one more request. */
export const defaultDownloadUrlLimits: DownloadUrlLimits = { countMax: 20_000, ageMaxMs: 30 * 60_000 };

export function createDownloadUrls(
  clock: Clock,
  limits: DownloadUrlLimits = defaultDownloadUrlLimits,
): DownloadUrls {
  const kept = new Map<DriveItemId, { readonly url: string; readonly at: number }>();
  return {
    keep: (id, url) => {
      kept.delete(id);
      kept.set(id, { url, at: clock.monotonic() });
      if (kept.size <= limits.countMax) return;
      const oldest = kept.keys().next();
      if (oldest.done !== true) kept.delete(oldest.value);
    },
    take: (id) => {
      const entry = kept.get(id);
      if (entry === undefined) return undefined;
      kept.delete(id);
      return clock.monotonic() - entry.at > limits.ageMaxMs ? undefined : entry.url;
    },
    get size() {
      return kept.size;
    },
  };
}
