/** What all files of a run share, as it costs each of them the same: the simulator's certificates, and what Node compiled of the command. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Absolute path: `certificates` is a state folder of the simulator, `cache` a cache folder of the user. */
    readonly forAllFiles: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'e2e-for-all-'));
  await certificatesIn(join(folder, 'certificates'));
  project.provide('forAllFiles', folder);
  return () => rm(folder, { recursive: true, force: true });
}
