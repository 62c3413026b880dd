/** A small world for the specs of the host: a bus that can misbehave, a clock that moves by hand, ports that refuse. */
import type {
  Bus,
  Clock,
  CommandOf,
  CommandType,
  Disk,
  Drive,
  Observation,
  Random,
} from '@tidemark/contracts';
import { commandId, itemId, localId, seq } from '@tidemark/contracts';
import type { Output } from '@tidemark/plugin-sdk';
import type { HostOptions } from './host.ts';
import { subjectsOf } from './subjects.ts';

export const subjects = subjectsOf('home');

export interface SpecBus extends Bus {
  readonly published: { readonly subject: string; readonly payload: unknown }[];
  /** Publishing fails while it is true. */
  away: boolean;
  /** Everything is delivered so many times. */
  deliveries: number;
}

export function createSpecBus(): SpecBus {
  const subscribers = new Map<string, Set<(payload: unknown, subject: string) => void | Promise<void>>>();
  const bus: SpecBus = {
    published: [],
    away: false,
    deliveries: 1,
    async publish(subject, payload) {
      if (bus.away) throw new Error('the bus is away');
      bus.published.push({ subject, payload });
      for (let delivery = 0; delivery < bus.deliveries; delivery += 1) {
        for (const handler of subscribers.get(subject) ?? []) void handler(structuredClone(payload), subject);
      }
    },
    async subscribe(subject, handler) {
      const handlers = subscribers.get(subject) ?? new Set();
      subscribers.set(subject, handlers.add(handler));
      return {
        async unsubscribe() {
          handlers.delete(handler);
        },
      };
    },
    request: () => Promise.reject(new Error('nobody answers')),
    respond: () => Promise.reject(new Error('nobody asks')),
    close: async () => undefined,
  };
  return bus;
}

export interface SpecClock extends Clock {
  /** Moves on and wakes who slept long enough. */
  advance(byMs: number): Promise<void>;
}

export function createSpecClock(): SpecClock {
  let nowMs = 0;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => 1_700_000_000_000 + nowMs,
    monotonic: () => nowMs,
    sleep: (delayMs, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = {
          until: nowMs + delayMs,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
    async advance(byMs) {
      nowMs += byMs;
      for (const sleeper of sleepers) if (sleeper.until <= nowMs) sleeper.wake();
      await turn();
    },
  };
}

/** Lets everything run that is ready to. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export const random: Random = {
  bytes: (count) => new Uint8Array(count),
  uuid: () => '00000000-0000-4000-8000-000000000000',
  fraction: () => 0,
};

export const output: Output = {
  line: () => undefined,
  errorLine: () => undefined,
  status: () => undefined,
  isTerminal: false,
  columns: 80,
};

const refuse = (): Promise<never> => Promise.reject(new Error('this port is not part of the spec'));

export const drive: Drive = {
  info: refuse,
  delta: refuse,
  item: refuse,
  items: refuse,
  authors: refuse,
  child: refuse,
  createFolder: refuse,
  upload: refuse,
  download: refuse,
  move: refuse,
  setModifiedAt: refuse,
  delete: refuse,
  restore: refuse,
  earlierVersions: refuse,
  downloadVersion: refuse,
  close: refuse,
};

export const disk: Disk = {
  root: refuse,
  scan: () => {
    throw new Error('this port is not part of the spec');
  },
  list: () => {
    throw new Error('this port is not part of the spec');
  },
  watch: refuse,
  stat: refuse,
  read: refuse,
  hash: refuse,
  stage: refuse,
  createFolder: refuse,
  move: refuse,
  remove: refuse,
  setModifiedAt: refuse,
  inTrash: refuse,
  readTrash: refuse,
  close: refuse,
};

export interface SpecWorld {
  readonly bus: SpecBus;
  readonly clock: SpecClock;
  readonly options: Omit<HostOptions, 'plugins'>;
  send(command: unknown, type?: CommandType): Promise<void>;
  /** Batches of observations published so far. */
  batches(): readonly (readonly Observation[])[];
  observations(): readonly Observation[];
}

export function createSpecWorld(): SpecWorld {
  const bus = createSpecBus();
  const clock = createSpecClock();
  const batches = (): readonly (readonly Observation[])[] =>
    bus.published
      .filter(({ subject }) => subject.startsWith('sync.home.observation.'))
      .map(({ payload }) => payload as readonly Observation[]);
  return {
    bus,
    clock,
    options: { bus, clock, random, output, drive, disk, driveKey: 'home' },
    async send(command, type = 'HashFile') {
      await bus.publish(subjects.command(type), command);
      await turn();
    },
    batches,
    observations: () => batches().flat(),
  };
}

export function hashFile(index: number, path = `file-${index}.txt`): CommandOf<'HashFile'> {
  return {
    type: 'HashFile',
    id: commandId(seq(7), index),
    item: itemId(index + 1),
    path,
    reason: { rule: 'compare-content', differs: 'remote?local', causes: [] },
    expected: { id: localId(`inode-${index}`), stamp: 's1' },
  };
}
