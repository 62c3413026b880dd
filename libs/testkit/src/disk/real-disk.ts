/** A real disk over a fresh temporary folder. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDisk, type DiskOptions, type FolderDisk } from '@tidemark/disk';
import { createRealUser } from './real-user.ts';
import type { DiskUser } from './simulated-user.ts';

export interface RealDisk {
  readonly disk: FolderDisk;
  readonly user: DiskUser;
  /** Absolute path of the sync folder. */
  readonly root: string;
  /** Absolute path of the folder that holds it; removed at the end. */
  readonly parent: string;
  /** Closes the disk and opens another one on the same folder, as a new process would. */
  reopen(): Promise<FolderDisk>;
  dispose(): Promise<void>;
}

/** @param parent an existing folder that takes the place of a temporary one and is not removed */
export async function createRealDisk(options: Partial<DiskOptions> = {}, parent?: string): Promise<RealDisk> {
  const above = parent ?? mkdtempSync(join(tmpdir(), 'tidemark-disk-'));
  const root = options.root ?? join(above, 'root');
  for (const folder of [root, join(above, 'outside')]) mkdirSync(folder, { recursive: true });
  const open = (): FolderDisk =>
    createDisk({
      root,
      stateFolder: join(above, 'state'),
      fileMode: 0o600,
      folderMode: 0o700,
      setPermissions: true,
      reservedBytes: 0,
      clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => {} },
      random: {
        bytes: (count) => randomBytes(count),
        uuid: () => randomUUID(),
        fraction: () => Math.random(),
      },
      ...options,
    });
  let disk = open();
  await disk.root({ mark: true });
  return {
    get disk() {
      return disk;
    },
    user: createRealUser(root, () => disk.trashFolder(), join(above, 'mounted')),
    root,
    parent: above,
    async reopen() {
      await disk.close();
      disk = open();
      await disk.root({ mark: false });
      return disk;
    },
    async dispose() {
      await disk.close();
      if (parent === undefined) rmSync(above, { recursive: true });
    },
  };
}
