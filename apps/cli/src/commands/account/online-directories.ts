/**
 * `--create-directory`, `--remove-directory`, and `--source-directory` with `--destination-directory`: changes of the drive as another
 * device makes them. A run of this profile learns of them from the feed.
 */
import type { DriveInfo, RemoteRow } from '@tidemark/contracts';
import { type Account, UnfitArgument, waysTo } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { drivePath, findOnline, withAccount } from './with-account.ts';

export async function createDirectory(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'createDirectory') return exitCodeOf('usage', commandLine);
  const path = drivePath(context, action.path, '--create-directory');
  return withAccount(context, async (account) => {
    const info = await account.drive.info();
    output.line(`OneDrive Client requested to create this directory online: ${escaped(path)}`);
    let parentId = info.rootId;
    let isMade = false;
    for (const at of waysTo(path)) {
      const found = await account.drive.child(parentId, nameOf(at));
      if (found !== null) expectFolder(found, at);
      if (found === null && profile.settings.dry_run) {
        output.line(`DRY-RUN: Would create it: ${escaped(at)}`);
        return 0;
      }
      const row = found ?? (await account.drive.createFolder(parentId, nameOf(at))).row;
      if (found === null) {
        isMade = true;
        output.line(`Successfully created the remote directory ${escaped(at)} on Microsoft OneDrive`);
      }
      parentId = row.id;
    }
    if (!isMade)
      output.line(
        `The requested directory to create was found on OneDrive - skipping creating the directory: ${escaped(path)}`,
      );
    return 0;
  });
}

export async function removeDirectory(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'removeDirectory') return exitCodeOf('usage', commandLine);
  const path = drivePath(context, action.path, '--remove-directory');
  return withAccount(context, async (account) => {
    output.line('Attempting to delete the requested path within Microsoft OneDrive');
    const row = await findOnline(account, await account.drive.info(), path);
    if (row === null) {
      output.line(
        'The requested directory to delete was not found on OneDrive - skipping removing the remote directory online as it does not exist',
      );
      return 0;
    }
    expectFolder(row, path);
    output.line('The requested directory to delete was found on OneDrive - attempting deletion');
    if (profile.settings.dry_run) {
      output.line(`DRY-RUN: Would delete it: ${escaped(path)}`);
      return 0;
    }
    await account.drive.delete(row.id, row.eTag);
    output.line('The requested directory to delete online has been deleted');
    return 0;
  });
}

export async function moveDirectory(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'moveDirectory') return exitCodeOf('usage', commandLine);
  const source = drivePath(context, action.source, '--source-directory');
  const destination = drivePath(context, action.destination, '--destination-directory');
  if (destination.startsWith(`${source}/`))
    throw new UnfitArgument(`"${escaped(source)}" cannot be moved into itself`);
  return withAccount(context, async (account) => {
    const info = await account.drive.info();
    output.line(`Moving ${escaped(source)} to ${escaped(destination)}`);
    const from = await findOnline(account, info, source);
    if (from === null)
      throw new UnfitArgument(`The source directory "${escaped(source)}" does not exist online`);
    expectFolder(from, source);
    const taken = await findOnline(account, info, destination);
    // The same one in another letter case is a rename.
    if (taken !== null && taken.id !== from.id)
      throw new UnfitArgument(
        'The destination path to move to exists online - unable to move|rename to a path that already exists online',
      );
    const parentId = await folderAbove(account, info, destination);
    if (profile.settings.dry_run) {
      output.line('DRY-RUN: Would move it');
      return 0;
    }
    await account.drive.move(
      from.id,
      { parentId, name: nameOf(destination), modifiedAt: from.modifiedAt },
      from.eTag,
    );
    return 0;
  });
}

async function folderAbove(account: Account, info: DriveInfo, path: string): Promise<RemoteRow['parentId']> {
  const above = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (above === '') return info.rootId;
  const folder = await findOnline(account, info, above);
  if (folder === null)
    throw new UnfitArgument(
      `The directory "${escaped(above)}" to move into does not exist online: create it first with --create-directory`,
    );
  expectFolder(folder, above);
  return folder.id;
}

/** As it was written: names that differ in letter case alone are one to the drive, and two to this machine. */
function expectFolder({ kind, name }: RemoteRow, path: string): void {
  const shown = escaped(path);
  if (kind === 'file') throw new UnfitArgument(`"${shown}" is a file online, not a directory`);
  if (kind === 'opaque')
    throw new UnfitArgument(`"${shown}" is a shortcut or a notebook online, not a directory of this drive`);
  if (name !== nameOf(path))
    throw new UnfitArgument(
      `"${shown}" has a 'case-insensitive match' to an existing directory on Microsoft OneDrive online: "${escaped(name)}". Name it so`,
    );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
