/** One line at the end of a run: what it changed, and what it left alone. */
import type { Command, EventOf, RecordedEvent } from '@tidemark/plugin-sdk';
import { effectOf } from '@tidemark/plugin-sdk/unstable';
import { shortAmount } from './amounts.ts';
import { durationText } from './duration-text.ts';
import type { Line } from './line.ts';
import { info } from './line.ts';
import { passLines } from './pass-lines.ts';
import type { View } from './view.ts';

/** Items, unless the name says bytes. Folders count as files do. */
export interface Counts {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  up: number;
  upBytes: number;
  down: number;
  downBytes: number;
  renamed: number;
  deleted: number;
}

export const createCounts = (startedAt: number): Counts => ({
  startedAt,
  ...{ up: 0, upBytes: 0, down: 0, downBytes: 0, renamed: 0, deleted: 0 },
});

/** @param command what the event ends. */
export function countSuccess(counts: Counts, command: Command, event: EventOf<'CommandSucceeded'>): void {
  const { transfer } = effectOf(command, event);
  if (transfer?.direction === 'up') counts.upBytes += transfer.bytes;
  if (transfer?.direction === 'down') counts.downBytes += transfer.bytes;
  switch (command.type) {
    case 'UploadFile':
    case 'CreateRemoteFolder':
    case 'SetRemoteTime':
      counts.up += 1;
      return;
    case 'DownloadFile':
    case 'KeepRemoteCopy':
    case 'CreateLocalFolder':
    case 'SetLocalTime':
      counts.down += 1;
      return;
    case 'MoveLocal':
    case 'MoveRemote':
      if (!command.provisional) counts.renamed += 1;
      return;
    case 'DeleteRemote':
      counts.deleted += command.itemCount;
      return;
    case 'DeleteLocal':
      counts.deleted += 1;
      return;
    default:
  }
}

/** `Summary: 2 up (1.2 MB), 1 renamed, 5 skipped, 0.8 seconds`: what is none is left out. */
export function renderSummary(
  { config, counts, skipped, oddities, failed }: View,
  at: RecordedEvent['at'],
): readonly Line[] {
  const tookMs = Math.max(0, at - counts.startedAt);
  const took = tookMs < 60_000 ? `${(tookMs / 1000).toFixed(1)} seconds` : durationText(tookMs);
  const changes = [
    part(counts.up, 'up', counts.upBytes),
    part(counts.down, 'down', counts.downBytes),
    part(counts.renamed, 'renamed'),
    part(counts.deleted, 'deleted'),
  ].flat();
  const rest = [part(skipped.all.size + oddities.size, 'skipped'), part(failed.size, 'failed')].flat();
  const parts = [...(changes.length === 0 ? ['nothing changed'] : changes), ...rest, took];
  const isPlace = config.below !== '';
  if (isPlace && changes.length + failed.size === 0) return [];
  const what = config.dryRun ? `${passLines.summary} of what would be done` : passLines.summary;
  return [info(`${what}${isPlace ? ` in ${config.below}` : ''}: ${parts.join(', ')}`)];
}

function part(count: number, what: string, bytes = 0): readonly string[] {
  if (count === 0) return [];
  return [`${count} ${what}${bytes === 0 ? '' : ` (${shortAmount(bytes)})`}`];
}
