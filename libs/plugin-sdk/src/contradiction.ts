/**
 * A contradiction: the drive refuses what it has shown itself, a free name, a version, an item that is there. The change feed
 * need not ever tell the difference, so the handler asks about the one item, and what the drive shows goes with the failure.
 */
import type {
  AbortSignalLike,
  DriveItemId,
  FailureCode,
  RemoteRow,
  RemoteTombstone,
} from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { DriveReader } from './needs.ts';

/** What a command rests on. */
export interface Grounds {
  /** The item itself first, then the folder that it is in or goes to. */
  readonly ids: readonly DriveItemId[];
  /** A name that has to be free. */
  readonly free?: { readonly parentId: DriveItemId; readonly name: string };
}

export async function onGrounds<Result>(
  drive: DriveReader,
  grounds: Grounds,
  signal: AbortSignalLike,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || !isContradiction(error.code) || error.remote !== undefined)
      throw error;
    const remote = await ask(drive, grounds, error.code, signal);
    if (remote === null) throw error;
    throw new Failure(error.details, { cause: error, remote });
  }
}

const isContradiction = (code: FailureCode): boolean =>
  code === 'nameTaken' || code === 'preconditionFailed' || code === 'notFound';

/** Null when the drive cannot be asked now, or shows nothing: then there is the refusal and nothing else. */
async function ask(
  drive: DriveReader,
  { ids, free }: Grounds,
  code: FailureCode,
  signal: AbortSignalLike,
): Promise<RemoteRow | RemoteTombstone | null> {
  try {
    if (code === 'nameTaken') return free === undefined ? null : await drive.child(free.parentId, free.name);
    const answers = await drive.items(ids, { signal });
    const shown = answers.filter((row): row is RemoteRow | RemoteTombstone => !('unread' in row));
    return shown.find((row) => 'deleted' in row) ?? shown[0] ?? null;
  } catch (error) {
    // The refusal is what the command failed of. That nothing more can be learned now is no second failure.
    if (error instanceof Failure) return null;
    throw error;
  }
}
