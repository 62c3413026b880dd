import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bound on the memory of a program and its children. The kernel keeps it, and kills what needs more. */
export type MemoryLimit = {
  /** Words that stand before a command and start it within the limit. */
  readonly before: readonly string[];
  readonly set: (mebibytes: number) => void;
  /** As low as the kernel can, under a program that runs: what it takes next kills it. */
  readonly squeeze: () => void;
  /** How many processes the kernel has killed for it. */
  readonly kills: () => number;
};

type Controller = {
  readonly top: string;
  readonly limit: string;
  readonly swap: string;
  readonly events: string;
};

/** The two kinds of control groups that Linux has; most systems mount the first only. */
const controllers: readonly Controller[] = [
  {
    ...{ top: '/sys/fs/cgroup', limit: 'memory.max', swap: 'memory.swap.max' },
    events: 'memory.events',
  },
  {
    ...{ top: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', swap: 'memory.swappiness' },
    events: 'memory.oom_control',
  },
];
let groups = 0;

/** Needs root, and a container needs to be allowed to make groups. Where it is not, this is the reason. */
export function openMemoryLimit(onFinished: (undo: () => void) => void): MemoryLimit | string {
  const made = controllers.map(openGroup);
  const limits = made.filter((one) => typeof one !== 'string');
  for (const { remove } of limits) onFinished(remove);
  return limits[0] ?? `this machine lets no test bound memory: ${made.join('; ')}`;
}

function openGroup({
  top,
  limit,
  swap,
  events,
}: Controller): (MemoryLimit & { remove: () => void }) | string {
  const folder = join(top, `tidemark-e2e-${process.pid}-${(groups += 1)}`);
  const at = (name: string): string => join(folder, name);
  const remove = (): void => rmdirSync(folder);
  try {
    mkdirSync(folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!existsSync(at(limit))) {
    remove();
    return `${top} has no ${limit}`;
  }
  // What is swapped out would not count.
  if (existsSync(at(swap))) writeFileSync(at(swap), '0');
  const set = (mebibytes: number): void => writeFileSync(at(limit), `${mebibytes}M`);
  return {
    before: ['sh', '-c', `echo $$ > ${at('cgroup.procs')} && exec "$0" "$@"`],
    set,
    squeeze: () => {
      for (let mebibytes = 8; ; mebibytes += 4) {
        try {
          return set(mebibytes);
        } catch (error) {
          // The older kind refuses a limit below what is in use and cannot be given back.
          if (!(error instanceof Error && 'code' in error && error.code === 'EBUSY')) throw error;
        }
      }
    },
    kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(at(events), 'utf8'))?.[1]),
    remove,
  };
}
