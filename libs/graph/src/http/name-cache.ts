/**
 * Addresses of hosts, kept for a while: many connections to one host then ask the resolver once. What it refuses is asked again
 * by the next connection.
 */
import {
  lookup as askResolver,
  type LookupAddress,
  type LookupAllOptions,
  type LookupOptions,
} from 'node:dns';
import type { LookupFunction } from 'node:net';

export interface NameCacheOptions {
  /** How long an answer holds. Milliseconds; 0: for the one connection that asked. */
  readonly keepMs: number;
  /** Milliseconds from an arbitrary start. */
  readonly now: () => number;
  /** Told each time when the resolver is asked. */
  readonly onAsked?: ((name: string) => void) | undefined;
  readonly ask?: (name: string, options: LookupAllOptions) => Promise<readonly LookupAddress[]>;
}

export function createNameCache(options: NameCacheOptions): LookupFunction {
  const { keepMs, now, onAsked, ask = askSystem } = options;
  const kept = new Map<string, { readonly until: number; readonly answer: ReturnType<typeof ask> }>();

  async function addressesOf(name: string, wish: LookupOptions): ReturnType<typeof ask> {
    const key = `${name} ${wish.family ?? 0} ${wish.hints ?? 0}`;
    const known = kept.get(key);
    if (known !== undefined && now() < known.until) return known.answer;
    onAsked?.(name);
    const answer = ask(name, { ...wish, all: true });
    if (keepMs > 0) {
      kept.set(key, { until: now() + keepMs, answer });
      answer.catch(() => kept.delete(key));
    }
    return answer;
  }

  return (name, wish, answered) => {
    addressesOf(name, wish).then(
      (addresses) => {
        const [first] = addresses;
        if (wish.all === true) answered(null, [...addresses]);
        else answered(null, first?.address ?? '', first?.family ?? 4);
      },
      (error: NodeJS.ErrnoException) => answered(error, ''),
    );
  };
}

const askSystem = (name: string, options: LookupAllOptions): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) => {
    askResolver(name, options, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
