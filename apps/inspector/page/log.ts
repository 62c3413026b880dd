/** What the page knows of the log as a whole: asked again while the log is read, and while it grows. */
import { signal } from '@preact/signals';
import type { Now, Overview } from '../src/protocol.ts';
import { ask, Refused } from './session.ts';

export const overview = signal<Overview | null>(null);
export const now = signal<Now | null>(null);
/** Why nothing can be asked any more. */
export const trouble = signal<Refused | null>(null);

/** While the log is read: soon at first, since most logs are short. */
const soonMs = 200;
const soonMost = 1500;
const laterMs = 2000;
const nowEveryMs = 2000;

export function followLog(): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nowAskedAt = -Infinity;
  let waitMs = soonMs;

  async function look(): Promise<void> {
    try {
      const known = overview.value;
      const next = await ask<Overview>('overview');
      if (!isOver) overview.value = next;
      const hasGrown = known?.last !== next.last;
      const isDue = performance.now() - nowAskedAt > nowEveryMs;
      if (nowAskedAt !== Infinity && (hasGrown || isDue)) {
        nowAskedAt = Infinity;
        void ask<Now>('now')
          .then((answer) => {
            if (!isOver) now.value = answer;
          })
          .catch(tell)
          .finally(() => {
            nowAskedAt = performance.now();
          });
      }
      if (isOver) return;
      const isStill = next.reading === null && next.source.kind === 'bundle';
      if (isStill) return;
      timer = setTimeout(() => void look(), next.reading === null ? laterMs : waitMs);
      waitMs = Math.min(waitMs * 1.5, soonMost);
    } catch (error) {
      tell(error);
    }
  }

  function tell(error: unknown): void {
    if (isOver) return;
    if (!(error instanceof Refused)) throw error;
    trouble.value = error;
  }

  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
