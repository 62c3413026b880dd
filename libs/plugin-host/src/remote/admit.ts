/** What of a message gets in: each observation is read by the shape that it has to have, or named and left outside. */
import type { Command, Observation } from '@tidemark/contracts';
import type { SpontaneousObservation } from '@tidemark/plugin-sdk';
import { endedCommand, readHint, readOutcome } from './read-observation.ts';
import { partOf, readOwnOutcome, readPart } from './read-own.ts';

export interface Admission {
  readonly admitted: readonly Observation[];
  /** `command`: the one that ends with it, because what it is about cannot be read. */
  readonly refusals: readonly { readonly command: string | null; readonly detail: string }[];
}

export function admit(
  payloads: readonly unknown[],
  plugin: {
    /** What it may bring by itself. */
    readonly observes: readonly SpontaneousObservation['type'][];
    readonly isOurs: boolean;
    /** The command of that id, while it is with the plugin. */
    readonly commandOf: (id: string) => Command | null;
  },
): Admission {
  const admitted: Observation[] = [];
  const refusals: { command: string | null; detail: string }[] = [];
  for (const payload of payloads) {
    const part = plugin.isOurs ? partOf(payload) : null;
    const id = part?.command ?? endedCommand(payload);
    const command = id === null ? null : plugin.commandOf(id);
    // What is about a command that is not with it says nothing: it is late, or doubled.
    if (id !== null && command === null) continue;
    const read =
      command === null
        ? readHint(payload, plugin.observes)
        : part !== null
          ? readPart(payload, command)
          : (plugin.isOurs ? readOwnOutcome : readOutcome)(payload, command);
    if (read.ok) admitted.push(read.value);
    else refusals.push({ command: id, detail: read.detail });
  }
  return { admitted, refusals };
}
