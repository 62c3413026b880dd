import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealDisk } from '../disk/real-disk.ts';
import { createSimulatedDisk } from '../simulated-disk.ts';
import { diskConformance } from './disk.ts';
import type { DiskUnderTest } from './disk-harness.ts';

/** What lies in the bin is in the trash under its absolute path. */
async function withRecycleBin(above: string): Promise<DiskUnderTest> {
  const recycleBin = mkdtempSync(join(above, 'tidemark-bin-'));
  const { disk, user, dispose } = await createRealDisk({ recycleBin });
  const files = join(recycleBin, 'files');
  mkdirSync(files);
  const binContents = (): [string, Uint8Array][] =>
    readdirSync(files).map((name) => [join(files, name), new Uint8Array(readFileSync(join(files, name)))]);
  return {
    disk,
    user: { ...user, trashContents: () => new Map([...user.trashContents(), ...binContents()]) },
    async dispose() {
      await dispose();
      rmSync(recycleBin, { recursive: true });
    },
  };
}

diskConformance({ name: 'real folder', create: () => createRealDisk() });
diskConformance({
  name: 'real folder without renameat2',
  create: () => createRealDisk({ exchange: 'never' }),
});
for (const [where, above] of [
  ['on its file system', tmpdir()],
  // A file system of its own wherever there is one; `recycle-bin.spec.ts` of the disk insists on it.
  ['in memory', '/dev/shm'],
] as const)
  diskConformance({ name: `real folder with a recycle bin ${where}`, create: () => withRecycleBin(above) });
diskConformance({
  name: 'simulated',
  async create() {
    const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
    const { disk, user } = createSimulatedDisk({ random });
    await disk.root({ mark: true });
    return { disk, user, dispose: () => disk.close() };
  },
});
