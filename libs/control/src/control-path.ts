/**
 * Where the control socket lies. The socket itself is in a runtime directory that only its user may enter; a link beside the log
 * leads there, so that a program that knows the profile finds it without knowing the daemon's environment.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';

/** `sun_path` of unix(7) has 108 bytes, the last of them zero. */
export const socketPathBytesMax = 107;

export interface ControlPlace {
  /** Folder that belongs to one log, hence to one daemon at a time; or to the relay of one configuration. */
  readonly stateFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Effective user. */
  readonly userId: number;
}

const linkName = 'control.sock';

/**
 * Makes the folder of the socket and says where the socket is to be: in `$RUNTIME_DIRECTORY` (systemd), `$XDG_RUNTIME_DIR/tidemark`,
 * or a folder beside the log. A runtime directory of another user, as after `su`, is not used.
 * Throws Failure `listenerFailed`: the folder is open to others, or the path is too long.
 */
export function prepareSocket(place: ControlPlace): string {
  const folder = runtimeFolder(place);
  makeFolders(folder, 0o700);
  const { uid, mode } = statSync(folder);
  if (uid !== place.userId || (mode & 0o077) !== 0) {
    throw refused(
      `the folder ${folder} is open to others. Make it private: chmod 700 (in a unit: RuntimeDirectoryMode=0700)`,
    );
  }
  const path = join(folder, `${nameOf(place.stateFolder)}.sock`);
  const lengthBytes = Buffer.byteLength(path);
  if (lengthBytes > socketPathBytesMax) {
    throw refused(
      `the path ${path} has ${lengthBytes} bytes, and a socket's may have ${socketPathBytesMax}. Set XDG_RUNTIME_DIR to a short folder of yours`,
    );
  }
  const kind = kindOf(path);
  if (kind === 'other') throw refused(`${path} exists and is no socket of ours. Remove it`);
  return path;
}

/** Lets clients find the socket. Replaces the link of an earlier daemon at once. */
export function announceSocket({ stateFolder }: ControlPlace, socketPath: string): void {
  makeFolders(stateFolder, 0o700);
  const next = join(stateFolder, `${linkName}.new`);
  rmSync(next, { force: true });
  symlinkSync(socketPath, next);
  renameSync(next, join(stateFolder, linkName));
}

export function withdrawSocket({ stateFolder }: Pick<ControlPlace, 'stateFolder'>): void {
  try {
    rmSync(join(stateFolder, linkName), { force: true });
  } catch (error) {
    // Where nothing can be removed the link stays, as after a kill: it leads to a socket at which no daemon answers.
    if (!(error instanceof Error) || !('code' in error)) throw error;
  }
}

/** Where a daemon said it listens; null when none has. Whether it still does is found out by asking. */
export function findSocket(stateFolder: string): string | null {
  try {
    return readlinkSync(join(stateFolder, linkName));
  } catch {
    return null;
  }
}

function runtimeFolder({ stateFolder, environment, userId }: ControlPlace): string {
  const given = environment['RUNTIME_DIRECTORY']?.split(':')[0];
  if (given !== undefined && given !== '') return given;
  const session = environment['XDG_RUNTIME_DIR'];
  if (session !== undefined && session.startsWith('/') && ownerOf(session) === userId)
    return join(session, 'tidemark');
  return join(stateFolder, 'run');
}

/** Short, and different for each profile. */
function nameOf(stateFolder: string): string {
  return createHash('sha256').update(stateFolder).digest('hex').slice(0, 16);
}

function ownerOf(folder: string): number | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true ? found.uid : null;
}

function kindOf(path: string): 'none' | 'socket' | 'other' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isSocket() ? 'socket' : 'other';
}

const refused = (why: string): Failure =>
  new Failure({ code: 'listenerFailed', detail: `Cannot open the control socket: ${why}` });

/** The folder that stands for one log. */
export const stateFolderOf = (logFolder: string): string => dirname(logFolder);
