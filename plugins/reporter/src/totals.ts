/** Totals: how much of each kind a pass is about to do. Each is told once a pass; of a large first sync, for its first plan. */
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

export function renderTotals(commands: readonly Command[], told: ReadonlySet<Total>): readonly Line[] {
  const counts = new Map<Total, number>();
  let newBytes = 0;
  for (const command of commands) {
    const total = totalOf(command);
    if (total === null || told.has(total)) continue;
    counts.set(total, (counts.get(total) ?? 0) + 1);
    if (total === 'newFiles' && command.type === 'UploadFile') newBytes += command.sizeBytes;
  }
  return [...counts].flatMap(([total, count]) => {
    const line = info(`${texts[total]}: ${count}`);
    if (total !== 'newFiles') return [line];
    return [line, info(`Total New Data to Upload:        ${wholeAmount(newBytes)}`)];
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
