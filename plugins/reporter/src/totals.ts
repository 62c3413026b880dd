/**
 * Totals: how much of each kind a pass is about to do. Plans are made bit by bit, so that the first one of a large sync is a small
 * part of it: a total is told again when it has doubled since.
 */
import type { Command } from '@tidemark/plugin-sdk';
import { wholeAmount } from './amounts.ts';
import type { Line } from './line.ts';
import { info } from './line.ts';

export type Total = 'downloads' | 'folders' | 'newFiles' | 'changedFiles' | 'deletions' | 'mirrored';

/** Which total a command counts for; null for none. */
export function totalOf(command: Command): Total | null {
  switch (command.type) {
    case 'DownloadFile':
    case 'KeepRemoteCopy':
      return 'downloads';
    case 'CreateRemoteFolder':
      return 'folders';
    case 'UploadFile':
      return command.target.as === 'new' ? 'newFiles' : 'changedFiles';
    case 'DeleteRemote':
      return command.reason.rule.endsWith('-only-on-drive') ? 'mirrored' : 'deletions';
    default:
      return null;
  }
}

/** Of one pass. */
export type Totals = ReadonlyMap<Total, Counted>;

interface Counted {
  readonly count: number;
  readonly bytes: number;
  /** The count that was told last. */
  readonly told: number;
}

/** With what a plan adds. */
export function grown(totals: Totals, commands: readonly Command[]): Totals {
  const counted = new Map(totals);
  for (const command of commands) {
    const total = totalOf(command);
    if (total === null) continue;
    const { count, bytes, told } = counted.get(total) ?? { count: 0, bytes: 0, told: 0 };
    const more = command.type === 'UploadFile' ? command.sizeBytes : 0;
    counted.set(total, { count: count + 1, bytes: bytes + more, told });
  }
  for (const [total, { count, bytes, told }] of counted)
    if (count >= 2 * told) counted.set(total, { count, bytes, told: count });
  return counted;
}

/** @param before without what this plan adds */
export function renderTotals(before: Totals, commands: readonly Command[]): readonly Line[] {
  return [...grown(before, commands)].flatMap(([total, { count, bytes, told }]) => {
    if (told === before.get(total)?.told) return [];
    const line = info(`${texts[total]}: ${count}`);
    if (total !== 'newFiles') return [line];
    return [line, info(`Total New Data to Upload:        ${wholeAmount(bytes)}`)];
  });
}

const texts: Readonly<Record<Total, string>> = {
  downloads: 'Number of items to download from Microsoft OneDrive',
  folders: 'New directories to create on Microsoft OneDrive',
  newFiles: 'New items to upload to Microsoft OneDrive',
  changedFiles: 'Changed local items to upload to Microsoft OneDrive',
  mirrored: 'Number of items to remove from Microsoft OneDrive due to --local-first & --mirror-local-state',
  deletions: 'Deleted local items to delete on Microsoft OneDrive',
};
