import { Refusal } from './refusal.ts';
import type { SimulatedItem } from './simulated-item.ts';

/** Bytes as Graph's `quota` shows them. */
export type Quota = {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** Held by the recycle bin. */
  readonly deletedBytes: number;
  readonly state: 'normal' | 'nearing' | 'critical' | 'exceeded';
};

/** The space of one drive: files and their older versions, in use or in the recycle bin. */
export class DriveSpace {
  totalBytes: number;
  #usedBytes = 0;
  #recycledBytes = 0;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  /** @throws Refusal 507 */
  check(wantedBytes: number): void {
    if (this.#usedBytes + wantedBytes > this.totalBytes) {
      throw new Refusal(507, 'quotaLimitReached', 'Insufficient Space Available');
    }
  }

  use(bytes: number): void {
    this.#usedBytes += bytes;
  }

  recycle(item: SimulatedItem): void {
    this.#usedBytes -= heldBytes(item);
    this.#recycledBytes += heldBytes(item);
  }

  restore(item: SimulatedItem): void {
    this.#usedBytes += heldBytes(item);
    this.#recycledBytes -= heldBytes(item);
  }

  purge(item: SimulatedItem): void {
    this.#recycledBytes -= heldBytes(item);
  }

  quota(): Quota {
    const share = this.#usedBytes / this.totalBytes;
    const state = share >= 1 ? 'exceeded' : share >= 0.99 ? 'critical' : share >= 0.9 ? 'nearing' : 'normal';
    return {
      totalBytes: this.totalBytes,
      usedBytes: this.#usedBytes,
      deletedBytes: this.#recycledBytes,
      state,
    };
  }
}

function heldBytes(item: SimulatedItem): number {
  return item.kind === 'file' ? item.sizeBytes + item.olderVersionsBytes : 0;
}
