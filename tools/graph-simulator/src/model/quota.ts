import { Refusal } from './refusal.ts';

/** Bytes as Graph's `quota` shows them. */
export type Quota = {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** Held by the recycle bin. */
  readonly deletedBytes: number;
  readonly state: 'normal' | 'nearing' | 'critical' | 'exceeded';
};

export function quotaOf(totalBytes: number, usedBytes: number, deletedBytes: number): Quota {
  const share = usedBytes / totalBytes;
  const state = share >= 1 ? 'exceeded' : share >= 0.99 ? 'critical' : share >= 0.9 ? 'nearing' : 'normal';
  return { totalBytes, usedBytes, deletedBytes, state };
}

export function checkQuota(totalBytes: number, usedBytes: number, wantedBytes: number): void {
  if (usedBytes + wantedBytes > totalBytes) {
    throw new Refusal(507, 'quotaLimitReached', 'Insufficient Space Available');
  }
}
