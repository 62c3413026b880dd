/** The rows of one page, of the change feed or of a folder. An incomplete one is read by its id before it is given out. */
import {
  Failure,
  type AbortSignalLike,
  type DriveItemId,
  type RemoteRow,
  type RemoteTombstone,
} from '@tidemark/contracts';
import type { DriveContext } from './context.ts';
import { readEach } from './items.ts';
import { downloadUrlOf, readRow, unreadable } from './rows.ts';

export async function readRows(
  drive: DriveContext,
  values: readonly unknown[],
  signal: AbortSignalLike | undefined,
): Promise<readonly (RemoteRow | RemoteTombstone)[]> {
  const rows: (RemoteRow | RemoteTombstone)[] = [];
  /** By their position, since an item may stand on a page more than once. */
  const incomplete = new Map<number, RemoteRow>();
  for (const json of values) {
    const read = readRow(json, drive);
    if (read.type === 'row') {
      rows.push(read.row);
      const url = read.row.kind === 'file' && read.row.sizeBytes > 0 ? downloadUrlOf(json) : undefined;
      if (url !== undefined) drive.downloadUrls.keep(read.row.id, url);
    } else if (read.type === 'gone') {
      if (read.tombstone.id !== drive.rootId) rows.push(read.tombstone);
    } else if (read.type === 'partial') {
      incomplete.set(rows.length, read.row);
      rows.push(read.row);
    }
  }
  if (incomplete.size === 0) return rows;
  const ids = [...incomplete.values()].map(({ id }): DriveItemId => id);
  // Seen for items that are gone, without the word (OneDrive/onedrive-api-docs#561): then the answer is a tombstone.
  const answers = await readEach(drive, ids, signal);
  for (const [at, row] of incomplete) {
    const answer = answers.get(row.id);
    if (answer === undefined) continue;
    rows[at] =
      answer instanceof Failure ? unreadable(row, `it cannot be read: ${answer.details.detail}`) : answer;
  }
  return rows;
}
