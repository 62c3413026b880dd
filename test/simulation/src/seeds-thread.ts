/** One of the threads over which seeds are spread. */
import { parentPort, workerData } from 'node:worker_threads';
import { playSeed, type ThreadTask } from './play-seeds.ts';

const { options, start, step }: ThreadTask = workerData;
for (let seed = start; seed < options.first + options.count; seed += step)
  parentPort?.postMessage(await playSeed(seed, options));
