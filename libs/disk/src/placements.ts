/**
 * Which file got its name from which staging key, noted right before it gets it: the process may end before that is recorded,
 * and a user may rename the file before the next look. A note is a symbolic link: its name is the file's identity, and its target
 * is the key. Making one takes one system call, asking for one does as well, and a file system that keeps the order of names has
 * it whenever it has the placed file.
 */
import { lstatSync, readdirSync, readlinkSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { isWeakId, type LocalId, localId } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { errnoOf } from './errno.ts';

export interface Placements {
  /** A weak identity is not noted: it says nothing of a file that was renamed. Throws system errors. */
  note(id: LocalId, key: string): void;
  /** Reads which notes there are, unless that was done. Throws system errors. */
  read(): void;
  /** The key of the file with that identity, while it is remembered. Throws system errors. */
  keyOf(id: LocalId): string | undefined;
  /** When the note of that file was made, in milliseconds since 1970; null without one. Throws system errors. */
  notedAt(id: LocalId): number | null;
}

/** More than are ever placed before the first of them is recorded. */
export const placementsMax = 1024;
/** Of most file systems, in bytes. */
const nameMax = 255;
/** Of Linux, in bytes. */
const targetMax = 4095;

export interface PlacementsOptions {
  /** `elsewhere`: another process places the files, so that there may be more notes at any moment. */
  readonly notedBy?: 'us' | 'elsewhere';
}

/** @param folder absolute path; it is made with the first note, and read when a key is first asked for */
export function openPlacements(folder: string, { notedBy = 'us' }: PlacementsOptions = {}): Placements {
  let notes: Set<LocalId> | null = null;
  const isChanged = notedBy === 'us' ? () => false : watchChanges(folder);

  return {
    note(id, key) {
      if (isWeakId(id)) return;
      const [name, target] = [encodeURIComponent(id), encodeURIComponent(key)];
      // No drive gives an item such an id. Without a note a renamed file may be there twice, and nothing is lost.
      if (name.length > nameMax || target.length > targetMax) return;
      const known = (notes ??= readNotes(folder));
      if (known.has(id) && keyIn(id) === key) return;
      forget(known, id);
      if (!create(name, target)) return;
      known.add(id);
      for (const oldest of known) {
        if (known.size <= placementsMax) break;
        forget(known, oldest);
      }
    },
    read() {
      if (isChanged('now')) notes = null;
      notes ??= readNotes(folder);
    },
    keyOf(id) {
      if ((notes ??= readNotes(folder)).has(id)) return keyIn(id);
      if (!isChanged('soon')) return undefined;
      notes = readNotes(folder);
      return notes.has(id) ? keyIn(id) : undefined;
    },
    // The note was made a moment ago, and a file that seems to be the user's costs a look: it is asked for alone.
    notedAt: (id) => lstatSync(pathOf(id), { throwIfNoEntry: false })?.mtimeMs ?? null,
  };

  function pathOf(id: LocalId): string {
    return `${folder}/${encodeURIComponent(id)}`;
  }

  /** False: that file system has no such links, and a renamed file may be there twice. */
  function create(name: string, target: string): boolean {
    try {
      symlinkSync(target, `${folder}/${name}`);
    } catch (error) {
      if (errnoOf(error) === 'EPERM') return false;
      if (errnoOf(error) !== 'ENOENT') throw error;
      makeFolders(folder, 0o700);
      symlinkSync(target, `${folder}/${name}`);
    }
    return true;
  }

  /** Undefined: it is not there any more, or is no note. */
  function keyIn(id: LocalId): string | undefined {
    try {
      return decoded(readlinkSync(pathOf(id))) ?? undefined;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EINVAL') throw error;
      return undefined;
    }
  }

  function forget(known: Set<LocalId>, id: LocalId): void {
    if (!known.delete(id)) return;
    try {
      unlinkSync(pathOf(id));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** A long look asks for each row. */
const soonMs = 50;
/** Times of file systems are no finer than this: what was written right after a look at them may have the same one. */
const coarseMs = 20;

/** Whether names came into the folder since it was last asked. `soon`: it may be told a moment later. */
function watchChanges(folder: string): (when: 'now' | 'soon') => boolean {
  let seen = '';
  let askedAt = -Infinity;
  return (when) => {
    if (when === 'soon' && performance.now() - askedAt < soonMs) return false;
    askedAt = performance.now();
    const stats = statSync(folder, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return false;
    const now = `${stats.ino} ${stats.mtimeNs}`;
    if (now === seen) return false;
    seen = Date.now() - Number(stats.mtimeNs / 1_000_000n) < coarseMs ? '' : now;
    return true;
  };
}

function readNotes(folder: string): Set<LocalId> {
  try {
    const ids = readdirSync(folder).map(decoded);
    return new Set(ids.filter((id) => id !== null).map(localId));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return new Set();
    throw error;
  }
}

/** Null for what no note says. */
function decoded(word: string): string | null {
  try {
    return decodeURIComponent(word);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
