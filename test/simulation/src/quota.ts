/** The quota of the drive: how many bytes it takes in all, while it has one. What is in the recycle bin does not count. */
import type { SeededRandom, SimulatedDrive } from '@tidemark/testkit';

export interface Quota {
  /** The drive takes no more than it holds and a few bytes; or any number again. Says which. */
  change(): string;
  /** The drive takes no more than it holds and `spareBytes`. */
  limit(spareBytes: number): void;
  /** It takes any number again. */
  end(): void;
  /** Bytes that fit. */
  freeBytes(): number;
}

/** Contents have a few bytes each: one or two of them may fit. */
const spareBytesMax = 12;

export function createQuota(random: SeededRandom, drive: () => Pick<SimulatedDrive, 'user'>): Quota {
  let totalBytes = Infinity;
  const usedBytes = (): number =>
    [...drive().user.tree().values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const quota: Quota = {
    change() {
      if (totalBytes < Infinity) {
        quota.end();
        return 'the drive has space again';
      }
      const spare = random.below(spareBytesMax);
      quota.limit(spare);
      return `the drive has space for ${spare} bytes more`;
    },
    limit: (spareBytes) => void (totalBytes = usedBytes() + spareBytes),
    end: () => void (totalBytes = Infinity),
    freeBytes: () => (totalBytes === Infinity ? Infinity : totalBytes - usedBytes()),
  };
  return quota;
}
