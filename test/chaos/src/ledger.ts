/** Every version that a user saved, and which of them its user gave up. The client never sees it. */
import { quickXorHash } from '@tidemark/quickxor';

export type Ledger = {
  /** A content that nobody has saved before. */
  readonly next: (by: 'disk' | 'drive', sizeBytes: number) => string;
  /** It lies where a user wrote it. Unflushed: a power cut may take it away, and that is the user's own loss. */
  readonly saved: (content: Content, how?: 'flushed' | 'unflushed') => void;
  /** The user of the disk overwrote or deleted it there, and meant it: the client may never have seen it. */
  readonly givenUp: (content: Content) => void;
  /** The user of the drive overwrote or deleted it there, and the service keeps it. */
  readonly replacedOnline: (hash: string) => void;
  /**
   * It was renamed over another file on the disk, or moved on the drive. When both happen it belongs in two places: it is the other
   * file's new content, and the file that was moved.
   */
  readonly moved: (how: 'over another file' | 'online', hash: string) => void;
  /** The drive's user put it there. */
  readonly placedOnline: (hash: string, path: string) => void;
  /**
   * The user of the disk deleted the folder with all that is in it. The service deletes it as a whole, with what the drive's user saves
   * in it or moves into it just then: that is in the recycle bin.
   */
  readonly folderDeleted: (path: string) => void;
  /** What the users did before is settled. */
  readonly beginCycle: () => void;
  readonly belongsTwice: (hash: string) => boolean;
  /** The power was cut, and this is left. */
  readonly powerCut: (left: LeftByCut) => void;
  /** Versions that must be found somewhere. */
  readonly wanted: () => readonly Version[];
  /** Those that no user replaced or deleted on either side: they must be in both trees. */
  readonly current: () => readonly Version[];
  readonly isUnflushed: (hash: string) => boolean;
  /** What a user called the version of this hash; undefined when no user made it. */
  readonly nameOf: (hash: string) => string | undefined;
  readonly count: () => number;
};

export type Content = string | Uint8Array;
export type Version = { readonly hash: string; readonly name: string };
export type LeftByCut = {
  /** Contents of files in the sync folder and on the drive: also those that came back. */
  readonly inTrees: Iterable<string>;
  /** Contents anywhere. */
  readonly anywhere: ReadonlySet<string>;
  /** Contents that are a part of what a program wrote and never flushed. */
  readonly torn: Iterable<string>;
};

export function createLedger(): Ledger {
  const names = new Map<string, string>();
  const wanted = new Set<string>();
  const current = new Set<string>();
  const unflushed = new Set<string>();
  const moved = { 'over another file': new Set<string>(), online: new Set<string>() };
  const placedOnline = new Map<string, string>();
  const deletedFolders: string[] = [];
  let made = 0;
  const forget = (hash: string): void => {
    wanted.delete(hash);
    current.delete(hash);
  };
  const versionsOf = (hashes: ReadonlySet<string>): Version[] =>
    [...hashes].map((hash) => ({ hash, name: names.get(hash) ?? hash }));
  return {
    next(by, sizeBytes) {
      made += 1;
      return `version ${made} of ${by}\n`.padEnd(sizeBytes, `filling ${made} `);
    },
    saved(content, how = 'flushed') {
      const hash = hashOf(content);
      names.set(hash, firstLineOf(content));
      wanted.add(hash);
      current.add(hash);
      if (how === 'unflushed') unflushed.add(hash);
    },
    givenUp: (content) => forget(hashOf(content)),
    replacedOnline: (hash) => void current.delete(hash),
    moved: (how, hash) => void moved[how].add(hash),
    placedOnline: (hash, path) => void placedOnline.set(hash, path),
    folderDeleted: (path) => void deletedFolders.push(path),
    beginCycle() {
      moved['over another file'].clear();
      moved.online.clear();
      placedOnline.clear();
      deletedFolders.length = 0;
    },
    belongsTwice: (hash) => moved['over another file'].has(hash) && moved.online.has(hash),
    powerCut({ inTrees, anywhere, torn }) {
      for (const hash of torn) names.set(hash, 'torn by a power cut');
      for (const hash of inTrees) if (names.has(hash)) wanted.add(hash);
      for (const hash of unflushed) if (!anywhere.has(hash)) forget(hash);
    },
    wanted: () => versionsOf(wanted),
    current() {
      for (const [hash, to] of placedOnline)
        if (deletedFolders.some((folder) => to.startsWith(`${folder}/`))) current.delete(hash);
      return versionsOf(current);
    },
    isUnflushed: (hash) => unflushed.has(hash),
    nameOf: (hash) => names.get(hash),
    count: () => names.size,
  };
}

export const hashOf = (content: Content): string =>
  quickXorHash(typeof content === 'string' ? new TextEncoder().encode(content) : content);

function firstLineOf(content: Content): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  const [line = ''] = bytes.subarray(0, 60).toString().split('\n');
  return `"${line}" (${bytes.length} bytes)`;
}
