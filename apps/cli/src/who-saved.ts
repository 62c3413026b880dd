/** Who saved the drive's version of a conflict. The command asks the drive, and says so when it cannot be reached. */
import type { DriveItemId } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { ConflictVersion } from '@tidemark/engine';
import type { PlaceConflicts } from './located-conflicts.ts';
import type { CommandContext } from './context.ts';
import { accountOf } from './open.ts';

/** `unknown`: why, as a code of a failure, or `notTold` when the drive does not say. */
export type Saver = { readonly name: string } | { readonly unknown: string };
/** Null of a version that was saved on this computer. */
export type SaverOf = (version: ConflictVersion) => Saver | null;

const patienceMs = 10_000;

/** Never fails: a list without names is better than none. */
export async function whoSaved(context: CommandContext, { found, shared }: PlaceConflicts): Promise<SaverOf> {
  const ids = found.flatMap(({ named }) => askedFor(named) ?? []);
  // Single files that others share lie on as many drives.
  const isAsked = ids.length > 0 && (shared === null || 'target' in shared.place);
  const answer = isAsked ? await ask(context, ids, shared) : new Map<DriveItemId, string>();
  return (version) => {
    if (version.from === 'disk') return null;
    const id = askedFor(version);
    if (answer instanceof Failure) return { unknown: answer.code };
    const name = id === null || !ids.includes(id) ? undefined : answer.get(id);
    return name === undefined ? { unknown: 'notTold' } : { name };
  };
}

/** The drive's own item. A copy of the drive's version is an item that this client made. */
const askedFor = ({ from, driveItemId }: ConflictVersion): DriveItemId | null =>
  from === 'drive' ? driveItemId : null;

async function ask(
  context: CommandContext,
  ids: readonly DriveItemId[],
  shared: PlaceConflicts['shared'],
): Promise<ReadonlyMap<DriveItemId, string> | Failure> {
  const { promise: late, resolve } = Promise.withResolvers<Failure>();
  const detail = 'The drive did not answer in time';
  const timer = setTimeout(() => resolve(new Failure({ code: 'timedOut', detail })), patienceMs);
  // Reads beside a monitor as a dry run does: the login stays as it is.
  const account = accountOf(context, { rotation: 'kept' });
  try {
    if (!(await account.login.isStored()))
      return new Failure({ code: 'loginRequired', detail: 'No user is logged in' });
    const isFolder = shared !== null && 'target' in shared.place;
    const drive = isFolder ? account.sharedFolder(shared.place.target) : account.drive;
    return await Promise.race([drive.changedBy(ids), late]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== 'offline')
      context.output.errorLine(`NOTE: Who saved a version is not known: ${escaped(error.message)}`);
    return error;
  } finally {
    clearTimeout(timer);
    await account.close();
  }
}
