/** What a write that got no answer left behind, found out by looking. */
import type { AbortSignalLike, RemoteRow } from '@tidemark/contracts';
import { readAt, type DriveContext } from './context.ts';

/**
 * The item as it is now, when it is what the write wanted. `expected` null: no such item; `other`: something else is there.
 */
export async function findWritten(
  drive: DriveContext,
  path: string,
  action: string,
  isWanted: (row: RemoteRow) => boolean,
  signal?: AbortSignalLike,
): Promise<{ readonly state: 'written' | 'other'; readonly row: RemoteRow } | { readonly state: 'absent' }> {
  const { row } = await readAt(drive, path, action, signal);
  if (row === null) return { state: 'absent' };
  return { state: isWanted(row) ? 'written' : 'other', row };
}
