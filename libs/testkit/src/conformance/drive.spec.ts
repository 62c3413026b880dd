import { createRealDrive } from '../drive/real-drive.ts';
import { createSeededRandom } from '../random.ts';
import { createSimulatedDrive } from '../simulated-drive.ts';
import { driveConformance, type DriveHarness } from './drive.ts';

const simulated = (
  kind: DriveHarness['kind'],
  name: string,
  habits: Parameters<typeof createSimulatedDrive>[0]['habits'] = {},
): void =>
  driveConformance({
    name,
    kind,
    canRewrite: true,
    async create({ pageSize, rewritesDocuments }) {
      const rewritten = new Uint8Array(20).fill(7);
      const { drive, user } = createSimulatedDrive({
        random: createSeededRandom(1),
        kind,
        habits,
        ...(pageSize !== undefined && { pageSize }),
        faults: { alter: () => (rewritesDocuments === true ? rewritten : null) },
      });
      return { drive, user, dispose: () => drive.close() };
    },
  });

simulated('business', 'simulated business');
simulated('personal', 'simulated personal');
simulated('documentLibrary', 'simulated library');
simulated('business', 'simulated, contrary', {
  ancestors: 'omitted',
  order: 'shuffled',
  tombstones: 'topmost',
});

const real = (flavour: 'business' | 'personal' | 'library', kind: DriveHarness['kind']): void =>
  driveConformance({
    name: `Graph over HTTPS, ${flavour}`,
    kind,
    canRewrite: flavour !== 'personal',
    create: (wish) => createRealDrive({ flavour, ...wish }),
  });

real('business', 'business');
real('personal', 'personal');
real('library', 'documentLibrary');
