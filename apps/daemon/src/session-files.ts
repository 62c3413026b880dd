/** Upload sessions that survive a restart: one `session_upload.…` file each, mode 0600, because the address inside is a credential. */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { SessionStore } from '@tidemark/graph';

export function createSessionFiles(folder: string): SessionStore {
  const pathOf = (key: string): string => {
    // The peer's names end in 16 letters and digits.
    const tag = createHash('sha256').update(key).digest('hex').slice(0, 16);
    return `${folder}/session_upload.${tag}`;
  };
  return {
    async load(key) {
      try {
        return await readFile(pathOf(key), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async save(key, json) {
      const path = pathOf(key);
      const temporary = `${path}.new`;
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(json);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
