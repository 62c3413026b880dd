/** Whether the kernel lets us watch every folder. */
import { opendirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgementOf, type Finding } from '../finding.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('inotify');

export interface WatchLimits {
  /** Null where the kernel does not say. */
  readonly watches: number | null;
  readonly instances: number | null;
  readonly folders: number;
}

/** `isWatched`: asked of the folders in it, relative to it. */
export function watchLimitsFor(
  syncFolder: string,
  isWatched: (path: string) => boolean = () => true,
): WatchLimits {
  const watches = limit('max_user_watches');
  return {
    watches,
    instances: limit('max_user_instances'),
    folders: countFolders(syncFolder, watches ?? 1_000_000, isWatched),
  };
}

/** Every folder in scope takes one watch, of which all programs of the user share the number. */
export function judgeWatchLimits({ watches, instances, folders }: WatchLimits): Finding {
  if (watches === null) return couldNotTry('This kernel does not tell its limits');
  const wanted = Math.max(524_288, 2 ** Math.ceil(Math.log2(folders * 2)));
  const remedy = `echo fs.inotify.max_user_watches=${wanted} | sudo tee /etc/sysctl.d/40-tidemark.conf && sudo sysctl --system`;
  if (folders >= watches)
    return failed(
      `${folders} folders or more, and ${watches} can be watched: changes are seen by scans only`,
      remedy,
    );
  if (folders > watches / 2)
    return warning(`${folders} folders, and ${watches} can be watched by all programs together`, remedy);
  if (instances !== null && instances < 16)
    return warning(
      `Only ${instances} programs of this user may watch`,
      'echo fs.inotify.max_user_instances=128 | sudo tee -a /etc/sysctl.d/40-tidemark.conf && sudo sysctl --system',
    );
  return ok(`${folders} ${folders === 1 ? 'folder' : 'folders'}, and ${watches} can be watched`);
}

function limit(name: string): number | null {
  try {
    const value = Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'latin1'));
    return Number.isSafeInteger(value) && value > 0 ? value : null;
  } catch {
    return null;
  }
}

/** Stops at `max`: more makes no difference. Links are not followed, and what cannot be read is not watched either. */
function countFolders(top: string, max: number, isWatched: (path: string) => boolean): number {
  const waiting = [''];
  let count = 0;
  for (let path = waiting.pop(); path !== undefined && count < max; path = waiting.pop()) {
    try {
      using folder = opendirSync(join(top, path));
      count += 1;
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync())
        if (entry.isDirectory() && isWatched(join(path, entry.name))) waiting.push(join(path, entry.name));
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
    }
  }
  return count;
}
