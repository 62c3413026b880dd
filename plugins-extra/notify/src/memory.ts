/** What was sent, from run to run. */
import { type Store, z } from '@tidemark/plugin-sdk';

const sentMax = 100;

export async function createMemory(
  store: Store,
  { atMostPerHour, repeatHours }: { readonly atMostPerHour: number; readonly repeatHours: number },
) {
  const stored = z.record(z.string(), z.number()).safeParse(await store.get('sent'));
  const sentAt = new Map(Object.entries(stored.data ?? {}));
  let leftOut = 0;
  return {
    /** How many were left out since the last one that was sent; null when this one is left out as well. */
    admit(text: string, now: number): number | null {
      const isWithin = (hours: number, at = -Infinity): boolean => now - at < hours * 3_600_000;
      if (isWithin(repeatHours, sentAt.get(keyOf(text)))) return null;
      if ([...sentAt.values()].filter((at) => isWithin(1, at)).length < atMostPerHour) return leftOut;
      leftOut += 1;
      return null;
    },
    async keep(text: string, now: number): Promise<void> {
      leftOut = 0;
      sentAt.delete(keyOf(text));
      sentAt.set(keyOf(text), now);
      for (const key of [...sentAt.keys()].slice(0, -sentMax)) sentAt.delete(key);
      await store.set('sent', Object.fromEntries(sentAt));
    },
  };
}

const keyOf = (text: string): string => text.slice(0, 150);
