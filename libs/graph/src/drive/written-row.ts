/** The row of an item that was just written. Answers can lack what a row needs; then the item is read by its id. */
import { Failure, type RemoteRow } from '@tidemark/contracts';
import type { Reply } from '../errors.ts';
import { itemPath, readAt, type DriveContext } from './context.ts';
import { readRow } from './rows.ts';

export async function writtenRow(drive: DriveContext, reply: Reply, action: string): Promise<RemoteRow> {
  const read = readRow(reply.json, drive);
  if (read.type === 'row') return read.row;
  if (read.type === 'partial') {
    const { row } = await readAt(drive, itemPath(drive, read.row.id), action);
    if (row !== null) return row;
    throw new Failure({ code: 'notFound', detail: `${action}: the item is gone right after it was written` });
  }
  throw new Failure({
    code: 'serviceUnavailable',
    detail: `${action}: the service answered ${reply.status} without the item`,
    ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }),
  });
}
