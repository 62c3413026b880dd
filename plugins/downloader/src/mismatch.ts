/** What arrived is not what the drive announced: the item is read by its id, since a feed may have told it wrong once. */
import type { RemoteRow, RemoteTombstone } from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import type { Bringing, Fetched } from './bring-in.ts';
import type { Context } from './config.ts';

/**
 * What the drive shows of the item, which is what it announced; null when it could not be asked. Throws Failure
 * `preconditionFailed` when it shows something else: the bytes that arrived stay staged if they are that version.
 */
export async function askAfterMismatch(
  { path, remote }: Bringing,
  { staged, hash, sizeBytes, isExcessive }: Fetched,
  { drive, signal }: Context,
): Promise<RemoteRow | RemoteTombstone | null> {
  const shown = await ask();
  if (shown === null) return null;
  const isGone = 'deleted' in shown;
  if (!isGone && shown.sizeBytes === remote.sizeBytes && shown.hash === remote.hash) return shown;
  if (isGone || shown.sizeBytes !== sizeBytes || shown.hash !== hash) await staged.discard();
  throw new Failure(
    {
      code: 'preconditionFailed',
      detail: `Cannot download "${path}": ${isExcessive ? 'more than' : `${sizeBytes} bytes instead of`} ${remote.sizeBytes} bytes arrived, and the drive shows another version by now`,
    },
    { remote: shown },
  );

  async function ask(): Promise<RemoteRow | RemoteTombstone | null> {
    try {
      const [row] = await drive.items([remote.id], { signal });
      return row === undefined || 'unread' in row ? null : row;
    } catch (error) {
      // Then a second transfer has to tell.
      if (error instanceof Failure) return null;
      throw error;
    }
  }
}
