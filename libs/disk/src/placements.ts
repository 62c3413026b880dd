/**
 * Which file got its name from which staging key, noted right before it gets it: the process may end before that is recorded,
 * and a user may rename the file before the next look. A note is the name of an empty file. Making one takes one system
 * call, and a file system that keeps the order of names has it whenever it has the placed file.
 */
import { closeSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { isWeakId, type LocalId, localId } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { errnoOf } from './errno.ts';

export interface Placements {
  /** A weak identity is not noted: it says nothing of a file that was renamed. Throws system errors. */
  note(id: LocalId, key: string): void;
  /** Reads the notes, unless that was done. Throws system errors. */
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

export interface PlacementsOptions {
  /** `elsewhere`: another process places the files, so that there may be more notes at any moment. */
  readonly notedBy?: 'us' | 'elsewhere';
}

/** @param folder absolute path; it is made with the first note, and read when a key is first asked for */
export function openPlacements(folder: string, { notedBy = 'us' }: PlacementsOptions = {}): Placements {
  let notes: Map<LocalId, string> | null = null;
  const isChanged = notedBy === 'us' ? () => false : watchChanges(folder);
  const readNotes = createReading(folder);

  const keyOf = (id: LocalId, when: 'now' | 'soon'): string | undefined => {
    const key = (notes ??= readNotes()).get(id);
    if (key !== undefined || !isChanged(when)) return key;
    notes = readNotes();
    return notes.get(id);
  };

  return {
    note(id, key) {
      if (isWeakId(id)) return;
      const name = noteName(id, key);
      // No drive gives an item such an id. Without a note a renamed file may be there twice, and nothing is lost.
      if (name.length > nameMax) return;
      const known = (notes ??= readNotes());
      if (known.get(id) === key) return;
      forget(known, id);
      create(name);
      known.set(id, key);
      for (const oldest of known.keys()) {
        if (known.size <= placementsMax) break;
        forget(known, oldest);
      }
    },
    read() {
      if (isChanged('now')) notes = null;
      notes ??= readNotes();
    },
    keyOf: (id) => keyOf(id, 'soon'),
    notedAt(id) {
      // The note was made a moment ago, and a file that seems to be the user's costs a look.
      const key = keyOf(id, 'now');
      if (key === undefined) return null;
      return statSync(`${folder}/${noteName(id, key)}`, { throwIfNoEntry: false })?.mtimeMs ?? null;
    },
  };

  function create(name: string): void {
    try {
      closeSync(openSync(`${folder}/${name}`, 'w', 0o600));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      makeFolders(folder, 0o700);
      closeSync(openSync(`${folder}/${name}`, 'w', 0o600));
    }
  }

  function forget(known: Map<LocalId, string>, id: LocalId): void {
    const key = known.get(id);
    if (key === undefined) return;
    known.delete(id);
    try {
      unlinkSync(`${folder}/${noteName(id, key)}`);
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

/** Two words without a space or a slash. */
const noteName = (id: LocalId, key: string): string => `${encodeURIComponent(id)} ${encodeURIComponent(key)}`;

/** There may be a thousand notes, of which one is new. */
function createReading(folder: string): () => Map<LocalId, string> {
  let read = new Map<string, readonly [LocalId, string] | null>();
  return () => {
    const names = namesIn(folder);
    read = new Map(names.map((name) => [name, read.get(name) ?? noteIn(name)]));
    return new Map([...read.values()].filter((note) => note !== null));
  };
}

function noteIn(name: string): readonly [LocalId, string] | null {
  const [id, key, ...others] = name.split(' ').map(decoded);
  return id != null && key != null && others.length === 0 ? [localId(id), key] : null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Null for what no note is called. */
function decoded(word: string): string | null {
  try {
    return decodeURIComponent(word);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
