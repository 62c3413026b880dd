/**
 * fsync of folders, shared: whoever asks while one runs gets the next, so that sixteen files placed at once into one
 * folder cost two.
 */
import { fdatasync, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from './errno.ts';

export const flushFile: (fd: number) => Promise<void> = promisify(fdatasync);
const flushFolder = promisify(fsync);

export interface FolderFlush {
  /** Resolves when everything done in the folder before the call is durable. The descriptor must stay open meanwhile. */
  flush(folder: { readonly fd: number; readonly dev: bigint; readonly ino: bigint }): Promise<void>;
}

export function createFolderFlush(): FolderFlush {
  const queues = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();
  return {
    flush(folder) {
      const key = `${folder.dev}/${folder.ino}`;
      const queue = queues.get(key);
      if (queue === undefined) {
        const running = run(folder.fd).finally(() => {
          if (queues.get(key)?.next === null) queues.delete(key);
        });
        queues.set(key, { running, next: null });
        return running;
      }
      queue.next ??= queue.running
        .catch(() => {
          // Told to those who waited for it; whoever waits for the next one hears of the next one.
        })
        .then(() => {
          queues.delete(key);
          return this.flush(folder);
        });
      return queue.next;
    },
  };
}

async function run(fd: number): Promise<void> {
  try {
    await flushFolder(fd);
  } catch (error) {
    // Some file systems have no fsync for folders and say so with EINVAL: there is nothing to wait for.
    if (errnoOf(error) !== 'EINVAL') throw error;
  }
}
