/** Where the trash of a profile is: which of its places is taken depends on the file system of the sync folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trashFoldersOf } from '@tidemark/disk';
import type { Profile } from './profile.ts';
import { trashState } from './profile.ts';

/** Absolute paths of those that there are. */
export const trashFolders = (profile: Profile): readonly string[] =>
  trashFoldersOf({ root: profile.settings.sync_dir, stateFolder: trashState(profile), staging: null });

/** The absolute path of what the log says of the trash; null when it is not there any more. */
export function fileInTrash(profile: Profile, trash: string): string | null {
  // A place in the recycle bin of the desktop is absolute.
  const files = trash.startsWith('/') ? [trash] : trashFolders(profile).map((folder) => join(folder, trash));
  return files.find((file) => existsSync(file)) ?? null;
}
