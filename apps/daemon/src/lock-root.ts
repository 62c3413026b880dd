/** The sync folder belongs to one process at a time; who comes second is told who was first. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Failure } from '@tidemark/contracts';
import { escaped, lockFolder, type FolderLocking } from '@tidemark/disk';
import { directoryOfLog } from './profile.ts';

/** Of an absolute path; of a folder that does not exist yet only what is around it counts. Returns what gives it up. Throws Failure `rootBusy`. */
export function lockRoot(root: string): () => void {
  const locking = lockFolder(root);
  if (locking.type === 'locked') return locking.release;
  throw new Failure({ code: 'rootBusy', detail: `Cannot sync "${escaped(root)}": ${whoHolds(locking)}` });
}

function whoHolds({ where, folder, holder }: FolderLocking & { readonly type: 'taken' }): string {
  const profile = holder === null ? null : profileOf(holder.pid);
  const [who, does] =
    profile !== null
      ? [`the profile "${escaped(profile)}"`, 'syncs']
      : [
          holder === null ? 'a process in another container' : `"${escaped(nameOf(holder.pid))}"`,
          'has locked',
        ];
  const process =
    holder === null ? '' : ` (process ${holder.pid}${isStopped(holder.pid) ? ', which is stopped' : ''})`;
  const at = `"${escaped(folder)}"`;
  switch (where) {
    case 'same':
      return `${who}${process} ${does} it`;
    case 'inside':
      return `${who}${process} ${does} a folder in it`;
    case 'around':
      return `it lies in ${at}, which ${who}${process} ${does}`;
    case 'mounted':
      return `${who}${process} ${does} what is mounted at ${at}`;
  }
}

/** The configuration directory of a process that syncs: it holds the log of its drive open. Null where that cannot be seen. */
function profileOf(pid: number): string | null {
  const folder = `/proc/${pid}/fd`;
  const files = readOr([], () => readdirSync(folder));
  for (const file of files) {
    const directory = directoryOfLog(readOr('', () => readlinkSync(`${folder}/${file}`)));
    if (directory !== null) return directory;
  }
  return null;
}

const nameOf = (pid: number): string =>
  readOr('another process', () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());

/** `4711 (name) T …` */
const isStopped = (pid: number): boolean =>
  /\) [Tt] [^)]*$/.test(readOr('', () => readFileSync(`/proc/${pid}/stat`, 'utf8')));

/** Another user's process is not to be looked into, and any process may have ended meanwhile. */
function readOr<Value>(otherwise: Value, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return otherwise;
    throw error;
  }
}
