/** Limits of the system that a run which watches lives with, as the kernel writes them. */
import { readFileSync } from 'node:fs';

export interface SystemLimits {
  readonly openFilesSoft: string;
  readonly openFilesHard: string;
  readonly userWatches: string;
}

/** null where the kernel does not tell. */
export function systemLimits(): SystemLimits | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, openFilesSoft, openFilesHard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
    const userWatches = readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8').trim();
    if (openFilesSoft === undefined || openFilesHard === undefined) return null;
    return { openFilesSoft, openFilesHard, userWatches };
  } catch {
    return null;
  }
}
