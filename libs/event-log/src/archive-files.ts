/** Where archives are kept: files that are written once, each whole or not at all. */
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '@tidemark/folders';
import { syncFolder } from './witness.ts';

export interface ArchiveFiles {
  /** Durable when it resolves. Replaces what a crash has left under the name. */
  write(name: string, content: Buffer): Promise<void>;
  /** undefined: there is none. */
  read(name: string): Promise<Buffer | undefined>;
  remove(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
}

export function archiveFolder(folder: string): ArchiveFiles {
  return {
    async write(name, content) {
      makeFolders(folder, 0o700);
      const unfinished = join(folder, `${name}.new`);
      const file = await open(unfinished, 'w', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, join(folder, name));
      await syncFolder(folder);
    },
    read: (name) => readFile(join(folder, name)).catch(absent),
    remove: (name) => rm(join(folder, name), { force: true }),
    names: async () => (await readdir(folder).catch(absent)) ?? [],
  };
}

export const archivesInMemory = (kept: Map<string, Buffer>): ArchiveFiles => ({
  async write(name, content) {
    kept.set(name, content);
  },
  read: async (name) => kept.get(name),
  async remove(name) {
    kept.delete(name);
  },
  names: async () => [...kept.keys()],
});

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
