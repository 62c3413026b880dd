/** Every version that a user saved, and which of them its user gave up. The client never sees it. */
import { quickXorHash } from '@tidemark/quickxor';

export type Ledger = {
  /** A content that nobody has saved before. */
  readonly next: (by: 'disk' | 'drive', sizeBytes: number) => string;
  /** It lies where a user wrote it. */
  readonly saved: (content: string | Uint8Array) => void;
  /** The user of the disk overwrote or deleted it there, and meant it: the client may never have seen it. */
  readonly givenUp: (content: string | Uint8Array) => void;
  /** Versions that must be found somewhere. */
  readonly wanted: () => readonly Version[];
  /** What a user called the version of this hash; undefined when no user made it. */
  readonly nameOf: (hash: string) => string | undefined;
  readonly count: () => number;
};

export type Version = { readonly hash: string; readonly name: string };

export function createLedger(): Ledger {
  const names = new Map<string, string>();
  const wanted = new Set<string>();
  let made = 0;
  return {
    next(by, sizeBytes) {
      made += 1;
      return `version ${made} of ${by}\n`.padEnd(sizeBytes, `filling ${made} `);
    },
    saved(content) {
      const hash = hashOf(content);
      names.set(hash, firstLineOf(content));
      wanted.add(hash);
    },
    givenUp: (content) => void wanted.delete(hashOf(content)),
    wanted: () => [...wanted].map((hash) => ({ hash, name: names.get(hash) ?? hash })),
    nameOf: (hash) => names.get(hash),
    count: () => names.size,
  };
}

export const hashOf = (content: string | Uint8Array): string =>
  quickXorHash(typeof content === 'string' ? new TextEncoder().encode(content) : content);

function firstLineOf(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  const [line = ''] = bytes.subarray(0, 60).toString().split('\n');
  return `"${line}" (${bytes.length} bytes)`;
}
