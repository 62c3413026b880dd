/** Counts the passes of a monitor: in each it looks at the drive, and does what follows from it. For options of developers. */
import type { State } from '@tidemark/engine';
import type { Settings } from '@tidemark/settings';

export interface PassCounter {
  /** Nothing is under way. Both are the latest state and the settings in use. */
  rested(state: Pick<State, 'remote'>, settings: Settings): void;
}

export interface PassCounterOptions {
  readonly say: (line: string) => void;
  /** `monitor_max_loop` is reached. */
  readonly onLast: () => void;
  readonly memory: () => NodeJS.MemoryUsage;
}

export function createPassCounter({ say, onLast, memory }: PassCounterOptions): PassCounter {
  let count = 0;
  let countedAt: number | null = null;
  return {
    rested({ remote }, settings) {
      if (remote.lastAt === null || remote.lastAt === countedAt) return;
      countedAt = remote.lastAt;
      count += 1;
      if (settings.display_memory) say(memoryLine(memory()));
      if (count !== settings.monitor_max_loop) return;
      say(`Exiting after ${count} loops due to developer set option`);
      onLast();
    },
  };
}

/** `Memory in use: 123 MiB; JavaScript: 45 of 60 MiB; outside its heap: 8 MiB` */
export function memoryLine({ rss, heapUsed, heapTotal, external }: NodeJS.MemoryUsage): string {
  const mebibytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);
  return `Memory in use: ${mebibytes(rss)} MiB; JavaScript: ${mebibytes(heapUsed)} of ${mebibytes(heapTotal)} MiB; outside its heap: ${mebibytes(external)} MiB`;
}
