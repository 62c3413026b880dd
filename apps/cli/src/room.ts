/** How full the trash and the log are, of what the settings allow. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logFolder, type Profile, trashState } from '@tidemark/daemon';
import type { Filling } from '@tidemark/inspector';

const MEBIBYTE = 1_048_576;
/** A trash of more files than these is measured in part. */
const filesMax = 100_000;

export async function roomOf(profile: Profile): Promise<{ readonly trash: Filling; readonly log: Filling }> {
  const { trash_size: trashMebibytes, log_max_size: logBytes } = profile.settings;
  return {
    trash: { bytes: await sizeOf(join(trashState(profile), 'trash')), of: trashMebibytes * MEBIBYTE },
    log: { bytes: await sizeOf(logFolder(profile)), of: logBytes },
  };
}

/** 0 for a folder that is not there. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries.slice(0, filesMax)) {
    if (!entry.isFile()) continue;
    sum += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return sum;
}
