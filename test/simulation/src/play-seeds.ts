/** Seeds, one after the other or spread over threads, and told in their order. */
import { Worker } from 'node:worker_threads';
import type { FaultName } from './faults.ts';
import { simulate, type SimulationReport } from './simulate.ts';

export interface SeedsOptions {
  readonly first: number;
  readonly count: number;
  readonly also: readonly FaultName[];
  readonly watch: 'ends' | 'everyMoment';
  /** A plugin changes content in each of them. */
  readonly changesContent?: boolean;
  /** Plays each a second time. */
  readonly twice: boolean;
}

export interface SeedResult extends SimulationReport {
  /** Null when it was played once. */
  readonly isSameTwice: boolean | null;
}

/** What one thread plays: every `step`th seed from `start` on. */
export interface ThreadTask {
  readonly options: SeedsOptions;
  readonly start: number;
  readonly step: number;
}

export async function playSeed(
  seed: number,
  { also, watch, twice, changesContent = false }: SeedsOptions,
  onLine?: (line: string) => void,
): Promise<SeedResult> {
  const swarm = { changesContent };
  const report = await simulate(seed, { ...(onLine !== undefined && { onLine }), also, watch, swarm });
  const again = twice ? await simulate(seed, { also, swarm }) : null;
  return { ...report, isSameTwice: again === null ? null : again.hash === report.hash };
}

/** @param threads 1: in this one */
export async function* playSeeds(
  options: SeedsOptions,
  threads: number,
  onLine?: (line: string) => void,
): AsyncGenerator<SeedResult> {
  const { first, count } = options;
  if (threads === 1) {
    for (let seed = first; seed < first + count; seed += 1) yield await playSeed(seed, options, onLine);
    return;
  }
  const waiting = new Map<number, SeedResult>();
  let fault: Error | null = null;
  let wake = (): void => undefined;
  for (let index = 0; index < threads; index += 1) {
    const workerData: ThreadTask = { options, start: first + index, step: threads };
    const thread = new Worker(new URL('./seeds-thread.ts', import.meta.url), { workerData });
    thread.on('message', (result: SeedResult) => {
      waiting.set(result.seed, result);
      wake();
    });
    thread.on('error', (error: Error) => {
      fault = error;
      wake();
    });
  }
  for (let seed = first; seed < first + count; seed += 1) {
    let result = waiting.get(seed);
    for (; result === undefined; result = waiting.get(seed)) {
      if (fault !== null) throw fault;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    waiting.delete(seed);
    yield result;
  }
}
