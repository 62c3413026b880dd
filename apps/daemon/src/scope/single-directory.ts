/**
 * Whether the folder of `--single-directory` is there. Everything is outside a name that no folder has, so that a misspelt one
 * would be a run that does nothing and says that all is well.
 */
import type { DriveInfo, RemoteRow } from '@tidemark/contracts';
import { escaped, type FolderDisk } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { foldName, pathOf } from '@tidemark/trees';
import type { Account } from '../account.ts';
import type { Profile } from '../profile.ts';
import { UnfitArgument } from '../unfit-argument.ts';
import { leftOut, waysTo } from './left-out.ts';

interface Sides {
  readonly state: State;
  readonly disk: FolderDisk;
  readonly info: DriveInfo;
}

interface Asked {
  readonly profile: Profile;
  readonly account: Account;
  readonly mode: 'real' | 'rehearse';
}

/**
 * Makes the folder where it is missing on disk, as the peer does.
 *
 * @returns lines to print
 * @throws UnfitArgument when a file has the name, or the folder has another name; Failure
 */
export async function prepareSingleDirectory(
  { profile, account, mode }: Asked,
  { state, disk, info }: Sides,
): Promise<readonly string[]> {
  const path = profile.commandLine.singleDirectory;
  if (path === undefined) return [];
  await disk.root({ mark: mode === 'real' });
  const isOnDisk = await isFolderOnDisk(disk, path);
  const isOnline = await isFolderOnline(account, info, path);
  const shown = escaped(path);
  const { settings } = profile;
  const lines = leftOutLines(profile, info, path);
  if (!isOnline && settings.download_only)
    lines.push(`WARNING: "${shown}" does not exist online, so there is nothing to download`);
  else if (!isOnline)
    lines.push(
      `The OneDrive Client was asked to search for this directory online and create it if it's not located: ${shown}`,
    );
  if (isOnDisk) return lines;
  if (wasSynced(state, path)) {
    lines.push(
      `WARNING: The requested path for --single-directory does not exist locally. It was synced before, so it counts as deleted here`,
    );
    return lines;
  }
  lines.push(
    `WARNING: The requested path for --single-directory does not exist locally. Creating requested path within ${escaped(settings.sync_dir)}`,
  );
  if (mode === 'rehearse') lines.push(`DRY-RUN: Not creating it: ${shown}`);
  else await makeFolders(disk, path);
  return lines;
}

/** A folder that the settings leave out is synced as little as one that is not there. */
function leftOutLines(profile: Profile, { kind }: DriveInfo, path: string): string[] {
  const why = leftOut(profile, kind, { path, kind: 'folder', sizeBytes: 0 });
  if (why === null) return [];
  return [
    `WARNING: The settings leave out the folder of --single-directory, so nothing in it is synced: ${escaped(why)}`,
  ];
}

async function isFolderOnDisk(disk: FolderDisk, path: string): Promise<boolean> {
  for (const at of waysTo(path)) {
    const row = await disk.stat(at);
    if (row?.kind === 'file') throw isFile(at, 'on disk');
    if (row !== null) continue;
    const other = await otherSpelling(disk, at);
    if (other !== null) throw isOtherName(at, other, 'on disk');
    return false;
  }
  return true;
}

async function otherSpelling(disk: FolderDisk, path: string): Promise<string | null> {
  const wanted = foldName(nameOf(path));
  for await (const part of disk.list([folderOf(path)]))
    if ('folders' in part)
      for (const { rows } of part.folders)
        for (const { name, kind } of rows) if (kind === 'folder' && foldName(name) === wanted) return name;
  return null;
}

async function isFolderOnline({ drive }: Account, { rootId }: DriveInfo, path: string): Promise<boolean> {
  let folder = rootId;
  for (const at of waysTo(path)) {
    const row: RemoteRow | null = await drive.child(folder, nameOf(at));
    if (row === null) return false;
    if (row.kind === 'file') throw isFile(at, 'online');
    if (row.kind === 'opaque')
      throw new UnfitArgument(
        `--single-directory cannot name "${escaped(at)}": online it is a shortcut or a notebook`,
      );
    if (row.name !== nameOf(at)) throw isOtherName(at, row.name, 'online');
    folder = row.id;
  }
  return true;
}

const isFile = (path: string, where: string): UnfitArgument =>
  new UnfitArgument(
    `--single-directory takes a folder, and "${escaped(path)}" is a file ${where}. Name the folder that it is in`,
  );

/** Two forms of Unicode look the same on a terminal. */
const isOtherName = (path: string, name: string, where: string): UnfitArgument =>
  new UnfitArgument(
    name.normalize() === nameOf(path).normalize()
      ? `--single-directory names "${escaped(path)}", and the folder ${where} has that name in another form of Unicode. Copy it from a listing`
      : `--single-directory names "${escaped(path)}", and the folder ${where} is called "${escaped(name)}". Write it as it is called`,
  );

function wasSynced({ trees }: State, path: string): boolean {
  for (const item of trees.items.values())
    if (item.synced !== null && pathOf(trees, item, 'synced') === path) return true;
  return false;
}

async function makeFolders(disk: FolderDisk, path: string): Promise<void> {
  for (const at of waysTo(path)) if ((await disk.stat(at)) === null) await disk.createFolder(at);
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
