/** The row of a file that was just written. Answers of the upload hosts can lack what a row needs. */
import { driveItemId, Failure, type RemoteRow } from '@tidemark/contracts';
import { isRecord, type Reply } from '../errors.ts';
import { itemPath, readAt, rowIn, type DriveContext } from './context.ts';
import { readRow } from './rows.ts';

export async function writtenRow(drive: DriveContext, reply: Reply, action: string): Promise<RemoteRow> {
  const read = readRow(reply.json, drive);
  if (read.type === 'row' && read.row.kind === 'file' && read.row.eTag !== '') return read.row;
  const id = isRecord(reply.json) ? reply.json['id'] : undefined;
  if (typeof id !== 'string' || id === '') return rowIn(drive, action, reply);
  const { row } = await readAt(drive, itemPath(drive, driveItemId(id)), action);
  if (row !== null) return row;
  throw new Failure({ code: 'notFound', detail: `${action}: the file is gone right after it was written` });
}
