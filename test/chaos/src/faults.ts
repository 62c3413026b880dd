/** What goes wrong, by name. Each begins, lasts while the users go on, and ends. */
import type { Rig } from './rig.ts';

export type ChaosFault = {
  readonly begin: (rig: Rig) => void | Promise<void>;
  readonly end: (rig: Rig) => void | Promise<void>;
};

const nothing = (): void => undefined;

export const faults = {
  'kill -9': { begin: ({ client }) => client.kill(), end: ({ client }) => client.start() },
  SIGSTOP: { begin: ({ client }) => client.halt(), end: ({ client }) => client.goOn() },
  'proxy resets': { begin: ({ proxy }) => proxy.reset(), end: nothing },
} as const satisfies Readonly<Record<string, ChaosFault>>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly FaultName[];
