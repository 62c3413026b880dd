import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from './experiments.ts';
import type { Played } from './played.ts';

export type Result = Experiment & { readonly played: Played };

/** In memory where that can be had: what is durable is decided by the model, and thousands of folders are made. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function playExperiment(experiment: Experiment): Promise<Result> {
  const parent = mkdtempSync(join(place, 'tidemark-crash-points-'));
  try {
    return { ...experiment, played: await experiment.play(join(parent, 'folder')) };
  } finally {
    rmSync(parent, { recursive: true });
  }
}
