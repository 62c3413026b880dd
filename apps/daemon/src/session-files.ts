/** Upload sessions that survive a restart: one `session_upload.…` file each, mode 0600, because the address inside is a credential. */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { asFailure, errnoOf } from '@tidemark/disk';
import type { SessionStore } from '@tidemark/graph';

/** @param onFound told of each file that holds a session to go on with. */
export function createSessionFiles(folder: string, onFound: (path: string) => void = () => {}): SessionStore {
  const pathOf = (key: string): string => {
    // The peer's names end in 16 letters and digits.
    const tag = createHash('sha256').update(key).digest('hex').slice(0, 16);
    return `${folder}/session_upload.${tag}`;
  };
  return {
    async load(key) {
      const json = await attempt('read', pathOf(key), (path) => readFile(path, 'utf8').catch(missing));
      if (json !== null) onFound(pathOf(key));
      return json;
    },
    save: (key, json) =>
      attempt('keep', pathOf(key), async (path) => {
        const temporary = `${path}.new`;
        const file = await open(temporary, 'w', 0o600);
        try {
          await file.writeFile(json);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      }),
    async remove(key) {
      try {
        await rm(pathOf(key), { force: true });
      } catch (error) {
        // A file that stays names a session that has ended, and the drive says so when it is asked.
        if (errnoOf(error) === null) throw error;
      }
    },
  };
}

/** Throws Failure when the disk refuses. */
async function attempt<Result>(
  what: 'read' | 'keep',
  path: string,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(path);
  } catch (error) {
    throw asFailure(`${what} the upload session`, path, error);
  }
}

function missing(error: unknown): null {
  if (errnoOf(error) === 'ENOENT') return null;
  throw error;
}
