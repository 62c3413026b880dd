/**
 * What the last look found out about the way through the sync folder, for other processes that work in it: where links lead that
 * are followed, and what is expected to be mounted where. Without it they would follow no link, and write into a folder over which
 * something is usually mounted (I-23, docs/adr/0007-several-processes-in-one-folder.md).
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NestedMount } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { asFailure, errnoOf } from './errno.ts';
import type { FollowedLink } from './links.ts';
import type { Mounts } from './nested-mounts.ts';

export interface SharedLooks {
  /** Called by the process that looks, whenever it may know more. Throws Failure. */
  tell(mounts: Mounts): void;
  /** Called by the others before they go anywhere. Returns whether there is something new. Throws Failure. */
  hear(mounts: Mounts): boolean;
}

/** @param file absolute path */
export function createSharedLooks(file: string): SharedLooks {
  let told = '';
  let heard = '';
  return {
    tell(mounts) {
      const text = JSON.stringify(wordsFor(mounts));
      if (text === told) return;
      try {
        makeFolders(dirname(file), 0o700);
        writeFileSync(`${file}.new`, text, { mode: 0o600 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        throw asFailure('keep what a look found, in', file, error);
      }
      told = text;
    },
    hear(mounts) {
      try {
        const { ino, mtimeNs, size } = statSync(file, { bigint: true });
        const version = `${ino} ${mtimeNs} ${size}`;
        if (version === heard) return false;
        const words = wordsIn(readFileSync(file, 'utf8'));
        heard = version;
        if (words === null) return false;
        const { expected, links } = words;
        mounts.expected = expected === null ? null : new Map(expected.map((mount) => [mount.path, mount]));
        mounts.links.clear();
        for (const [path, { dev, ino: inode, ...link }] of links)
          mounts.links.set(path, { ...link, dev: BigInt(dev), ino: BigInt(inode) });
        return true;
      } catch (error) {
        // No look yet.
        if (errnoOf(error) === 'ENOENT') return false;
        throw asFailure('read what a look found, in', file, error);
      }
    },
  };
}

/** As it is written. It is our own file, in our own folder. */
interface Words {
  readonly expected: readonly NestedMount[] | null;
  /** Only to be told anew when they change: each process asks the system itself. */
  readonly points: readonly string[];
  readonly links: readonly (readonly [
    string,
    Omit<FollowedLink, 'dev' | 'ino'> & { readonly dev: string; readonly ino: string },
  ])[];
}

/** Null for what a power cut left: nothing is flushed, since the next look tells all of it again. */
function wordsIn(text: string): Words | null {
  try {
    return JSON.parse(text) as Words;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const wordsFor = ({ expected, points, links }: Mounts): Words => ({
  expected: expected === null ? null : [...expected.values()],
  points: [...points].toSorted(),
  // What is followed was resolved with figures of its target, which are of that moment.
  links: [...links].map(([path, { kind, target, mount, dev, ino }]) => [
    path,
    { kind, target, mount, dev: `${dev}`, ino: `${ino}` },
  ]),
});
