/** What tells a workspace inside a tree from a folder that a user gave the same name: the note that it holds. */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { errnoOf } from './errno.ts';
import { isFile } from './identity.ts';
import { openFolder, openToFill } from './open-flags.ts';

export const ownerNote = 'owner';

const ours = 'Tidemark keeps files here that are on their way in, and its trash.\n';

/** Earlier versions wrote the mark of the sync folder. */
const isOurs = (text: string): boolean => text === ours || /^[0-9a-f]{32}$/.test(text);

/** Whose note is in the folder. Torn: an earlier process came no further. */
export function ownerIn(folder: string): 'us' | 'torn' | 'nobody' | 'another' {
  const text = noteIn(folder);
  if (text === null) return 'nobody';
  if (isOurs(text)) return 'us';
  return ours.startsWith(text) ? 'torn' : 'another';
}

/**
 * Durable before anything else comes into the folder: it would be there after a power cut, and the folder would pass for another
 * program's.
 */
export function writeOwnerNote(folder: string): void {
  using file = opened(`${folder}/${ownerNote}`, openToFill);
  ftruncateSync(file.fd);
  writeFileSync(file.fd, ours);
  fsyncSync(file.fd);
  using above = opened(folder, openFolder);
  try {
    fsyncSync(above.fd);
  } catch (error) {
    // Some file systems have no fsync for folders: there is nothing to wait for.
    if (errnoOf(error) !== 'EINVAL') throw error;
  }
}

function opened(path: string, flags: number): Disposable & { readonly fd: number } {
  const fd = openSync(path, flags, 0o600);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

function noteIn(folder: string): string | null {
  try {
    const file = `${folder}/${ownerNote}`;
    const stats = lstatSync(file, { bigint: true });
    return isFile(stats) && stats.size < 100n ? readFileSync(file, 'latin1') : null;
  } catch (error) {
    // A disk that fails says nothing of whose folder it is.
    if (errnoOf(error) === null || errnoOf(error) === 'EIO') throw error;
    return null;
  }
}
