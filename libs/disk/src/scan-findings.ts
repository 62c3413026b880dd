/** What one scan finds beside rows: folders that it does not know the inside of, and oddities. */
import type { LocalId, LocalOddity } from '@tidemark/contracts';
import { escaped } from './quoted.ts';

export interface Findings {
  /** What is in these is unknown, never gone. */
  readonly unreadable: Set<LocalId>;
  /** Each once, however often it is met. */
  readonly oddities: ReadonlyMap<string, LocalOddity>;
  odd(oddity: LocalOddity): void;
  /** The inside of a folder is unknown, and people are told why. */
  doubt(id: LocalId, path: string, why: string): void;
}

export function createFindings(): Findings {
  const unreadable = new Set<LocalId>();
  const oddities = new Map<string, LocalOddity>();
  const odd = (oddity: LocalOddity): void => void oddities.set(`${oddity.code}/${oddity.path}`, oddity);
  return {
    unreadable,
    oddities,
    odd,
    doubt(id, path, why) {
      unreadable.add(id);
      odd({ path: escaped(path), code: 'unreadable', detail: why });
    },
  };
}
