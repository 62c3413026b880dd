import { createRealDisk } from '../disk/real-disk.ts';
import { createSimulatedDisk } from '../simulated-disk.ts';
import { diskConformance } from './disk.ts';

diskConformance({ name: 'real folder', create: () => createRealDisk() });
diskConformance({
  name: 'real folder without renameat2',
  create: () => createRealDisk({ exchange: 'never' }),
});
diskConformance({
  name: 'simulated',
  async create() {
    const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
    const { disk, user } = createSimulatedDisk({ random });
    await disk.root({ create: true });
    return { disk, user, dispose: () => disk.close() };
  },
});
