/**
 * Which file got its name from which staging key, noted right before it gets it: the process may end before that is recorded,
 * and a user may rename the file before the next look. A note is the name of an empty file. Making one takes one system
 * call, and a file system that keeps the order of names has it whenever it has the placed file.
 */
import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs';
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
}

/** More than are ever placed before the first of them is recorded. */
export const placementsMax = 1024;
/** Of most file systems, in bytes. */
const nameMax = 255;

/** @param folder absolute path; it is made with the first note, and read when a key is first asked for */
export function openPlacements(folder: string): Placements {
  let notes: Map<LocalId, string> | null = null;

  return {
    note(id, key) {
      if (isWeakId(id)) return;
      const name = noteName(id, key);
      // No drive gives an item such an id. Without a note a renamed file may be there twice, and nothing is lost.
      if (name.length > nameMax) return;
      const known = (notes ??= readNotes(folder));
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
      notes ??= readNotes(folder);
    },
    keyOf: (id) => (notes ??= readNotes(folder)).get(id),
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

/** Two words without a space or a slash. */
const noteName = (id: LocalId, key: string): string => `${encodeURIComponent(id)} ${encodeURIComponent(key)}`;

function readNotes(folder: string): Map<LocalId, string> {
  const notes = new Map<LocalId, string>();
  for (const name of namesIn(folder)) {
    const [id, key, ...others] = name.split(' ').map(decoded);
    if (id != null && key != null && others.length === 0) notes.set(localId(id), key);
  }
  return notes;
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
