/** Lines for developers: what a pass goes by, and how long each step of it took. */
import type { RecordedEvent } from '@tidemark/plugin-sdk';
import type { Line } from './line.ts';
import { info } from './line.ts';
import type { View } from './view.ts';

/** `display_sync_options`: the policy of the run, one line an option: `Sync option pace.mode: "once"`. */
export function renderSyncOptions({ config, started }: View): readonly Line[] {
  if (!config.displaySyncOptions || started === null) return [];
  return flattened('', started.policy).map(([name, value]) =>
    info(`Sync option ${name}: ${JSON.stringify(value)}`),
  );
}

function flattened(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[name, value]];
  const prefix = name === '' ? '' : `${name}.`;
  return Object.entries(value).flatMap(([key, inner]) => flattened(`${prefix}${key}`, inner));
}

/** `display_processing_time`: from the decision to the outcome as the log has it, waiting for its turn included. */
export function renderProcessingTime(view: View, { event, at }: RecordedEvent): readonly Line[] {
  if (!view.config.displayProcessingTime) return [];
  if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') return [];
  const ended = view.underWay.get(event.command);
  if (ended === undefined) return [];
  const { command, plannedAt } = ended;
  const subject = command.path === '' ? command.type : `${command.type} ${command.path}`;
  const seconds = (Math.max(0, at - plannedAt) / 1000).toFixed(3);
  return [info(`Processing time: ${seconds} Seconds for ${subject}`)];
}
