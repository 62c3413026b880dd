/**
 * Notices code that goes on and never comes back to the event loop, so that no timer, no transfer and no signal gets its turn
 * any more. The thread that runs such code cannot say so: another one watches it, says it and ends the process.
 */
import { Worker } from 'node:worker_threads';
import { failureGuide } from '@tidemark/contracts';

export interface StarvationGuard {
  release(): void;
}

export interface StarvationGuardOptions {
  /** The guard itself failed: nothing is watched from then on. */
  readonly onFault: (detail: string) => void;
  /** CPU time of the main thread without a single timer that is too much. Milliseconds; replaced in tests. */
  readonly limitMs?: number;
}

export function guardAgainstStarvation({
  onFault,
  limitMs = starvedAfterMs,
}: StarvationGuardOptions): StarvationGuard {
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const timer = setInterval(() => Atomics.add(turns, 0, 1), limitMs / turnsPerLimit).unref();
  const words = [
    `ERROR: Cannot go on: the program was busy with itself for ${limitMs / 1000} seconds and served no timer, transfer or signal`,
    `       ${failureGuide.starved.remedy}`,
  ];
  const worker = new Worker(`(${watch.toString()})()`, {
    eval: true,
    workerData: { turns, limitMs, checkMs: limitMs / turnsPerLimit, text: `${words.join('\n')}\n` },
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  });
  worker.unref();
  worker.once('error', ({ message }) => onFault(`Cannot watch over the event loop: ${message}`));
  return {
    release() {
      clearInterval(timer);
      void worker.terminate();
    },
  };
}

/** Far beyond the longest plan of a large tree on a slow machine: ending such a run would begin it again for ever. */
const starvedAfterMs = 60_000;
const turnsPerLimit = 20;

/** Runs in the other thread, from its text: it can name nothing outside itself. */
function watch(): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');
  const { turns, limitMs, checkMs, text } = workerData as {
    readonly turns: Int32Array;
    readonly limitMs: number;
    readonly checkMs: number;
    readonly text: string;
  };
  /** Of the main thread alone: a machine that slept or a disk that hangs takes none. In ticks, 100 a second: proc_pid_stat(5). */
  const cpuMs = (): number => {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  let seen = -1;
  let from = 0;
  setInterval(() => {
    const now = Atomics.load(turns, 0);
    if (now !== seen) {
      seen = now;
      from = cpuMs();
    } else if (cpuMs() - from >= limitMs) {
      try {
        writeSync(2, text);
      } finally {
        // No handler of the main thread would ever run. Whatever was under way is found again, as after a power failure.
        process.kill(process.pid, 'SIGKILL');
      }
    }
  }, checkMs);
}
