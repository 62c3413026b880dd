/** How full the trash and the log are, of what the settings allow. */
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logFolder, type Profile, trashFolders } from '@tidemark/daemon';
import { errnoOf } from '@tidemark/disk';
import type { Room } from '@tidemark/inspector';

const MEBIBYTE = 1_048_576;
/** To measure more takes too long for a page that asks now and then. */
const filesMax = 100_000;

/** Throws system errors of what cannot be read. */
export async function roomOf(profile: Profile): Promise<Room> {
  const { trash_size: trashMebibytes, log_max_size: logBytes } = profile.settings;
  return {
    trash: { ...(await sizeOf(trashFolders(profile))), of: trashMebibytes * MEBIBYTE },
    log: { ...(await sizeOf([logFolder(profile)])), of: logBytes },
  };
}

/** Of the files in the folders, however deep. `isPart`: there are more than were measured. */
async function sizeOf(
  folders: readonly string[],
): Promise<{ readonly bytes: number; readonly isPart: boolean }> {
  let bytes = 0;
  let files = 0;
  for (const folder of folders)
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (!entry.isFile()) continue;
      if (files === filesMax) return { bytes, isPart: true };
      files += 1;
      bytes += await sizeIfThere(join(entry.parentPath, entry.name));
    }
  return { bytes, isPart: false };
}

/** What was removed meanwhile takes no room. */
async function sizeIfThere(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
