/** Which process holds a lock on a file, as the kernel tells it: without opening the file, which could be in its way. */
import { readFileSync, statSync } from 'node:fs';

/** Process id, or null when no process holds it, there is no such file, or it cannot be told. */
export function lockHolder(path: string): number | null {
  try {
    const { ino } = statSync(path);
    // `1: POSIX  ADVISORY  WRITE 4711 fd:01:131090 0 EOF`
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      const [, pid, inode] = /\b(?:READ|WRITE)\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line) ?? [];
      if (Number(inode) === ino) return Number(pid);
    }
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
