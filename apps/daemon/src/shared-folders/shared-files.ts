/**
 * The folder for single files that others share with a work or school account, under the name that the peer gives it. It is noted
 * before anything looks at the sync folder: what is in it belongs to others, and the run around it would upload it.
 */
import { join } from 'node:path';
import { type Drive, type DriveInfo, Failure } from '@tidemark/contracts';
import { escaped, folderKey } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import type { Profile } from '../profile.ts';
import { watchedFolders } from '../watched-folders.ts';
import { findFolder } from './find-folder.ts';
import { type KnownFiles, readKnownFiles, writeKnownFiles } from './known-folders.ts';
import { folderThere, makePlace } from './make-place.ts';

export const filesFolder = 'Files Shared With Me';

export interface SharedFilesPlace {
  readonly profile: Profile;
  /** Of the own drive. */
  readonly info: Pick<DriveInfo, 'kind' | 'rootId'>;
  readonly drive: Pick<Drive, 'child'>;
  /** Of the sync folder. */
  readonly state: State;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/**
 * Makes the folder where it is wanted, and finds it where a user moved it. One that is there already, as that of the peer, is noted
 * although no file is asked for, so that it is not uploaded. A rehearsal makes and notes nothing. Null: there is none. Throws Failure when what is
 * noted cannot be read.
 */
export async function prepareSharedFiles(
  options: SharedFilesPlace,
  mode: 'real' | 'rehearse' = 'real',
): Promise<KnownFiles | null> {
  const { profile, info, warn } = options;
  const { settings, commandLine } = profile;
  if (commandLine.sharedFiles === 'yes' && info.kind !== 'business')
    warn(
      "'--sync-shared-files' has no effect here: only the own drive of a work or school account has such files",
    );
  if (!settings.sync_business_shared_items || info.kind !== 'business') return null;
  const known = readKnownFiles(profile);
  const found = known === null ? 'gone' : await findFolder(settings.sync_dir, known.folder, known.path);
  if (found === 'unknown') return known;
  if (known !== null && typeof found === 'object') {
    const moved = { ...known, path: found.at };
    if (found.at !== known.path && mode === 'real') writeKnownFiles(profile, moved);
    return moved;
  }
  return makeFilesFolder(options, mode);
}

async function makeFilesFolder(
  options: SharedFilesPlace,
  mode: 'real' | 'rehearse',
): Promise<KnownFiles | null> {
  const { profile, info, state, say, warn } = options;
  const at = join(profile.settings.sync_dir, filesFolder);
  const isThere = folderKey(at) !== null;
  if (!isThere && !wantsSharedFiles(options)) return null;
  try {
    if ((await options.drive.child(info.rootId, filesFolder)) !== null) throw takenOnline;
    const isReal = mode === 'real';
    const folder = isReal
      ? makePlace(profile, state, filesFolder).folder
      : (folderThere(profile, state, filesFolder) ?? '');
    const files: KnownFiles = { path: filesFolder, folder, isNew: true };
    if (isReal) writeKnownFiles(profile, files);
    if (isThere) say(`"${filesFolder}" is left to the files that others share: nothing in it is uploaded`);
    else
      say(
        `${isReal ? 'Creating' : 'DRY-RUN: Not creating'} the OneDrive Business Shared Files Local Directory: ${escaped(at)}`,
      );
    return files;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // No user asked for them: then what has the name is synced as everything else is.
    if (wantsSharedFiles(options)) warn(escaped(error.message));
    return null;
  }
}

const takenOnline = new Failure({
  code: 'nameTaken',
  detail: `The files that others share are not synced: your own drive has something of the name "${filesFolder}". Rename it online`,
});

/** Where they are to be synced now; null: nowhere. `rehearsed`: where they would be. Throws Failure. */
export function sharedFilesToSync(
  options: Pick<SharedFilesPlace, 'profile' | 'info'>,
  rehearsed?: KnownFiles | null,
): KnownFiles | null {
  const { sync_dir: root } = options.profile.settings;
  const files = rehearsed === undefined ? readKnownFiles(options.profile) : rehearsed;
  if (files === null || !wantsSharedFiles(options)) return null;
  return (folderKey(join(root, files.path)) ?? '') === files.folder ? files : null;
}

function wantsSharedFiles({ profile, info }: Pick<SharedFilesPlace, 'profile' | 'info'>): boolean {
  const { settings, commandLine } = profile;
  const isAsked = commandLine.sharedFiles === 'yes' && settings.sync_business_shared_items;
  return isAsked && info.kind === 'business' && !settings.upload_only && watchedFolders(profile)(filesFolder);
}
